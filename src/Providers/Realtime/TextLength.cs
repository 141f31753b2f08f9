namespace GatewayActors.Providers.Realtime;

/// <summary>Counts the characters of a raw JSON string that comes in pieces, cut anywhere. What is no string has none.</summary>
internal struct TextLength
{
    private State _state;
    private int _digits; // of an escape that are still to come
    private uint _code;
    private long _count;

    private enum State : byte
    {
        Start,
        Text,
        Escape,
        Unicode,
        End,
    }

    /// <summary>Unicode scalar values so far.</summary>
    public readonly long Count => _count;

    /// <summary>Takes the next bytes, quotes included.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        foreach (var value in piece)
        {
            switch (_state)
            {
                case State.Start:
                    _state = value == (byte)'"' ? State.Text : State.End;
                    break;
                case State.Text when value == (byte)'\\':
                    _state = State.Escape;
                    break;
                case State.Text when value == (byte)'"':
                    _state = State.End;
                    break;
                case State.Text:
                    _count += (value & 0xC0) == 0x80 ? 0 : 1; // A continuation byte belongs to a character that has been counted.
                    break;
                case State.Escape when value == (byte)'u':
                    (_state, _digits, _code) = (State.Unicode, 4, 0);
                    break;
                case State.Escape:
                    _count++;
                    _state = State.Text;
                    break;
                case State.Unicode:
                    AddDigit(value);
                    break;
                case State.End:
                default:
                    return;
            }
        }
    }

    private void AddDigit(byte digit)
    {
        _code = (_code << 4) | (uint)HexValue(digit);
        if (--_digits == 0)
        {
            _count += _code is >= 0xDC00 and <= 0xDFFF ? 0 : 1; // The second half of a pair.
            _state = State.Text;
        }
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => 0,
    };
}
