using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Writes the object that stands for a whole response.</summary>
internal static class ResponseObject
{
    /// <summary>Writes it, finished or not.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="facts">What it needs to know about the request.</param>
    /// <param name="model">The model that answers.</param>
    /// <param name="output">Its items, as JSON.</param>
    /// <param name="end">How it ended; null while it has not.</param>
    public static void Write(Utf8JsonWriter json, ChatAnswerFacts facts, string model, IReadOnlyList<ReadOnlyMemory<byte>> output, ResponseEnd? end)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, facts.Id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, facts.Created);
        json.WriteString("status"u8, end?.Status ?? "in_progress");
        json.WriteBoolean("background"u8, false);
        WriteError(json, end?.Fault);
        if (end?.Incomplete is { } reason)
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, reason);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details"u8);
        }

        json.WriteString("model"u8, model);
        json.WriteStartArray("output"u8);
        foreach (var item in output)
        {
            json.WriteRawValue(item.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteNull("previous_response_id"u8);
        json.WriteBoolean("store"u8, false);
        foreach (var (name, value) in facts.Response?.Members ?? [])
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value.Span, skipInputValidation: true);
        }

        WriteUsage(json, end?.Usage);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, ChatFault? fault)
    {
        if (fault is null)
        {
            json.WriteNull("error"u8);
            return;
        }

        json.WriteStartObject("error"u8);
        json.WriteString("code"u8, fault.Status == 429 ? "rate_limit_exceeded" : "server_error"); // the words that clients know
        json.WriteString("message"u8, fault.Message);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, ChatUsage? usage)
    {
        if (usage is not { } used)
        {
            json.WriteNull("usage"u8);
            return;
        }

        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, used.Prompt);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, used.Cached ?? 0);
        if (used.CacheWrite is { } written)
        {
            json.WriteNumber("cache_write_tokens"u8, written);
        }

        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, used.Completion);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, used.Reasoning ?? 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, used.Prompt + used.Completion);
        json.WriteEndObject();
    }
}

/// <summary>How a response ended.</summary>
/// <param name="Status"><c>completed</c>, <c>incomplete</c> or <c>failed</c>.</param>
internal sealed record ResponseEnd(string Status)
{
    /// <summary>Why it is not whole.</summary>
    public string? Incomplete { get; init; }

    /// <summary>Why there is no more of it.</summary>
    public ChatFault? Fault { get; init; }

    /// <summary>What was used; null if nobody knows.</summary>
    public ChatUsage? Usage { get; init; }

    public static ResponseEnd Of(ChatFinish reason, in ChatUsage usage) => reason switch
    {
        ChatFinish.Stop or ChatFinish.ToolCalls => new("completed") { Usage = usage },
        ChatFinish.Length => new("incomplete") { Incomplete = "max_output_tokens", Usage = usage },
        ChatFinish.ContentFilter => new("incomplete") { Incomplete = "content_filter", Usage = usage },
    };
}
