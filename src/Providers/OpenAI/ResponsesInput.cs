using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.OpenAI;

/// <summary>Writes a conversation as items of Responses; what the developer says first are the instructions.</summary>
internal static class ResponsesInput
{
    public static void Write(Utf8JsonWriter json, ChatRequest request, List<string> dropped)
    {
        var leading = request.Messages.TakeWhile(message => message.Role == ChatRole.System).ToList();
        if (leading.Count > 0)
        {
            json.WriteString("instructions"u8, string.Join("\n\n", leading.SelectMany(TextsOf)));
        }

        json.WriteStartArray("input"u8);
        foreach (var message in request.Messages)
        {
            Drop(message, dropped);
        }

        foreach (var message in request.Messages.Skip(leading.Count))
        {
            Write(json, message);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ChatMessage message)
    {
        switch (message.Role)
        {
            case ChatRole.System:
                WriteMessage(json, message, "developer", "input_text");
                break;
            case ChatRole.User:
                WriteMessage(json, message, "user", "input_text");
                break;
            case ChatRole.Assistant:
                WriteReasoning(json, message);
                if (message.Parts.Count > 0)
                {
                    _ = TextOf(message);
                    WriteMessage(json, message, "assistant", "output_text");
                }

                WriteCalls(json, message);
                break;
            case ChatRole.Tool:
                json.WriteStartObject();
                json.WriteString("type"u8, "function_call_output"u8);
                json.WriteString("call_id"u8, message.ToolCallId);
                json.WriteString("output"u8, TextOf(message));
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>What the model has thought, as OpenAI gave it out. What another provider's model has thought means nothing to it.</summary>
    private static void WriteReasoning(Utf8JsonWriter json, ChatMessage message)
    {
        if (!message.ReasoningDetails.IsDefined)
        {
            return;
        }

        foreach (var detail in message.ReasoningDetails.EnumerateArray())
        {
            if (detail.Text("format") == "openai" && detail.Text("data") is { } data)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "reasoning"u8);
                json.WriteStartArray("summary"u8);
                json.WriteEndArray();
                json.WriteString("encrypted_content"u8, data);
                json.WriteEndObject();
            }
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message, string role, string textType)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, role);
        json.WriteStartArray("content"u8);
        foreach (var part in message.Parts)
        {
            json.WriteStartObject();
            WritePart(json, part, textType);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, ChatPart part, string textType)
    {
        switch (part.Kind)
        {
            case ChatPartKind.Text:
                json.WriteString("type"u8, textType);
                json.WriteString("text"u8, part.Text);
                break;
            case ChatPartKind.Image:
                json.WriteString("type"u8, "input_image"u8);
                json.WriteString("image_url"u8, part.Data is null ? part.Url : UrlOf(part));
                json.WriteString("detail"u8, part.Detail ?? "auto");
                break;
            case ChatPartKind.File when part.FileId is { } id:
                json.WriteString("type"u8, "input_file"u8);
                json.WriteString("file_id"u8, id);
                break;
            case ChatPartKind.File when part.Url is { } url:
                json.WriteString("type"u8, "input_file"u8);
                json.WriteString("file_url"u8, url);
                break;
            case ChatPartKind.File:
                json.WriteString("type"u8, "input_file"u8);
                json.WriteString("filename"u8, part.FileName ?? "file");
                json.WriteString("file_data"u8, UrlOf(part));
                break;
            case ChatPartKind.Audio:
                throw new RefusedRequestException("This model takes no sound.", part.Place);
        }
    }

    private static string UrlOf(ChatPart part) =>
        $"data:{part.MediaType ?? throw new RefusedRequestException("Its type cannot be told; give a data URL with one.", part.Place)};base64,{part.Data}";

    private static void WriteCalls(Utf8JsonWriter json, ChatMessage message)
    {
        foreach (var call in message.ToolCalls)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function_call"u8);
            json.WriteString("call_id"u8, call.Id);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
            json.WriteEndObject();
        }
    }

    private static IEnumerable<string> TextsOf(ChatMessage message)
    {
        _ = TextOf(message);
        return message.Parts.Select(part => part.Text);
    }

    private static string TextOf(ChatMessage message)
    {
        foreach (var part in message.Parts)
        {
            if (part.Kind != ChatPartKind.Text)
            {
                throw new RefusedRequestException("It may hold text only.", part.Place);
            }
        }

        return message.Text;
    }

    private static void Drop(ChatMessage message, List<string> dropped)
    {
        Drop(message.Name is not null && message.Role != ChatRole.Tool, ".name");
        Drop(message.CacheMark is not null || message.Parts.Any(part => part.CacheMark is not null), ".cache_control");
        Drop(message.ReasoningContent is { Length: > 0 } && !message.ReasoningDetails.IsDefined, ".reasoning_content");
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
