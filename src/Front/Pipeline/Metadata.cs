using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Pipeline;

/// <summary>Reads the caller's tags.</summary>
internal static class Metadata
{
    /// <summary>The tag that names who an identity provider says the caller is. Nobody else can set it.</summary>
    public const string UserIdKey = "cf.user_id";

    /// <summary>Longest key, in characters.</summary>
    public const int MaxKeyLength = 128;

    /// <summary>Longest text that is stored, in characters.</summary>
    public const int MaxValueLength = 1_024;

    /// <summary>
    /// The stored form of <c>cf-aig-metadata</c>: the first entries, reserved keys left out, long texts cut.
    /// </summary>
    /// <param name="header">The header's value.</param>
    /// <param name="maxEntries">How many entries are kept.</param>
    /// <param name="userId">Who calls, where an identity provider says so: an entry in any case, if need be in place of the last one.</param>
    /// <param name="warning">Why nothing is kept; null if nothing is wrong.</param>
    /// <returns>A JSON object, or null for none.</returns>
    public static string? Read(string? header, int maxEntries, string? userId, out string? warning) =>
        Read(header, maxEntries, userId, static kept => Write(kept, MaxValueLength), out warning);

    /// <summary>The entries of <c>cf-aig-metadata</c> that are kept, in full length: a JSON object, or null for none.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="maxEntries">How many entries are kept.</param>
    /// <param name="userId">As in <see cref="Read(string?, int, string?, out string?)"/>.</param>
    public static string? ReadWhole(string? header, int maxEntries, string? userId = null) => Read(header, maxEntries, userId, static kept => Write(kept, int.MaxValue), out _);

    /// <summary>The entries of <c>cf-aig-metadata</c> that are kept, for limits: values as text in full length; null for none.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="maxEntries">How many entries are kept.</param>
    /// <param name="userId">As in <see cref="Read(string?, int, string?, out string?)"/>.</param>
    public static Dictionary<string, string>? ReadValues(string? header, int maxEntries, string? userId = null) =>
        Read(header, maxEntries, userId, static kept => kept.ToDictionary(entry => entry.Key, entry => TextOf(entry.Value), StringComparer.Ordinal), out _);

    private static T? Read<T>(string? header, int maxEntries, string? userId, Func<OrderedDictionary<string, JsonElement>, T> take, out string? warning)
        where T : class
    {
        warning = null;
        if (string.IsNullOrEmpty(header))
        {
            return userId is null ? null : take(WithUser([], userId));
        }

        try
        {
            using var document = JsonDocument.Parse(header);
            var kept = default(OrderedDictionary<string, JsonElement>);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                warning = "cf-aig-metadata: not a JSON object; ignored.";
            }
            else
            {
                kept = Keep(document.RootElement, userId is null ? maxEntries : Math.Max(maxEntries - 1, 0), out warning);
            }

            return userId is not null ? take(WithUser(kept ?? [], userId)) : kept is { Count: > 0 } ? take(kept) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second one: half a surrogate pair, which is valid JSON and no text.
            warning = "cf-aig-metadata: not valid JSON; ignored.";
            return userId is null ? null : take(WithUser([], userId));
        }
    }

    private static OrderedDictionary<string, JsonElement> WithUser(OrderedDictionary<string, JsonElement> kept, string userId)
    {
        kept[UserIdKey] = JsonElement.Parse($"\"{JsonEncodedText.Encode(userId)}\"");
        return kept;
    }

    private static OrderedDictionary<string, JsonElement>? Keep(JsonElement metadata, int maxEntries, out string? warning)
    {
        warning = null;
        var kept = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var entry in metadata.EnumerateObject())
        {
            if (entry.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
            {
                warning = $"cf-aig-metadata: a value is neither string, number nor boolean; ignored.";
                return null;
            }

            // Reserved for what the gateway itself knows about the client.
            if (entry.Name.StartsWith("cf.", StringComparison.Ordinal))
            {
                continue;
            }

            var key = Cut(entry.Name, MaxKeyLength);
            if (kept.ContainsKey(key) || kept.Count < maxEntries)
            {
                kept[key] = entry.Value; // Of a repeated key the last value counts.
            }
        }

        return kept;
    }

    private static string Write(OrderedDictionary<string, JsonElement> kept, int maxLength)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (key, value) in kept)
            {
                json.WritePropertyName(key);
                if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text)
                {
                    json.WriteStringValue(Cut(text, maxLength));
                }
                else
                {
                    value.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        // Not between the halves of a character outside the basic plane.
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}
