namespace GatewayActors.Front.Dlp.Detection;

/// <summary>Checks the letters (in upper case) and ASCII digits of an identifier, without what stood between them.</summary>
internal delegate bool CharactersCheck(ReadOnlySpan<char> characters);

/// <summary>An identifier of letters and digits in fixed places.</summary>
/// <param name="Entry">What it is.</param>
/// <param name="Pattern"><c>A</c> for a letter, <c>9</c> for a digit, <c>X</c> for either, <c>-</c> where separators may stand.</param>
/// <param name="IsValid">What is wrong with most other texts of this pattern.</param>
/// <param name="NeedsContext">Whether a word must say what it is.</param>
internal sealed record PatternRule(DlpEntry Entry, string Pattern, CharactersCheck IsValid, bool NeedsContext = false)
{
    private const int MaxLength = 32;

    /// <summary>Whether it begins at an offset; a word must begin there.</summary>
    public bool TryMatch(in ScannedText scanned, int start, out int end)
    {
        var text = scanned.Text;
        Span<char> characters = stackalloc char[MaxLength];
        var (at, count) = (start, 0);
        end = 0;
        foreach (var place in Pattern)
        {
            if (place == '-')
            {
                var from = at;
                while (at < text.Length && at - from < 2 && ScannedText.IsSeparator(text[at]))
                {
                    at++;
                }

                continue;
            }

            if (at == text.Length)
            {
                return false;
            }

            var c = text[at++];
            var isDigit = ScannedText.IsDigit(c);
            if (place == 'A' ? !char.IsAsciiLetter(c) : place == '9' ? !isDigit : !isDigit && !char.IsAsciiLetter(c))
            {
                return false;
            }

            characters[count++] = isDigit ? (char)('0' + ScannedText.ValueOf(c)) : char.ToUpperInvariant(c);
        }

        end = at;
        return (at == text.Length || !char.IsLetterOrDigit(text[at]))
            && IsValid(characters[..count])
            && (!NeedsContext || Entry.Context?.IsNear(text, start, at) == true);
    }
}

/// <summary>Tries rules wherever a word with a digit, or the letters in front of one, could begin an identifier.</summary>
internal sealed class PatternScanner(IReadOnlyList<PatternRule> rules) : IDetector
{
    private const int MaxLettersInFront = 6;

    public IReadOnlyList<DlpEntry> Entries { get; } = [.. rules.Select(rule => rule.Entry).Distinct()];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        foreach (var token in text.Tokens)
        {
            Try(text, token.Start, matches);
            if (WordInFront(text.Text, token.Start) is >= 0 and var start)
            {
                Try(text, start, matches);
            }
        }
    }

    private void Try(in ScannedText text, int start, List<DlpMatch> matches)
    {
        foreach (var rule in rules)
        {
            if (rule.TryMatch(text, start, out var end))
            {
                matches.Add(new(start, end - start, rule.Entry));
            }
        }
    }

    /// <summary>Where a short word without digits begins that only separators part from a token; -1 if there is none.</summary>
    private static int WordInFront(ReadOnlySpan<char> text, int tokenStart)
    {
        var end = tokenStart;
        while (end > 0 && tokenStart - end < 2 && ScannedText.IsSeparator(text[end - 1]))
        {
            end--;
        }

        var start = end;
        while (start > 0 && end - start <= MaxLettersInFront && char.IsAsciiLetter(text[start - 1]))
        {
            start--;
        }

        return end < tokenStart && end - start is > 0 and <= MaxLettersInFront && (start == 0 || !char.IsLetterOrDigit(text[start - 1])) ? start : -1;
    }
}
