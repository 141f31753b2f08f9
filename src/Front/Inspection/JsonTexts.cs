using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Inspection;

/// <summary>What of JSON is text that somebody reads. What it does not know, it takes for such text.</summary>
internal static class JsonTexts
{
    /// <summary>Deeper documents are not read.</summary>
    public const int MaxDepth = 256;

    private const int LeastBinary = 256;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    // Names, ids and switches of all formats, which no model reads as text, or says as such.
    private static readonly FrozenSet<string> Settings = FrozenSet.ToFrozenSet(
        [
            "model", "id", "object", "type", "role", "index", "created", "created_at", "tool_call_id", "tool_use_id", "toolUseId", "call_id", "item_id", "response_id",
            "previous_response_id", "finish_reason", "finishReason", "stop_reason", "stopReason", "stop_sequence", "status", "detail", "format", "encoding_format",
            "cache_control", "cachePoint", "signature", "thoughtSignature", "thought_signature", "encrypted_content", "redacted_thinking", "redactedContent", "obfuscation",
            "logprobs", "logprobsResult", "usage", "usageMetadata", "usage_metadata", "media_type", "mimeType", "mime_type", "system_fingerprint", "service_tier", "serviceTier",
            "modelVersion", "responseId", "safetyRatings", "safetySettings", "metrics", "reasoning_effort", "tool_choice", "toolChoice", "toolConfig", "tool_config",
            "stream_options", "response_format", "generationConfig", "generation_config", "inferenceConfig", "metadata", "user", "safety_identifier", "prompt_cache_key",
            "modalities", "voice", "quality", "size", "style", "truncation", "include", "store", "input_type", "embedding_types", "taskType", "anthropic_version",
            "fingerprint", "p", "embedding", "embeddings", "values", "generation_id", "additionalModelResponseFieldPaths",
        ],
        StringComparer.Ordinal);

    // JSON of a tool: any of its names may be one of the above, and is text all the same.
    private static readonly FrozenSet<string> FreeJson = FrozenSet.ToFrozenSet(["arguments", "args", "input", "response", "json", "parameters", "output"], StringComparer.Ordinal);

    /// <summary>Parses a document; null if it is none.</summary>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a member is a name, an id or a switch.</summary>
    public static bool IsSetting(string name) => Settings.Contains(name);

    /// <summary>Whether what stands under a member is JSON of a tool, not of the format.</summary>
    public static bool IsFree(string name) => FreeJson.Contains(name);

    /// <summary>The text of a JSON string; also of one with escapes that are no characters.</summary>
    public static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText();
        }
    }

    /// <summary>Whether a text is a picture, sound or document in base64, which is not looked into.</summary>
    public static bool IsBinary(string name, string text)
    {
        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            var comma = text.AsSpan().IndexOf(',');
            return comma > 0 && text.AsSpan(0, comma).Contains(";base64", StringComparison.OrdinalIgnoreCase) && !text.AsSpan(0, comma).StartsWith("data:text", StringComparison.OrdinalIgnoreCase);
        }

        return name is "data" or "bytes" or "file_data" or "b64_json" or "image" or "audio" or "bytesBase64Encoded" or "partial_image_b64"
            && text.Length >= LeastBinary && !text.AsSpan().ContainsAnyExcept(Base64);
    }

    /// <summary>Adds every text of a document, whatever its members are called, the names included.</summary>
    public static void AddAll(JsonElement element, StringBuilder texts)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Append(texts, NameOf(member));
                    AddAll(member.Value, texts);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    AddAll(item, texts);
                }

                break;
            case JsonValueKind.String:
                Append(texts, TextOf(element));
                break;
            case JsonValueKind.Number:
                Append(texts, element.GetRawText()); // A number may be what must not pass: one of a card, or of a person.
                break;
            default:
                break;
        }
    }

    /// <summary>The texts of JSON that is itself a text, such as a call's arguments; the text as it is where it is no JSON.</summary>
    public static string Unwrap(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed is not ['{' or '[', ..])
        {
            return text;
        }

        using var document = TryParse(Encoding.UTF8.GetBytes(text));
        if (document is null)
        {
            return text;
        }

        var texts = new StringBuilder();
        AddAll(document.RootElement, texts);
        return texts.ToString();
    }

    /// <summary>The name of a member; also of one with escapes that are no characters.</summary>
    public static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static void Append(StringBuilder texts, string text)
    {
        if (text.Length > 0)
        {
            (texts.Length > 0 ? texts.Append('\n') : texts).Append(text);
        }
    }

    private static readonly System.Buffers.SearchValues<char> Base64 =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_\r\n");
}
