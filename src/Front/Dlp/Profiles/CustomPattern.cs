using System.Text.RegularExpressions;

namespace GatewayActors.Front.Dlp.Profiles;

/// <summary>The regular expressions that tenants may write: matched in linear time, whatever the text; of bounded length.</summary>
internal static class CustomPattern
{
    /// <summary>Longest expression, in characters.</summary>
    public const int MaxLength = 1_024;

    /// <summary>Longest match, in characters.</summary>
    public const int MaxMatch = 1_024;

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>What is wrong with an expression; null if nothing is.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="maxMatch">Longest match; null for any.</param>
    public static string? Problem(string pattern, long? maxMatch = MaxMatch)
    {
        try
        {
            _ = Compile(pattern);
        }
        catch (NotSupportedException)
        {
            return "look-around, back-references, atomic groups, conditions and repetitions of many repetitions are not supported: they cannot be matched in linear time";
        }
        catch (ArgumentException)
        {
            return "this is not a regular expression";
        }

        var (min, max) = PatternLength.Of(pattern);
        return min == 0 ? "it matches the empty text"
            : maxMatch is not { } bound ? null
            : max is null ? "a match must have a bounded length: in place of '*' and '+' write a range such as {1,100}"
            : max > bound ? $"a match may have at most {bound} characters, this one up to {max}"
            : null;
    }

    /// <summary>Makes it ready for matching.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It cannot be matched in linear time.</exception>
    public static Regex Compile(string pattern) => new(pattern, Options);
}
