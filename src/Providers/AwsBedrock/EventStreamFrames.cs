using System.Buffers.Binary;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Takes an AWS event stream in pieces, cut anywhere, and gives out whole frames whose checksums are right. Not thread-safe.</summary>
/// <remarks>
/// A frame is, in big endian: total length, header length, checksum of these, headers, payload, checksum of everything before.
/// Nothing more is given out after a frame that is wrong.
/// </remarks>
internal sealed class EventStreamFrames
{
    private const int PreludeBytes = 12;
    private const int ChecksumBytes = 4;
    private const uint MaxFrameBytes = 24 * 1024 * 1024; // the largest message the protocol allows

    private static readonly uint[] Table = MakeTable();

    private byte[] _buffer = new byte[2048];
    private int _start;
    private int _end;
    private int _given; // bytes of the frame that was given out last

    /// <summary>Whether a frame was wrong.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether there is the beginning of a frame.</summary>
    public bool HasRest => !IsBroken && _end - _start - _given > 0;

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken)
        {
            return;
        }

        Forget();
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_buffer.Length - _end < bytes.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _end + bytes.Length));
        }

        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Gives out the next frame; valid until the next call.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> headers, out ReadOnlyMemory<byte> payload)
    {
        Forget();
        (headers, payload) = (default, default);
        var rest = _buffer.AsMemory(_start, _end - _start);
        if (IsBroken || rest.Length < PreludeBytes)
        {
            return false;
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
        var headerBytes = BinaryPrimitives.ReadUInt32BigEndian(rest.Span[4..]);
        if (total is < PreludeBytes + ChecksumBytes or > MaxFrameBytes
            || headerBytes > total - PreludeBytes - ChecksumBytes
            || BinaryPrimitives.ReadUInt32BigEndian(rest.Span[8..]) != Checksum(rest.Span[..8]))
        {
            IsBroken = true;
            return false;
        }

        if (rest.Length < total)
        {
            return false;
        }

        var frame = rest[..(int)total];
        if (BinaryPrimitives.ReadUInt32BigEndian(frame.Span[^ChecksumBytes..]) != Checksum(frame.Span[..^ChecksumBytes]))
        {
            IsBroken = true;
            return false;
        }

        headers = frame.Slice(PreludeBytes, (int)headerBytes);
        payload = frame[(PreludeBytes + (int)headerBytes)..^ChecksumBytes];
        _given = frame.Length;
        return true;
    }

    private void Forget()
    {
        _start += _given;
        _given = 0;
    }

    /// <summary>CRC-32 as in Ethernet and zlib.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum = Table[(byte)(sum ^ one)] ^ (sum >> 8);
        }

        return ~sum;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var entry = index;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) != 0 ? 0xEDB88320 ^ (entry >> 1) : entry >> 1;
            }

            table[index] = entry;
        }

        return table;
    }
}
