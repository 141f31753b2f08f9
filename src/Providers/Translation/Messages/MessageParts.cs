using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>What whole messages and streams of Anthropic's format have in common.</summary>
internal static class MessageParts
{
    public static void WriteHead(Utf8JsonWriter json, string id, string model)
    {
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, model);
    }

    /// <summary>Writes why the answer has ended; nulls while it has not.</summary>
    public static void WriteStop(Utf8JsonWriter json, ChatFinish? reason, string? stopSequence)
    {
        json.WriteString("stop_reason"u8, reason is not { } known ? null : known == ChatFinish.Stop && stopSequence is not null ? "stop_sequence" : Word(known));
        json.WriteString("stop_sequence"u8, reason == ChatFinish.Stop ? stopSequence : null);
    }

    /// <summary>Writes usage in Anthropic's terms: the input is without what the cache gave or took.</summary>
    public static void WriteUsage(Utf8JsonWriter json, in ChatUsage usage)
    {
        var (read, written) = (usage.Cached ?? 0, usage.CacheWrite ?? 0);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, Math.Max(0, usage.Prompt - read - written));
        json.WriteNumber("cache_creation_input_tokens"u8, written);
        json.WriteNumber("cache_read_input_tokens"u8, read);
        json.WriteNumber("output_tokens"u8, usage.Completion);
        if (usage.Reasoning is { } reasoning)
        {
            json.WriteStartObject("output_tokens_details"u8);
            json.WriteNumber("thinking_tokens"u8, reasoning);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static void WriteCitation(Utf8JsonWriter json, in ChatCitation citation)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "web_search_result_location"u8);
        json.WriteString("url"u8, citation.Url);
        json.WriteString("title"u8, citation.Title);
        json.WriteString("cited_text"u8, ""u8);
        json.WriteString("encrypted_index"u8, ThoughtEnvelope.Empty); // So that Anthropic is never shown it as one of its own.
        json.WriteEndObject();
    }

    /// <summary>A picture as text: the format has no other place for one in an answer.</summary>
    public static string Image(string url) => $"![]({url})";

    private static string Word(ChatFinish reason) => reason switch
    {
        ChatFinish.Stop => "end_turn",
        ChatFinish.Length => "max_tokens",
        ChatFinish.ToolCalls => "tool_use",
        ChatFinish.ContentFilter => "refusal",
    };
}
