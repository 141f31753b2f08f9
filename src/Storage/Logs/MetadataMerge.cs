using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GatewayActors.Storage.Logs;

/// <summary>Merges a change into an entry's metadata.</summary>
internal static class MetadataMerge
{
    // As people wrote it: the text is stored and searched, never put into a page unescaped.
    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The stored entries with the changed ones put in, in their order; a null removes its entry. Null when none is left.</summary>
    /// <param name="stored">The stored object; null for none. What is no object counts as none.</param>
    /// <param name="change">The change, a JSON object; null removes everything.</param>
    /// <exception cref="ArgumentException">The change is not a JSON object.</exception>
    public static string? Apply(string? stored, string? change)
    {
        if (change is null)
        {
            return null;
        }

        using var changes = Parse(change) ?? throw new ArgumentException("The metadata of a log entry must be a JSON object.", nameof(change));
        using var before = stored is null ? null : Parse(stored);
        var entries = new OrderedDictionary<string, JsonElement>();
        foreach (var entry in before?.RootElement.EnumerateObject() ?? default)
        {
            entries[entry.Name] = entry.Value;
        }

        foreach (var entry in changes.RootElement.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.Null)
            {
                entries.Remove(entry.Name);
            }
            else
            {
                entries[entry.Name] = entry.Value;
            }
        }

        return entries.Count == 0 ? null : Write(entries);
    }

    private static string Write(OrderedDictionary<string, JsonElement> entries)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, AsWritten))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in entries)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static JsonDocument? Parse(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
