using System.Buffers;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.StoredKeys;

/// <summary>Names of stored keys that clients send in place of a key.</summary>
internal static class SecretReference
{
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly string[] Schemes = ["Bearer ", "Token ", "Key ", "Api-Key "];

    /// <summary>Whether a value without a scheme can be one: a letter or <c>_</c>, then up to 127 letters, digits, <c>_</c> or <c>-</c>.</summary>
    public static bool IsReference(ReadOnlySpan<char> value) =>
        value.Length is >= 1 and <= MaxLength && (char.IsAsciiLetter(value[0]) || value[0] == '_') && !value.ContainsAnyExcept(Characters);

    /// <summary>What may be references in the places of a step's credential.</summary>
    public static IEnumerable<string> In(Step step)
    {
        if (step.AccessToken is { } token)
        {
            if (IsReference(token))
            {
                yield return token;
            }

            yield break;
        }

        var headers = new UnconsumedHeaders(step);
        foreach (var name in step.Route.Provider.Credentials.Headers)
        {
            if (headers[name] is { } value && WithoutScheme(value) is { Length: > 0 } candidate && IsReference(candidate))
            {
                yield return candidate;
            }
        }
    }

    private static string WithoutScheme(string value)
    {
        var text = value.Trim();
        foreach (var scheme in Schemes)
        {
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return text[scheme.Length..].Trim();
            }
        }

        return text;
    }
}
