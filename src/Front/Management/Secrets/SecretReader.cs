using System.Buffers;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Secrets;

namespace GatewayActors.Front.Management.Secrets;

/// <summary>Reads secrets out of bodies, with a symbol for every mistake. No mistake repeats anything of the body.</summary>
/// <param name="element">The secret, an object.</param>
/// <param name="path">Where it stands.</param>
/// <param name="errors">Where mistakes are noted.</param>
internal sealed class SecretReader(JsonElement element, IReadOnlyList<string> path, List<ApiError> errors)
{
    /// <summary>The longest value, in bytes of UTF-8.</summary>
    public const int MaxValueBytes = 65_536;

    private const int MaxName = 255;
    private const int MaxComment = 1_024;
    private const int ShortestShown = 12;
    private const int ShownCharacters = 4;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Whether this can be the name of a secret.</summary>
    public static bool IsName(ReadOnlySpan<char> name) => name.Length is >= 1 and <= MaxName && !name.ContainsAnyExcept(NameCharacters);

    /// <summary>What may be shown of a value: its ends, or nothing of a short one.</summary>
    public static string Preview(string value) =>
        value.Length < ShortestShown ? new('*', value.Length) : string.Concat(value.AsSpan(0, ShownCharacters), "****", value.AsSpan(value.Length - ShownCharacters));

    /// <summary>Whether the field is there, null included.</summary>
    public bool Has(string field) => element.TryGetProperty(field, out _);

    public string? Name()
    {
        switch (Text("name", "secret_name_invalid"))
        {
            case null or "":
                Fail("secret_name_empty", "name");
                return null;
            case var name when IsName(name):
                return name;
            default:
                Fail("secret_name_invalid", "name");
                return null;
        }
    }

    public IReadOnlyList<string>? Scopes()
    {
        if (!element.TryGetProperty("scopes", out var scopes) || scopes.ValueKind != JsonValueKind.Array || scopes.GetArrayLength() == 0)
        {
            Fail("secret_scopes_empty", "scopes");
            return null;
        }

        List<string> known = [];
        foreach (var scope in scopes.EnumerateArray())
        {
            if (scope.ValueKind != JsonValueKind.String || !SecretScopes.All.Contains(scope.GetString()))
            {
                Fail("secret_scope_invalid", "scopes");
                return null;
            }

            if (!known.Contains(scope.GetString()!))
            {
                known.Add(scope.GetString()!); // In the caller's order, which clients compare.
            }
        }

        return known;
    }

    /// <summary>The value, sealed, with what may be shown of it.</summary>
    public (byte[] Sealed, string Preview)? Value(string field, string accountId, SecretSealer sealer)
    {
        var value = Text(field, "secret_value_empty");
        if (string.IsNullOrEmpty(value))
        {
            Fail("secret_value_empty", field);
            return null;
        }

        if (Encoding.UTF8.GetByteCount(value) > MaxValueBytes)
        {
            Fail("secret_value_too_large", field);
            return null;
        }

        return (sealer.Seal(accountId, value), Preview(value));
    }

    public string? Comment()
    {
        var comment = Text("comment", "secret_comment_invalid");
        if (comment?.Length > MaxComment)
        {
            Fail("secret_comment_too_long", "comment");
        }

        return comment;
    }

    /// <summary>A whole secret; of no use if there was a mistake.</summary>
    public SecretDraft Draft(string accountId, SecretSealer sealer)
    {
        var (name, value, scopes, comment) = (Name(), Value("value", accountId, sealer), Scopes(), Comment());
        return new() { Name = name ?? "", Sealed = value?.Sealed ?? [], Preview = value?.Preview ?? "", Scopes = scopes ?? [], Comment = comment };
    }

    /// <summary>What is to be changed; of no use if there was a mistake.</summary>
    public SecretPatch Patch(string accountId, SecretSealer sealer)
    {
        var value = Has("value") ? Value("value", accountId, sealer) : null;
        return new()
        {
            Sealed = value?.Sealed,
            Preview = value?.Preview,
            Scopes = Has("scopes") ? Scopes() : null,
            SetsComment = Has("comment"),
            Comment = Comment(),
        };
    }

    public void Fail(string symbol, string field)
    {
        // The first one of a field says enough.
        string[] at = [.. path, field];
        if (!errors.Any(error => error.Path?.SequenceEqual(at) == true))
        {
            errors.Add(SecretsProblems.Mistake(symbol, at));
        }
    }

    private string? Text(string field, string symbol)
    {
        if (!element.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Fail(symbol, field);
        return null;
    }
}
