using System.Buffers;
using System.Text.RegularExpressions;
using GatewayActors.Front.Dlp.Detection;

namespace GatewayActors.Front.Dlp.Profiles;

/// <summary>Finds what a tenant's regular expression matches.</summary>
internal sealed class PatternDetector(DlpEntry entry, string pattern, bool hasLuhnCheck) : IDetector
{
    private const int MaxLuhnDigits = 64;

    private readonly Regex _regex = CustomPattern.Compile(pattern);

    public IReadOnlyList<DlpEntry> Entries { get; } = [entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        foreach (var match in _regex.EnumerateMatches(text.Text))
        {
            if (match.Length > 0 && (!hasLuhnCheck || PassesLuhn(text.Text.Slice(match.Index, match.Length))))
            {
                matches.Add(new(match.Index, match.Length, entry));
            }
        }
    }

    private static bool PassesLuhn(ReadOnlySpan<char> match)
    {
        Span<byte> digits = stackalloc byte[MaxLuhnDigits];
        var count = 0;
        foreach (var c in match)
        {
            if (ScannedText.IsDigit(c) && count < MaxLuhnDigits)
            {
                digits[count++] = ScannedText.ValueOf(c);
            }
        }

        return count > 1 && Checksums.Luhn(digits[..count]);
    }
}

/// <summary>Finds a tenant's words, where they stand alone, without regard to case.</summary>
internal sealed class WordsDetector : IDetector
{
    private readonly DlpEntry _entry;
    private readonly string[] _longestFirst;
    private readonly SearchValues<string> _search;

    public WordsDetector(DlpEntry entry, IReadOnlyList<string> words)
    {
        _entry = entry;
        _longestFirst = [.. words.OrderByDescending(word => word.Length)];
        _search = SearchValues.Create(_longestFirst, StringComparison.OrdinalIgnoreCase);
        Entries = [entry];
    }

    public IReadOnlyList<DlpEntry> Entries { get; }

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; all[at..].IndexOfAny(_search) is >= 0 and var found;)
        {
            var start = at + found;
            at = start + 1;
            foreach (var word in _longestFirst)
            {
                var end = start + word.Length;
                if (all[start..].StartsWith(word, StringComparison.OrdinalIgnoreCase) && IsBoundary(all, start) && IsBoundary(all, end))
                {
                    matches.Add(new(start, word.Length, _entry));
                    at = end;
                    break;
                }
            }
        }
    }

    private static bool IsBoundary(ReadOnlySpan<char> text, int at) =>
        at == 0 || at == text.Length || !(char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(text[at]));
}
