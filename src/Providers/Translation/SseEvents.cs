using System.Buffers;

namespace GatewayActors.Providers.Translation;

/// <summary>Takes a stream of server-sent events in pieces, cut anywhere, and gives out the data of whole events. Not thread-safe.</summary>
/// <remarks>Lines end in LF, CR or CRLF. Names, ids and comments are passed over: every provider repeats the kind inside the data.</remarks>
public sealed class SseEvents
{
    /// <summary>The longest event that is taken; pictures in base64 stand in one.</summary>
    internal const int MaxEventBytes = 64 * 1024 * 1024;

    private byte[] _buffer = new byte[2048];
    private int _searched; // How much of the line that begins at _start has no end in it.
    private int _start;
    private int _end;
    private readonly ArrayBufferWriter<byte> _data = new(512);
    private bool _hasData;
    private bool _isGiven;
    private bool _skipLineFeed;

    /// <summary>Takes the next bytes.</summary>
    /// <returns>False if the event they belong to is too long.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if ((long)_end - _start + _data.WrittenCount + bytes.Length > MaxEventBytes)
        {
            return false;
        }

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
        return true;
    }

    /// <summary>Gives out the data of the next event; valid until the next call.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> data)
    {
        Forget();
        while (_start < _end)
        {
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (_buffer[_start] == (byte)'\n')
                {
                    _start++;
                    continue;
                }
            }

            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest[_searched..].IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                _searched = rest.Length;
                break;
            }

            length += _searched;
            _searched = 0;

            _skipLineFeed = rest[length] == (byte)'\r'; // Its line feed may still be on the way.
            _start += length + 1;
            if (length > 0)
            {
                ReadLine(rest[..length]);
            }
            else if (_hasData)
            {
                return Give(out data);
            }
        }

        data = default;
        return false;
    }

    /// <summary>Gives out what an event without its blank line holds, at the end of the stream.</summary>
    public bool TryTakeLast(out ReadOnlyMemory<byte> data)
    {
        Forget();
        if (_start < _end)
        {
            ReadLine(_buffer.AsSpan(_start, _end - _start));
            _start = _end;
        }

        if (_hasData)
        {
            return Give(out data);
        }

        data = default;
        return false;
    }

    private bool Give(out ReadOnlyMemory<byte> data)
    {
        (_hasData, _isGiven) = (false, true);
        data = _data.WrittenMemory;
        return true;
    }

    private void Forget()
    {
        if (_isGiven)
        {
            _data.ResetWrittenCount();
            _isGiven = false;
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        if (!line.StartsWith("data"u8) || (line.Length > 4 && line[4] != (byte)':'))
        {
            return;
        }

        var value = line.Length > 4 ? line[5..] : [];
        if (_hasData)
        {
            _data.Write("\n"u8);
        }

        _data.Write(value is [(byte)' ', ..] ? value[1..] : value);
        _hasData = true;
    }
}
