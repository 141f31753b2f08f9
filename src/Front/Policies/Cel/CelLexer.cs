using System.Globalization;
using System.Text;

namespace GatewayActors.Front.Policies.Cel;

/// <summary>The kinds of <see cref="CelToken"/>.</summary>
internal enum CelTokenKind
{
    /// <summary>After the last character.</summary>
    End,

    /// <summary>A name.</summary>
    Name,

    /// <summary>A text in quotes.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>An operator or a bracket.</summary>
    Symbol,

    /// <summary>Nothing that can stand in an expression.</summary>
    Unknown,
}

/// <summary>One word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The name, the symbol, what stands in quotes; what is wrong with an unknown one.</param>
/// <param name="Position">Where it begins, in characters from 0.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, int Position)
{
    /// <summary>The value of a number.</summary>
    public decimal Number { get; init; }
}

/// <summary>Takes an expression apart into words.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", ".", ",", "(", ")", "[", "]", "-"];

    private int _position;

    public CelToken Next()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }

        if (_position == text.Length)
        {
            return new(CelTokenKind.End, "", _position);
        }

        var first = text[_position];
        if (first is 'r' or 'R' && _position + 1 < text.Length && text[_position + 1] is '"' or '\'')
        {
            return ReadText(_position + 1, isRaw: true);
        }

        return first is '"' or '\'' ? ReadText(_position, isRaw: false)
            : char.IsAsciiDigit(first) ? ReadNumber()
            : char.IsAsciiLetter(first) || first == '_' ? ReadName()
            : ReadSymbol();
    }

    private CelToken ReadName()
    {
        var start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '_'))
        {
            _position++;
        }

        return new(CelTokenKind.Name, text[start.._position], start);
    }

    private CelToken ReadNumber()
    {
        var start = _position;
        while (_position < text.Length && (char.IsAsciiDigit(text[_position]) || (text[_position] == '.' && _position + 1 < text.Length && char.IsAsciiDigit(text[_position + 1]))))
        {
            _position++;
        }

        var end = _position;
        if (_position < text.Length && text[_position] is 'u' or 'U')
        {
            _position++; // Unsigned: a number like any other here.
        }

        return decimal.TryParse(text.AsSpan(start, end - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? new(CelTokenKind.Number, text[start..end], start) { Number = number }
            : new(CelTokenKind.Unknown, "a number that is too large, or none", start);
    }

    private CelToken ReadSymbol()
    {
        var start = _position;
        foreach (var symbol in Symbols)
        {
            if (text.AsSpan(start).StartsWith(symbol, StringComparison.Ordinal))
            {
                _position += symbol.Length;
                return new(CelTokenKind.Symbol, symbol, start);
            }
        }

        return new(CelTokenKind.Unknown, $"'{text[start]}', which cannot stand in a condition", start);
    }

    private CelToken ReadText(int quoteAt, bool isRaw)
    {
        var (start, quote) = (_position, text[quoteAt]);
        var value = new StringBuilder();
        for (var i = quoteAt + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                _position = i + 1;
                return new(CelTokenKind.Text, value.ToString(), start);
            }

            if (text[i] != '\\' || isRaw)
            {
                value.Append(text[i]);
                continue;
            }

            if (++i == text.Length || !TryUnescape(ref i, value))
            {
                return new(CelTokenKind.Unknown, "an escape that is not known", Math.Min(i, text.Length - 1));
            }
        }

        return new(CelTokenKind.Unknown, "a text without its closing quote", start);
    }

    /// <param name="i">Stands on the character after the backslash, afterwards on the last one of the escape.</param>
    /// <param name="value">What is read so far.</param>
    private bool TryUnescape(ref int i, StringBuilder value)
    {
        if (text[i] == 'u')
        {
            if (i + 4 >= text.Length || !ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                return false;
            }

            value.Append((char)code);
            i += 4;
            return true;
        }

        var character = text[i] switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' or '"' or '\'' or '`' or '?' => text[i],
            _ => '\0',
        };
        value.Append(character);
        return character != '\0';
    }
}
