using System.Globalization;

namespace GatewayActors.Front.Dlp.Profiles;

/// <summary>
/// How few and how many characters a regular expression can match, found out without matching: what is held back of a stream is as long as
/// the longest match, so it must have a bound.
/// </summary>
internal ref struct PatternLength
{
    private const long Unbounded = long.MaxValue;
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<char> _pattern;
    private int _at;
    private int _depth;

    private PatternLength(ReadOnlySpan<char> pattern) => _pattern = pattern;

    /// <summary>The lengths; <c>Max</c> is null if there is no bound, or if the groups are nested too deeply to say. The pattern must be one that .NET takes.</summary>
    public static (long Min, long? Max) Of(string pattern)
    {
        var reader = new PatternLength(pattern);
        var (min, max) = reader.Alternatives();
        return (min, max == Unbounded || reader._at < pattern.Length ? null : max);
    }

    private (long Min, long Max) Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            return (0, Unbounded);
        }

        var (min, max) = Sequence();
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            var other = Sequence();
            (min, max) = (Math.Min(min, other.Min), Math.Max(max, other.Max));
        }

        _depth--;
        return (min, max);
    }

    private (long Min, long Max) Sequence()
    {
        var (min, max) = (0L, 0L);
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var atom = Atom();
            var (least, most) = Quantifier();
            min = Add(min, Multiply(atom.Min, least));
            max = Add(max, Multiply(atom.Max, most));
        }

        return (min, max);
    }

    private (long Min, long Max) Atom()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '^' or '$':
                return (0, 0);
            case '[':
                SkipClass();
                return (1, 1);
            case '(':
                return Group();
            case '\\':
                return Escape();
            default:
                return (1, 1);
        }
    }

    private (long Min, long Max) Group()
    {
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            _at++;
            if (_at < _pattern.Length && _pattern[_at] == '#')
            {
                SkipPast(')');
                return (0, 0);
            }

            // ?: ?<name> ?'name' and options, as in ?i or ?i-s:.
            var isNamed = _at < _pattern.Length && _pattern[_at] is '<' or '\'';
            while (_at < _pattern.Length && _pattern[_at] is not (')' or ':' or '>') && !(isNamed && _pattern[_at] == '\'' && _pattern[_at - 1] != '?'))
            {
                _at++;
            }

            if (_at < _pattern.Length && _pattern[_at++] == ')')
            {
                return (0, 0); // Options for what follows.
            }
        }

        var inner = Alternatives();
        _at = Math.Min(_at + 1, _pattern.Length);
        return inner;
    }

    private (long Min, long Max) Escape()
    {
        if (_at == _pattern.Length)
        {
            return (1, 1);
        }

        var c = _pattern[_at++];
        switch (c)
        {
            case 'b' or 'B' or 'A' or 'z' or 'Z' or 'G':
                return (0, 0);
            case 'p' or 'P':
                SkipPast('}');
                break;
            case 'x':
                _at = Math.Min(_at + 2, _pattern.Length);
                break;
            case 'u':
                _at = Math.Min(_at + 4, _pattern.Length);
                break;
            case 'c':
                _at = Math.Min(_at + 1, _pattern.Length);
                break;
            case >= '0' and <= '7':
                for (var digits = 1; digits < 3 && _at < _pattern.Length && _pattern[_at] is >= '0' and <= '7'; digits++)
                {
                    _at++; // Octal.
                }

                break;
            default:
                break;
        }

        return (1, 1);
    }

    /// <summary>A class ends at the first bracket that is not its first character; one may be subtracted from another.</summary>
    private void SkipClass()
    {
        _at += _at < _pattern.Length && _pattern[_at] == '^' ? 1 : 0;
        _at += _at < _pattern.Length && _pattern[_at] == ']' ? 1 : 0;
        while (_at < _pattern.Length && _pattern[_at] != ']')
        {
            if (_pattern[_at] == '\\')
            {
                _at++;
            }
            else if (_pattern[_at] == '-' && _at + 1 < _pattern.Length && _pattern[_at + 1] == '[')
            {
                _at += 2;
                SkipClass();
                continue;
            }

            _at++;
        }

        _at = Math.Min(_at + 1, _pattern.Length);
    }

    private (long Least, long Most) Quantifier()
    {
        var (least, most) = (1L, 1L);
        while (_at < _pattern.Length)
        {
            var (from, to) = (1L, 1L);
            switch (_pattern[_at])
            {
                case '*':
                    (from, to) = (0, Unbounded);
                    break;
                case '+':
                    (from, to) = (1, Unbounded);
                    break;
                case '?':
                    (from, to) = (0, 1);
                    break;
                case '{' when TryReadRange(out from, out to, out var end):
                    _at = end;
                    break;
                default:
                    return (least, most);
            }

            _at++;
            (least, most) = (Multiply(least, from), Multiply(most, to));
            if (_at < _pattern.Length && _pattern[_at] == '?')
            {
                _at++; // As few as possible.
            }
        }

        return (least, most);
    }

    /// <summary>Reads <c>{2}</c>, <c>{2,}</c> or <c>{2,5}</c>; braces around anything else stand for themselves.</summary>
    private readonly bool TryReadRange(out long from, out long to, out int end)
    {
        (from, to) = (1, 1);
        var length = _pattern[_at..].IndexOf('}');
        end = _at + length;
        if (length < 2)
        {
            return false;
        }

        var inside = _pattern.Slice(_at + 1, length - 1);
        var comma = inside.IndexOf(',');
        if (!long.TryParse(comma < 0 ? inside : inside[..comma], NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            (from, to) = (1, 1);
            return false;
        }

        to = from;
        return comma < 0 || (comma == inside.Length - 1 ? (to = Unbounded) > 0 : long.TryParse(inside[(comma + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out to));
    }

    private void SkipPast(char c) => _at = _pattern[_at..].IndexOf(c) is >= 0 and var found ? _at + found + 1 : _pattern.Length;

    private static long Add(long a, long b) => a == Unbounded || b == Unbounded ? Unbounded : a + b;

    private static long Multiply(long a, long b) =>
        a == 0 || b == 0 ? 0 : a == Unbounded || b == Unbounded || a > Unbounded / b ? Unbounded : a * b;
}
