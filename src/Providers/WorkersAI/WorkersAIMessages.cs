using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.WorkersAI;

/// <summary>Writes a conversation in OpenAI's shape as the models themselves take it: text only, and never <c>null</c>.</summary>
internal static class WorkersAIMessages
{
    public static void Write(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal); // of functions, by the id of the call
        json.WriteStartArray("messages"u8);
        foreach (var message in request.Messages)
        {
            Drop(message, dropped);
            json.WriteStartObject();
            json.WriteString("role"u8, message.Role switch
            {
                ChatRole.System => "system"u8,
                ChatRole.User => "user"u8,
                ChatRole.Assistant => "assistant"u8,
                ChatRole.Tool => "tool"u8,
            });
            json.WriteString("content"u8, TextOf(message));
            if (message.ToolCalls.Count > 0)
            {
                WriteCalls(json, message, names);
            }

            if (message.ToolCallId is { } id)
            {
                json.WriteString("tool_call_id"u8, id);
                json.WriteString("name"u8, message.Name ?? names.GetValueOrDefault(id) ?? throw new RefusedRequestException("It answers no call of the conversation.", message.Place + ".tool_call_id"));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string TextOf(ChatMessage message)
    {
        foreach (var part in message.Parts)
        {
            if (part.Kind != ChatPartKind.Text)
            {
                throw new RefusedRequestException("This model takes text only.", part.Place);
            }
        }

        return message.Text;
    }

    private static void WriteCalls(Utf8JsonWriter json, ChatMessage message, Dictionary<string, string> names)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in message.ToolCalls)
        {
            names[call.Id] = call.Name;
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Drop(ChatMessage message, List<string> dropped)
    {
        Drop(message.Name is not null && message.Role != ChatRole.Tool, ".name");
        Drop(message.CacheMark is not null || message.Parts.Any(part => part.CacheMark is not null), ".cache_control");
        Drop(message.ReasoningDetails.IsDefined, ".reasoning_details");
        Drop(message.ReasoningContent is { Length: > 0 }, ".reasoning_content");
        Drop(message.IsError, ".is_error");

        void Drop(bool isThere, string name)
        {
            if (isThere)
            {
                dropped.Add(message.Place + name);
            }
        }
    }
}
