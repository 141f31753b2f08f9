using System.Buffers;
using System.Globalization;

namespace GatewayActors.Front.Dlp.Detection;

/// <summary>A word of letters and digits that holds at least one digit.</summary>
/// <param name="Start">Offset in UTF-16 code units.</param>
/// <param name="Length">In UTF-16 code units.</param>
/// <param name="Digits">How many of them are digits.</param>
internal readonly record struct Token(int Start, int Length, int Digits)
{
    public int End => Start + Length;

    public bool IsNumber => Digits == Length;
}

/// <summary>A text with the words that numbers can be part of, found once for all detectors.</summary>
internal readonly ref struct ScannedText : IDisposable
{
    private const int UuidLength = 36;

    // ASCII, Arabic-Indic, Devanagari and full-width: the digits of other scripts are a way around a scanner.
    private static readonly SearchValues<char> AllDigits = SearchValues.Create("0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９");

    private readonly Token[] _tokens;
    private readonly int _count;

    public ScannedText(ReadOnlySpan<char> text)
    {
        Text = text;
        _tokens = ArrayPool<Token>.Shared.Rent(16);
        var end = 0;
        while (text[end..].IndexOfAny(AllDigits) is >= 0 and var found)
        {
            var first = end + found;
            var start = first;
            while (start > end && char.IsLetterOrDigit(text[start - 1]))
            {
                start--;
            }

            var digits = 0;
            for (end = first; end < text.Length && char.IsLetterOrDigit(text[end]); end++)
            {
                digits += IsDigit(text[end]) ? 1 : 0;
            }

            if (UuidEnd(text, start, end) is > 0 and var uuidEnd)
            {
                end = uuidEnd; // Its parts look like many a number.
                continue;
            }

            if (_count == _tokens.Length)
            {
                var larger = ArrayPool<Token>.Shared.Rent(_count * 2);
                _tokens.AsSpan(0, _count).CopyTo(larger);
                ArrayPool<Token>.Shared.Return(_tokens);
                _tokens = larger;
            }

            _tokens[_count++] = new(start, end - start, digits);
        }
    }

    public ReadOnlySpan<char> Text { get; }

    public ReadOnlySpan<Token> Tokens => _tokens.AsSpan(0, _count);

    public static bool IsDigit(char c) => char.IsAsciiDigit(c) || (c > 127 && AllDigits.Contains(c));

    /// <summary>The value of a digit of any script.</summary>
    public static byte ValueOf(char digit) => (byte)(char.IsAsciiDigit(digit) ? digit - '0' : CharUnicodeInfo.GetDecimalDigitValue(digit));

    /// <summary>What people and evaders put between the groups of a number; line ends are not.</summary>
    public static bool IsSeparator(char c) =>
        c is ' ' or '-' or '.' or '\u00a0' or '\u00ad' or '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2009' or '\u200b' or '\u202f' or '\u2060' or '\ufeff';

    /// <summary>Whether nothing but separators, at most three, stand between two offsets.</summary>
    public static bool IsGap(ReadOnlySpan<char> text, int from, int to)
    {
        if (to - from is < 1 or > 3)
        {
            return false;
        }

        foreach (var c in text[from..to])
        {
            if (!IsSeparator(c))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => ArrayPool<Token>.Shared.Return(_tokens);

    private static int UuidEnd(ReadOnlySpan<char> text, int tokenStart, int tokenEnd)
    {
        if ((tokenEnd == text.Length || text[tokenEnd] != '-') && (tokenStart == 0 || text[tokenStart - 1] != '-'))
        {
            return 0;
        }

        // The first part may have had no digit, so that it was no token.
        var start = tokenStart;
        while (start > 0 && tokenStart - start < UuidLength && (char.IsAsciiHexDigit(text[start - 1]) || text[start - 1] == '-'))
        {
            start--;
        }

        return text.Length - start >= UuidLength && Guid.TryParseExact(text.Slice(start, UuidLength), "D", out _) ? start + UuidLength : 0;
    }
}
