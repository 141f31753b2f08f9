using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Cohere;

/// <summary>Writes a conversation. It has the shape of OpenAI's, but for what an assistant says beside its calls, and documents.</summary>
internal static class CohereMessages
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether the client sends files, which Cohere takes beside the conversation.</summary>
    public static bool HasDocuments(ChatRequest request)
    {
        foreach (var message in request.Messages)
        {
            foreach (var part in message.Parts)
            {
                if (part.Kind == ChatPartKind.File)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <param name="json">Takes it.</param>
    /// <param name="request">The request.</param>
    /// <param name="instruction">What to add to the client's instructions; null for nothing.</param>
    /// <param name="dropped">Takes the names of what has no place.</param>
    public static void Write(Utf8JsonWriter json, ChatRequest request, string? instruction, List<string> dropped)
    {
        List<ChatPart> documents = [];
        json.WriteStartArray("messages"u8);
        foreach (var message in request.Messages)
        {
            if (instruction is not null && message.Role != ChatRole.System)
            {
                WriteInstruction(json, instruction);
                instruction = null;
            }

            Drop(message, dropped);
            json.WriteStartObject();
            Write(json, message, documents);
            json.WriteEndObject();
        }

        if (instruction is not null)
        {
            WriteInstruction(json, instruction);
        }

        json.WriteEndArray();
        WriteDocuments(json, documents);
    }

    private static void WriteInstruction(Utf8JsonWriter json, string instruction)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "system"u8);
        json.WriteString("content"u8, instruction);
        json.WriteEndObject();
    }

    private static void Drop(ChatMessage message, List<string> dropped)
    {
        Drop(message.Name is not null && message.Role != ChatRole.Tool, ".name");
        Drop(message.CacheMark is not null, ".cache_control");
        Drop(message.ReasoningDetails.IsDefined, ".reasoning_details");
        Drop(message.ReasoningContent is { Length: > 0 }, ".reasoning_content");
        Drop(message.IsError, ".is_error");
        foreach (var part in message.Parts)
        {
            if (part.CacheMark is not null)
            {
                dropped.Add(part.Place + ".cache_control");
            }
        }

        void Drop(bool isThere, string name)
        {
            if (isThere)
            {
                dropped.Add(message.Place + name);
            }
        }
    }

    private static void Write(Utf8JsonWriter json, ChatMessage message, List<ChatPart> documents)
    {
        switch (message.Role)
        {
            case ChatRole.System:
                json.WriteString("role"u8, "system"u8);
                WriteContent(json, TextsOf(message));
                break;
            case ChatRole.User:
                json.WriteString("role"u8, "user"u8);
                WriteContent(json, UsersPartsOf(message, documents));
                break;
            case ChatRole.Assistant:
                WriteAnswer(json, message);
                break;
            case ChatRole.Tool:
                _ = TextsOf(message);
                json.WriteString("role"u8, "tool"u8);
                json.WriteString("tool_call_id"u8, message.ToolCallId);
                json.WriteString("content"u8, message.Text);
                break;
        }
    }

    private static void WriteAnswer(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteString("role"u8, "assistant"u8);
        var texts = TextsOf(message);
        if (message.ToolCalls.Count == 0)
        {
            WriteContent(json, texts);
            return;
        }

        if (message.Text is { Length: > 0 } plan)
        {
            json.WriteString("tool_plan"u8, plan);
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var call in message.ToolCalls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, ArgumentsOf(call));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The arguments as they are, if they are an object; what a cut-off call left is put into one.</summary>
    private static string ArgumentsOf(ChatToolCall call)
    {
        try
        {
            using var document = JsonDocument.Parse(call.Arguments);
            if (document.RootElement.IsObject)
            {
                return call.Arguments;
            }
        }
        catch (JsonException)
        {
            // Put into an object below.
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ChunkWriter.AsWritten))
        {
            call.WriteArguments(json);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static IReadOnlyList<ChatPart> TextsOf(ChatMessage message)
    {
        foreach (var part in message.Parts)
        {
            if (part.Kind != ChatPartKind.Text)
            {
                throw new RefusedRequestException("It may hold text only.", part.Place);
            }
        }

        return message.Parts;
    }

    private static List<ChatPart> UsersPartsOf(ChatMessage message, List<ChatPart> documents)
    {
        List<ChatPart> parts = [];
        foreach (var part in message.Parts)
        {
            switch (part.Kind)
            {
                case ChatPartKind.Text or ChatPartKind.Image:
                    parts.Add(part);
                    break;
                case ChatPartKind.File:
                    documents.Add(part);
                    break;
                case ChatPartKind.Audio:
                    throw new RefusedRequestException("Cohere takes no sound.", part.Place);
            }
        }

        return parts;
    }

    /// <summary>Several parts stay apart; a text alone is a string.</summary>
    private static void WriteContent(Utf8JsonWriter json, IReadOnlyList<ChatPart> parts)
    {
        if (parts is [] or [{ Kind: ChatPartKind.Text }])
        {
            json.WriteString("content"u8, parts.Count == 0 ? "" : parts[0].Text);
            return;
        }

        json.WriteStartArray("content"u8);
        foreach (var part in parts)
        {
            json.WriteStartObject();
            if (part.Kind == ChatPartKind.Text)
            {
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, part.Text);
            }
            else
            {
                WriteImage(json, part);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteImage(Utf8JsonWriter json, ChatPart part)
    {
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString(
            "url"u8,
            part.Data is null ? part.Url : $"data:{part.MediaType ?? throw new RefusedRequestException("Its type cannot be told; give a data URL with one.", part.Place)};base64,{part.Data}");
        if (part.Detail is not null)
        {
            json.WriteString("detail"u8, part.Detail);
        }

        json.WriteEndObject();
    }

    private static void WriteDocuments(Utf8JsonWriter json, List<ChatPart> documents)
    {
        if (documents.Count == 0)
        {
            return;
        }

        json.WriteStartArray("documents"u8);
        foreach (var document in documents)
        {
            json.WriteStartObject();
            json.WriteStartObject("data"u8);
            json.WriteString("text"u8, DecodeText(document));
            if (document.FileName is not null)
            {
                json.WriteString("title"u8, document.FileName);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string DecodeText(ChatPart file)
    {
        var isText = file.MediaType is { } type && (type.StartsWith("text/", StringComparison.Ordinal) || type == "application/json");
        if (file.Data is null || !isText)
        {
            throw new RefusedRequestException("Cohere takes text files only, given as a data URL.", file.UrlPlace);
        }

        try
        {
            return Strict.GetString(Convert.FromBase64String(file.Data));
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            throw new RefusedRequestException("The file is not text in UTF-8.", file.Place + ".file.file_data");
        }
    }
}
