using System.Text.Json;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>Reads claims, of a token or of the answer about a user. Pure.</summary>
internal static class Claims
{
    private const int MaxValues = 1_000;
    private const int MaxLength = 512;

    /// <summary>A claim that is one text; null if it is not there, empty, no text or longer than 512 characters.</summary>
    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxLength } text
            ? text
            : null;

    /// <summary>The address, unless the provider says that it has not verified it: people choose such addresses themselves.</summary>
    public static string? Email(JsonElement claims) => IsUnverified(claims) ? null : Text(claims, "email");

    /// <summary>All values of a claim, by its name or the path to it. The first 1,000; empty if it is not there.</summary>
    public static IReadOnlyList<string> Values(JsonElement claims, string name)
    {
        if (name == "email" && IsUnverified(claims) || Find(claims, name) is not { } claim)
        {
            return [];
        }

        return claim.ValueKind switch
        {
            // Scopes are one text, by the rule of OAuth.
            JsonValueKind.String when name is "scope" or "scp" => claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array => [.. claim.EnumerateArray().Select(One).OfType<string>().Take(MaxValues)],
            JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined => [],
            JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => One(claim) is { } value ? [value] : [],
        };
    }

    // Names of claims may have dots themselves, as URLs do: a path is tried last.
    private static JsonElement? Find(JsonElement claims, string name)
    {
        if (claims.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (claims.TryGetProperty(name, out var exact))
        {
            return exact;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && claims.TryGetProperty(name.AsSpan(0, dot), out var below) ? Find(below, name[(dot + 1)..]) : null;
    }

    private static bool IsUnverified(JsonElement claims) =>
        claims.TryGetProperty("email_verified", out var verified)
        && (verified.ValueKind == JsonValueKind.False || (verified.ValueKind == JsonValueKind.String && verified.GetString() == "false"));

    private static string? One(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 and <= MaxLength } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined => null,
    };
}
