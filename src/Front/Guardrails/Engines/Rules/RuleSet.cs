using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Guardrails.Engines.Rules;

/// <summary>
/// Words and patterns by category, each category one pattern that takes time in proportion to the text, whatever the pattern. Immutable;
/// thread-safe; compiled once.
/// </summary>
internal sealed class RuleSet
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private readonly (Hazards Hazard, Regex Pattern)[] _patterns;

    private RuleSet((Hazards, Regex)[] patterns) => _patterns = patterns;

    /// <summary>The categories that there is something for.</summary>
    public Hazards Covers => _patterns.Aggregate(Hazards.None, (all, rule) => all | rule.Hazard);

    /// <summary>The rules of a gateway; null for none.</summary>
    public static RuleSet? Of(IReadOnlyDictionary<string, GuardrailRule>? rules) => rules is { Count: > 0 } ? Compile(rules) : null;

    /// <summary>Makes a set of rules by category.</summary>
    /// <exception cref="ArgumentException">A pattern is none.</exception>
    /// <exception cref="NotSupportedException">A pattern cannot be matched in time that is in proportion to the text, or is too large for that.</exception>
    public static RuleSet Compile(IReadOnlyDictionary<string, GuardrailRule> rules) => new([.. rules
        .Where(rule => rule.Value.Words.Count + rule.Value.Patterns.Count > 0)
        .SelectMany(rule => Patterns(rule.Value), (rule, pattern) => (HazardNames.Parse(rule.Key), pattern))]);

    /// <summary>Why a pattern cannot be used; null if it can.</summary>
    public static string? ProblemOf(string pattern)
    {
        try
        {
            return new Regex(pattern, Options).IsMatch("") ? "matches the empty text, and so every other one" : null;
        }
        catch (ArgumentException)
        {
            return "is not a regular expression";
        }
        catch (NotSupportedException)
        {
            return "has look-arounds, back references or atomic groups, or is too large: it could not be matched in time that is in proportion to the text";
        }
    }

    /// <summary>Whether nothing is left of a word but what nobody sees.</summary>
    public static bool IsBlank(string word) => string.IsNullOrWhiteSpace(Normalize(word));

    /// <summary>The categories of which a text has something.</summary>
    public Hazards Find(string text)
    {
        var plain = Normalize(text);
        var found = Hazards.None;
        foreach (var (hazard, pattern) in _patterns)
        {
            if ((found & hazard) == Hazards.None && pattern.IsMatch(plain))
            {
                found |= hazard;
            }
        }

        return found;
    }

    // Patterns one by one, so that the size of one is not that of all.
    private static IEnumerable<Regex> Patterns(GuardrailRule rule)
    {
        string[] words = [.. rule.Words.Where(word => !IsBlank(word)).Select(WordPattern)];
        if (words.Length > 0)
        {
            yield return new(string.Join('|', words), Options);
        }

        foreach (var pattern in rule.Patterns)
        {
            yield return new(pattern, Options);
        }
    }

    /// <summary>The words in their order, with any blanks between them, and not as a part of other words.</summary>
    private static string WordPattern(string words)
    {
        var plain = Normalize(words);
        var parts = plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var pattern = string.Join(@"\s+", parts.Select(Regex.Escape));
        return $"{(IsWordAt(plain, 0) ? @"\b" : "")}{pattern}{(IsWordAt(plain, plain.Length - 1) ? @"\b" : "")}";
    }

    private static bool IsWordAt(string text, int at) => at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');

    /// <summary>One spelling for what looks the same: without marks that nobody sees, and wide or styled letters as plain ones.</summary>
    internal static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // Half a character becomes one that stands for it.
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            {
                plain.Append(Fold(rune.Value).ToString());
            }
        }

        return plain.ToString();
    }

    // By hand: the platform normalises nothing where it knows no cultures, as here.
    private static Rune Fold(int value) => value switch
    {
        0x3000 => new(' '),
        >= 0xFF01 and <= 0xFF5E => new(value - 0xFEE0), // Of double width.
        >= 0x1D400 and <= 0x1D6A3 => new(((value - 0x1D400) % 52) is var letter && letter < 26 ? 'A' + letter : 'a' + letter - 26), // Bold, italic, script and others.
        >= 0x1D7CE and <= 0x1D7FF => new('0' + ((value - 0x1D7CE) % 10)),
        >= 0x24B6 and <= 0x24CF => new('A' + value - 0x24B6), // In circles.
        >= 0x24D0 and <= 0x24E9 => new('a' + value - 0x24D0),
        _ => new(value),
    };
}
