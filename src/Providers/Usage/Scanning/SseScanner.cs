using System.Runtime.CompilerServices;

namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>
/// Splits a stream of server-sent events that passes by in arbitrary pieces, and scans the data of those events that may matter. Buffers
/// nothing: data that is cut goes straight to the JSON scanner. A mutable struct: keep it in a field, never copy it.
/// </summary>
/// <remarks>
/// Lines end in LF, CR or CRLF; comments, other fields, a byte order mark, several data lines and a missing last blank line are all taken.
/// </remarks>
internal struct SseScanner(JsonPaths paths)
{
    private const int DataFieldBytes = 5; // "data:"

    private JsonMemberScanner _json = new(paths);
    private PrefixBytes _prefix;
    private int _prefixLength;
    private int _markBytes; // bytes of the byte order mark seen; 3 when there is none to come
    private Line _line;
    private bool _afterCarriageReturn;
    private bool _eventOpen;

    private enum Line : byte
    {
        Start,
        Prefix,
        Data,
        Other,
    }

    /// <summary>How many events with data have been seen.</summary>
    public long Events { get; private set; }

    /// <summary>Whether the next byte begins an event.</summary>
    public readonly bool IsBetweenEvents => _line == Line.Start && !_eventOpen && !_afterCarriageReturn && _markBytes == 3;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="dialect">Says which events matter.</param>
    /// <param name="members">Takes what is found.</param>
    public void Read(ReadOnlySpan<byte> bytes, UsageDialect dialect, CapturedMembers members)
    {
        bytes = SkipMark(bytes);
        while (!bytes.IsEmpty)
        {
            if (_afterCarriageReturn)
            {
                _afterCarriageReturn = false;
                if (bytes[0] == (byte)'\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? bytes : bytes[..end];
            var rest = end < 0 ? [] : SkipLineEnd(bytes, end);
            if (end >= 0 && _line == Line.Start)
            {
                WholeLine(line, rest, dialect, members);
            }
            else
            {
                PartOfLine(line, members);
                if (end >= 0)
                {
                    _line = Line.Start;
                }
            }

            bytes = rest;
        }
    }

    private void WholeLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest, UsageDialect dialect, CapturedMembers members)
    {
        if (line.IsEmpty)
        {
            EndEvent(members);
        }
        else if (line.StartsWith("data:"u8))
        {
            var data = line[DataFieldBytes..];
            var isWholeEvent = !_eventOpen && !rest.IsEmpty && rest[0] is (byte)'\n' or (byte)'\r';
            if (!isWholeEvent)
            {
                Data(data, members);
                Data("\n"u8, members);
                return;
            }

            Events++;
            if (dialect.MayMatter(data) || dialect.SeeksModel(members, Events))
            {
                _json.Read(data, members);
                _json.Reset(members);
            }
        }
    }

    private void PartOfLine(ReadOnlySpan<byte> piece, CapturedMembers members)
    {
        if (_line == Line.Start)
        {
            _line = Line.Prefix;
            _prefixLength = 0;
        }

        if (_line == Line.Prefix)
        {
            Span<byte> prefix = _prefix;
            var take = Math.Min(DataFieldBytes - _prefixLength, piece.Length);
            piece[..take].CopyTo(prefix[_prefixLength..]);
            _prefixLength += take;
            piece = piece[take..];
            if (_prefixLength < DataFieldBytes)
            {
                return;
            }

            _line = prefix[..DataFieldBytes].SequenceEqual("data:"u8) ? Line.Data : Line.Other;
        }

        if (_line == Line.Data)
        {
            Data(piece, members);
        }
    }

    private void Data(ReadOnlySpan<byte> data, CapturedMembers members)
    {
        if (!_eventOpen)
        {
            _eventOpen = true;
            Events++;
        }

        _json.Read(data, members);
    }

    private void EndEvent(CapturedMembers members)
    {
        if (_eventOpen)
        {
            _eventOpen = false;
            _json.Reset(members);
        }
    }

    private ReadOnlySpan<byte> SkipLineEnd(ReadOnlySpan<byte> bytes, int end)
    {
        if (bytes[end] == (byte)'\r')
        {
            if (end + 1 == bytes.Length)
            {
                _afterCarriageReturn = true;
            }
            else if (bytes[end + 1] == (byte)'\n')
            {
                end++;
            }
        }

        return bytes[(end + 1)..];
    }

    private ReadOnlySpan<byte> SkipMark(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        while (_markBytes < mark.Length && !bytes.IsEmpty)
        {
            if (bytes[0] != mark[_markBytes])
            {
                _markBytes = mark.Length;
                break;
            }

            _markBytes++;
            bytes = bytes[1..];
        }

        return bytes;
    }

    [InlineArray(DataFieldBytes)]
    private struct PrefixBytes
    {
        private byte _first;
    }
}
