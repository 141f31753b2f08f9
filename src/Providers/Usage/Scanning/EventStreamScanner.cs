using System.Buffers;
using System.Buffers.Binary;

namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>Splits an AWS event stream (<c>application/vnd.amazon.eventstream</c>) that passes by in arbitrary pieces.</summary>
/// <remarks>
/// A frame is: total length, header length, checksum of these (4 bytes each, big endian), headers, payload, checksum. Checksums are left
/// to the client. Headers are kept up to a bound; payloads pass through in pieces. After a length that makes no sense nothing more is read.
/// </remarks>
internal sealed class EventStreamScanner(IFrameSink sink)
{
    private const int PreludeBytes = 12;
    private const int ChecksumBytes = 4;
    private const int MaxHeaderBytes = 16 * 1024;
    private const uint MaxFrameBytes = 24 * 1024 * 1024; // the largest message the protocol allows

    private readonly byte[] _prelude = new byte[PreludeBytes];
    private byte[] _headers = [];
    private int _have; // bytes of the present part
    private int _headerBytes;
    private int _payloadBytes;
    private Part _part;

    private enum Part : byte
    {
        Prelude,
        Headers,
        Payload,
        Checksum,
        Broken,
    }

    /// <summary>Takes the next bytes.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            switch (_part)
            {
                case Part.Prelude:
                    bytes = Collect(bytes, _prelude, PreludeBytes);
                    if (_have == PreludeBytes)
                    {
                        BeginFrame();
                    }

                    break;

                case Part.Headers:
                    bytes = Collect(bytes, _headers, _headerBytes);
                    if (_have == _headerBytes)
                    {
                        sink.BeginFrame(_headers.AsSpan(0, _headerBytes));
                        Next(_payloadBytes == 0 ? Part.Checksum : Part.Payload);
                    }

                    break;

                case Part.Payload:
                    var piece = bytes[..Math.Min(bytes.Length, _payloadBytes - _have)];
                    sink.Payload(piece, isWhole: piece.Length == _payloadBytes);
                    _have += piece.Length;
                    bytes = bytes[piece.Length..];
                    if (_have == _payloadBytes)
                    {
                        Next(Part.Checksum);
                    }

                    break;

                case Part.Checksum:
                    var skip = Math.Min(bytes.Length, ChecksumBytes - _have);
                    _have += skip;
                    bytes = bytes[skip..];
                    if (_have == ChecksumBytes)
                    {
                        sink.EndFrame();
                        Next(Part.Prelude);
                    }

                    break;

                case Part.Broken:
                    return;
            }
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Release()
    {
        if (_headers.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_headers);
            _headers = [];
        }

        Next(Part.Broken);
    }

    /// <summary>The value of a string header (type 7); empty if there is none.</summary>
    public static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        while (headers.Length > 2)
        {
            var nameBytes = headers[0];
            if (headers.Length < nameBytes + 2)
            {
                break;
            }

            var found = headers[1..(nameBytes + 1)];
            var type = headers[nameBytes + 1];
            headers = headers[(nameBytes + 2)..];
            var prefix = type is 6 or 7 ? 2 : 0;
            if (headers.Length < prefix)
            {
                break;
            }

            var length = type switch
            {
                0 or 1 => 0, // true, false
                2 => 1,
                3 => 2,
                4 => 4,
                5 or 8 => 8, // long, timestamp
                6 or 7 => BinaryPrimitives.ReadUInt16BigEndian(headers),
                9 => 16,
                _ => int.MaxValue,
            };
            headers = headers[prefix..];
            if (length > headers.Length)
            {
                break;
            }

            if (type == 7 && found.SequenceEqual(name))
            {
                return headers[..length];
            }

            headers = headers[length..];
        }

        return [];
    }

    private void BeginFrame()
    {
        var total = BinaryPrimitives.ReadUInt32BigEndian(_prelude);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(_prelude.AsSpan(4));
        if (total is < PreludeBytes + ChecksumBytes or > MaxFrameBytes || headers > MaxHeaderBytes || headers > total - PreludeBytes - ChecksumBytes)
        {
            Next(Part.Broken);
            return;
        }

        _headerBytes = (int)headers;
        _payloadBytes = (int)(total - PreludeBytes - ChecksumBytes - headers);
        if (_headers.Length < _headerBytes)
        {
            if (_headers.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_headers);
            }

            _headers = ArrayPool<byte>.Shared.Rent(Math.Max(256, _headerBytes));
        }

        if (_headerBytes > 0)
        {
            Next(Part.Headers);
            return;
        }

        sink.BeginFrame([]);
        Next(_payloadBytes == 0 ? Part.Checksum : Part.Payload);
    }

    private ReadOnlySpan<byte> Collect(ReadOnlySpan<byte> bytes, byte[] into, int wanted)
    {
        var take = Math.Min(bytes.Length, wanted - _have);
        bytes[..take].CopyTo(into.AsSpan(_have));
        _have += take;
        return bytes[take..];
    }

    private void Next(Part part)
    {
        _part = part;
        _have = 0;
    }
}

/// <summary>Takes the frames of an event stream.</summary>
internal interface IFrameSink
{
    /// <summary>A frame begins; its headers are only valid during the call.</summary>
    void BeginFrame(ReadOnlySpan<byte> headers);

    /// <summary>A piece of the frame's payload, or all of it.</summary>
    void Payload(ReadOnlySpan<byte> piece, bool isWhole);

    /// <summary>The frame has ended.</summary>
    void EndFrame();
}
