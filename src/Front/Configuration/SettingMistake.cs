using System.Reflection;
using System.Text.RegularExpressions;

namespace GatewayActors.Front.Configuration;

/// <summary>Words a mistake as one line: the key, the value unless it may be a secret, and what is accepted.</summary>
internal static partial class SettingMistake
{
    private const int LongestShownValue = 200; // characters; a line stays a line

    /// <summary>A key nobody knows, looked for among the options <paramref name="owner"/>.</summary>
    public static string Unknown(string path, string? value, Type owner, string accepted)
    {
        // A misspelt key may hold the secret that was meant for its neighbour, so only values that cannot be one are shown.
        var secret = IsSecretName().IsMatch(path) || owner.GetProperties().Any(property => property.IsDefined(typeof(SecretAttribute)));
        return $"{path}{Shown(value, secret)} is not known; accepted: {accepted}.";
    }

    /// <summary>A value that the option does not accept.</summary>
    public static string Invalid(string path, string value, PropertyInfo property, string accepted) =>
        $"{path}{Shown(value, property.IsDefined(typeof(SecretAttribute)))} is not valid; accepted: {accepted}.";

    /// <summary>The keys of a section.</summary>
    public static string Names(IEnumerable<PropertyInfo> properties) =>
        string.Join(", ", properties.Select(property => property.Name).Order(StringComparer.Ordinal));

    private static string Shown(string? value, bool secret)
    {
        if (value is null)
        {
            return "";
        }

        if (secret)
        {
            return " (value not shown)";
        }

        // A URL may carry a password before its host and a key in its query.
        var text = UrlSecrets().Replace(value, match => match.Value[0] == '?' ? "?…" : "://…@");
        text = ControlCharacters().Replace(text, "�");
        return text.Length > LongestShownValue ? $" = '{text[..LongestShownValue]}…'" : $" = '{text}'";
    }

    [GeneratedRegex("t[oe][ke]en|secr|key|pass|pwd|cred|auth|connectionstring", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex IsSecretName();

    [GeneratedRegex(@"://[^/?#]*@|\?.*", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex UrlSecrets();

    [GeneratedRegex(@"\p{Cc}", RegexOptions.CultureInvariant)]
    private static partial Regex ControlCharacters();
}
