using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Mapping;

/// <summary>A credential of several parts as clients and stored keys give it: a JSON object, plain or in base64, with or without <c>Bearer</c>.</summary>
internal static class JsonCredential
{
    private const int MaxLength = 32 * 1024; // Google's key files have about 2,400 characters

    /// <summary>Takes the object out of a value.</summary>
    /// <returns>Null if the value is something else.</returns>
    public static JsonDocument? TryParse(string value)
    {
        var text = value.AsSpan().Trim();
        if (text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            text = text["Bearer ".Length..].Trim();
        }

        if (text.Length is < 2 or > MaxLength)
        {
            return null;
        }

        var json = text[0] == '{' ? Encoding.UTF8.GetBytes(text.ToString()) : Decode(text);
        if (json is null || !json.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null; // whatever it is
        }
    }

    /// <summary>A member that is a text with something in it; null otherwise.</summary>
    public static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>The first of several members that is a text with something in it; null if none is, or if a text is none.</summary>
    public static string? Text(JsonElement json, params ReadOnlySpan<string> names)
    {
        try
        {
            foreach (var name in names)
            {
                if (Text(json, name) is { } text)
                {
                    return text.Trim();
                }
            }
        }
        catch (InvalidOperationException)
        {
            return null; // An unpaired surrogate.
        }

        return null;
    }

    // Both alphabets, padded or not. Line breaks of `base64` without -w0 cannot stand in a header, but can in a stored key.
    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var urlSafe = text.ToString().Replace('+', '-').Replace('/', '_').TrimEnd('=');
        var bytes = new byte[Base64Url.GetMaxDecodedLength(urlSafe.Length)];
        return Base64Url.DecodeFromChars(urlSafe, bytes, out _, out var written) == OperationStatus.Done ? bytes[..written] : null;
    }
}
