using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection;

/// <summary>Words that say what a number beside them is. Case does not count; a word must stand alone.</summary>
internal sealed class ContextWords
{
    /// <summary>How far in front of a number a word may stand, in UTF-16 code units.</summary>
    public const int Before = 80;

    /// <summary>How far behind it.</summary>
    public const int After = 40;

    private readonly string[] _words;
    private readonly SearchValues<string> _search;

    public ContextWords(params string[] words)
    {
        _words = [.. words.SelectMany(Spellings).Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(word => word.Length)];
        _search = SearchValues.Create(_words, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether one of the words stands near a part of a text.</summary>
    public bool IsNear(ReadOnlySpan<char> text, int start, int end) =>
        Holds(text, Math.Max(0, start - Before), start) || Holds(text, end, Math.Min(text.Length, end + After));

    // Fields of data are named "birth_date", "birth-date" and "birthDate".
    private static IEnumerable<string> Spellings(string word) =>
        word.Contains(' ', StringComparison.Ordinal)
            ? [word, word.Replace(' ', '_'), word.Replace(' ', '-'), word.Replace(" ", "", StringComparison.Ordinal)]
            : [word];

    private bool Holds(ReadOnlySpan<char> text, int from, int to)
    {
        while (from < to && text[from..to].IndexOfAny(_search) is >= 0 and var found)
        {
            var at = from + found;
            foreach (var word in _words)
            {
                if (text[at..to].StartsWith(word, StringComparison.OrdinalIgnoreCase) && IsAlone(text, at, at + word.Length))
                {
                    return true;
                }
            }

            from = at + 1;
        }

        return false;
    }

    // "passport_no" and "SSN2" are words for people who name fields; "assn" is another word.
    private static bool IsAlone(ReadOnlySpan<char> text, int start, int end) =>
        (start == 0 || !char.IsLetter(text[start - 1]) || (char.IsLower(text[start - 1]) && char.IsUpper(text[start])))
        && (end == text.Length || !char.IsLetter(text[end]) || (char.IsLower(text[end - 1]) && char.IsUpper(text[end])) || IsPlural(text, end));

    private static bool IsPlural(ReadOnlySpan<char> text, int end) =>
        text[end] is 's' or 'S' && (end + 1 == text.Length || !char.IsLetter(text[end + 1]));
}
