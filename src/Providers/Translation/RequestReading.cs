using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>What readers of all formats share.</summary>
internal static class RequestReading
{
    private const string GoogleSearch = "google_search";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Parses a body and reads it; the document becomes the request's.</summary>
    public static ChatRequest Read(ReadOnlyMemory<byte> body, Func<JsonDocument, ChatRequest> read)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Options);
        }
        catch (JsonException)
        {
            throw new RefusedRequestException("The body is not valid JSON.", null);
        }

        try
        {
            return document.RootElement.IsObject ? read(document) : throw new RefusedRequestException("The body must be a JSON object.", null);
        }
        catch (InvalidOperationException)
        {
            // The parser lets escapes through that are no characters, and throws when they are read.
            document.Dispose();
            throw new RefusedRequestException("The body holds text that is not valid Unicode.", null);
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    /// <summary>Makes an element that lives as long as anybody needs it.</summary>
    public static JsonElement Build(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer, ChunkWriter.AsWritten))
        {
            write(json);
        }

        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>A member that must be a number if it is there.</summary>
    public static double? Number(JsonElement root, string name) =>
        root.Number(name) ?? (root.Member(name).IsDefined ? throw new RefusedRequestException("It must be a number.", name) : null);

    /// <summary>A member that must be a whole number if it is there.</summary>
    public static long? Integer(JsonElement root, string name, string prefix = "") =>
        root.Integer(name) ?? (root.Member(name).IsDefined ? throw new RefusedRequestException("It must be a whole number.", prefix + name) : null);

    /// <summary>A member that must be above 0 if it is there.</summary>
    public static long? Positive(JsonElement root, string name, string prefix = "") =>
        Integer(root, name, prefix) switch
        {
            null => null,
            > 0 and var value => value,
            _ => throw new RefusedRequestException("It must be above 0.", prefix + name),
        };

    /// <summary>A member that must be true or false if it is there.</summary>
    public static bool? Flag(JsonElement root, string name, string prefix = "") => root.Member(name).ValueKind switch
    {
        JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new RefusedRequestException("It must be true or false.", prefix + name),
    };

    /// <summary>A member that must be a text if it is there.</summary>
    public static string? Text(JsonElement root, string name, string prefix = "") =>
        root.Text(name) ?? (root.Member(name).IsDefined ? throw new RefusedRequestException("It must be a text.", prefix + name) : null);

    /// <summary>The items of a member that must be an array if it is there.</summary>
    public static JsonElement.ArrayEnumerator Items(JsonElement root, string name, string prefix = "") => root.Member(name).ValueKind switch
    {
        JsonValueKind.Undefined => default,
        JsonValueKind.Array => root.Member(name).EnumerateArray(),
        _ => throw new RefusedRequestException("It must be an array.", prefix + name),
    };

    /// <summary>The effort of a word.</summary>
    public static ChatEffort Effort(string? word, string place) => word switch
    {
        "none" => ChatEffort.None,
        "minimal" => ChatEffort.Minimal,
        "low" => ChatEffort.Low,
        "medium" => ChatEffort.Medium,
        "high" => ChatEffort.High,
        "xhigh" => ChatEffort.XHigh,
        "max" => ChatEffort.Max,
        _ => throw new RefusedRequestException("It must be none, minimal, low, medium, high, xhigh or max.", place),
    };

    /// <summary>
    /// A search of the web, as the target's own tool says it; null where it has none and the rest of the request makes sense without.
    /// </summary>
    /// <param name="tool">The client's tool.</param>
    /// <param name="target">The target's type of tool; null for none.</param>
    /// <param name="isOnly">Whether there is no other tool: then the client wants a search, rather than offers one.</param>
    /// <param name="place">Where the tool stands.</param>
    public static ChatTool? WebSearch(JsonElement tool, string? target, bool isOnly, string place)
    {
        // Gemini searches or calls functions, not both; what the client's functions do is its own affair.
        if (target is null || (target == GoogleSearch && !isOnly))
        {
            return isOnly ? throw new RefusedRequestException("This model cannot search the web.", place) : null;
        }

        return new()
        {
            Name = "web_search",
            CacheMark = ChatRequestReader.ReadCacheMark(tool),
            Native = Build(json =>
            {
                json.WriteStartObject();
                json.WriteString("type"u8, target);
                if (target.StartsWith("web_search", StringComparison.Ordinal))
                {
                    json.WriteString("name"u8, "web_search"u8);
                    WriteDomains(json, tool);
                }

                json.WriteEndObject();
            }),
        };
    }

    private static void WriteDomains(Utf8JsonWriter json, JsonElement tool)
    {
        var domains = tool.Member("filters").Member("allowed_domains") is { ValueKind: JsonValueKind.Array } filtered ? filtered : tool.Member("allowed_domains");
        if (domains.ValueKind == JsonValueKind.Array)
        {
            json.WritePropertyName("allowed_domains"u8);
            domains.WriteTo(json);
        }

        foreach (var name in (string[])["max_uses", "blocked_domains", "user_location"])
        {
            if (tool.Member(name) is { ValueKind: not JsonValueKind.Undefined } value)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
    }
}
