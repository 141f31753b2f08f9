using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection;

/// <summary>Consecutive groups of digits with separators between them.</summary>
internal readonly ref struct NumberWindow
{
    public required int Start { get; init; }

    public required int End { get; init; }

    /// <summary>The values, 0 to 9.</summary>
    public required ReadOnlySpan<byte> Digits { get; init; }

    public required GroupShape Shape { get; init; }

    /// <summary>Whether dots or dashes stand between the groups, not only blanks.</summary>
    public required bool HasVisibleSeparators { get; init; }

    /// <summary>Whether it is all of a row of digits that stand alone: a part of one is a part of a table.</summary>
    public required bool IsSpelledOut { get; init; }
}

/// <summary>Goes once through the numbers of a text, and shows every rule those of its length, however they are divided into groups.</summary>
internal sealed class NumberScanner : IDetector
{
    private const int MaxDigits = 19;

    private static readonly SearchValues<char> Visible = SearchValues.Create(".-\u2010\u2011\u2012\u2013");

    private readonly NumberRule[][] _byLength = new NumberRule[MaxDigits + 1][];

    public NumberScanner(IReadOnlyList<NumberRule> rules)
    {
        for (var length = 0; length <= MaxDigits; length++)
        {
            _byLength[length] = [.. rules.Where(rule => rule.Digits == length)];
        }

        Entries = [.. rules.Select(rule => rule.Entry).Distinct()];
    }

    public IReadOnlyList<DlpEntry> Entries { get; }

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        var tokens = text.Tokens;
        for (var first = 0; first < tokens.Length; first++)
        {
            if (!tokens[first].IsNumber || !MayBegin(text.Text, tokens[first].Start))
            {
                continue;
            }

            var count = 0;
            var shape = default(GroupShape);
            var isVisible = true;
            for (var last = first; last < tokens.Length; last++)
            {
                var group = tokens[last];
                if (!group.IsNumber || count + group.Length > MaxDigits)
                {
                    break;
                }

                if (last > first)
                {
                    var gap = text.Text[tokens[last - 1].End..group.Start];
                    if (!ScannedText.IsGap(text.Text, tokens[last - 1].End, group.Start))
                    {
                        break;
                    }

                    isVisible &= gap.ContainsAny(Visible);
                }

                foreach (var c in text.Text.Slice(group.Start, group.Length))
                {
                    digits[count++] = ScannedText.ValueOf(c);
                }

                shape = shape.Add(group.Length);
                if (_byLength[count].Length > 0 && MayEnd(text.Text, group.End))
                {
                    Try(
                        new()
                        {
                            Start = tokens[first].Start,
                            End = group.End,
                            Digits = digits[..count],
                            Shape = shape,
                            HasVisibleSeparators = isVisible && last > first,
                            IsSpelledOut = shape.IsSpelledOut && !IsSingle(text, first - 1, group: first) && !IsSingle(text, last + 1, group: last),
                        },
                        text,
                        matches);
                }
            }
        }
    }

    private static bool IsSingle(in ScannedText text, int index, int group)
    {
        if (index < 0 || index == text.Tokens.Length || text.Tokens[index] is not { Length: 1, IsNumber: true })
        {
            return false;
        }

        var (left, right) = (text.Tokens[Math.Min(index, group)], text.Tokens[Math.Max(index, group)]);
        return ScannedText.IsGap(text.Text, left.End, right.Start);
    }

    private void Try(in NumberWindow window, in ScannedText text, List<DlpMatch> matches)
    {
        foreach (var rule in _byLength[window.Digits.Length])
        {
            if (rule.Accepts(window, text))
            {
                matches.Add(new(window.Start, window.End - window.Start, rule.Entry));
            }
        }
    }

    // The digits behind a decimal point, or parts of a longer number or date with dashes, are not a number of their own.
    private static bool MayBegin(ReadOnlySpan<char> text, int start) =>
        start < 2 || text[start - 1] is not ('.' or '-') || !ScannedText.IsDigit(text[start - 2]);

    private static bool MayEnd(ReadOnlySpan<char> text, int end) =>
        end > text.Length - 2 || text[end] is not ('.' or '-') || !ScannedText.IsDigit(text[end + 1]);
}
