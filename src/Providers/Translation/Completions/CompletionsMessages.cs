using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Writes a conversation as OpenAI has it. Belongs to one request.</summary>
internal sealed class CompletionsMessages(ChatRequest request, CompletionsDialect dialect, Utf8JsonWriter json, ToolNames names, List<string> dropped)
{
    private const string Separator = "\n\n"; // between texts that were apart
    private const int ShortIdCharacters = 9;
    private const string ShortIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly List<ChatPart> _pictures = []; // of results, which take none in this format

    /// <summary>Writes <c>messages</c>.</summary>
    /// <param name="instruction">What to add to the client's instructions; null for nothing.</param>
    public void Write(string? instruction)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in request.Messages)
        {
            if (message.Role != ChatRole.Tool)
            {
                WritePictures();
            }

            if (instruction is not null && message.Role != ChatRole.System)
            {
                WriteInstruction(instruction);
                instruction = null;
            }

            Write(message);
        }

        WritePictures();
        if (instruction is not null)
        {
            WriteInstruction(instruction);
        }

        json.WriteEndArray();
    }

    private void Write(ChatMessage message)
    {
        DropMarks(message);
        json.WriteStartObject();
        switch (message.Role)
        {
            case ChatRole.System:
                json.WriteString("role"u8, "system"u8);
                Content(message.Parts, textOnly: "Instructions may hold text only.");
                break;
            case ChatRole.User:
                json.WriteString("role"u8, "user"u8);
                Content(message.Parts, textOnly: null);
                break;
            case ChatRole.Assistant:
                Assistant(message);
                break;
            case ChatRole.Tool:
                Result(message);
                break;
        }

        if (message.Name is not null && message.Role != ChatRole.Tool)
        {
            json.WriteString("name"u8, message.Name);
        }

        json.WriteEndObject();
    }

    private void WriteInstruction(string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "system"u8);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    private void DropMarks(ChatMessage message)
    {
        if (dialect.TakesCacheMarks)
        {
            return;
        }

        if (message.CacheMark is not null)
        {
            dropped.Add(message.Place + ".cache_control");
        }

        foreach (var part in message.Parts)
        {
            if (part.CacheMark is not null)
            {
                dropped.Add(part.Place + ".cache_control");
            }
        }
    }

    private void Content(IReadOnlyList<ChatPart> parts, string? textOnly)
    {
        var isText = true;
        var isMarked = false;
        foreach (var part in parts)
        {
            isText &= part.Kind == ChatPartKind.Text;
            isMarked |= dialect.TakesCacheMarks && part.CacheMark is not null;
            if (!isText && textOnly is not null)
            {
                throw new RefusedRequestException(textOnly, part.Place);
            }
        }

        if (isText && !isMarked && (parts.Count <= 1 || !dialect.TakesParts))
        {
            json.WriteString("content"u8, Join(parts));
            return;
        }

        json.WriteStartArray("content"u8);
        foreach (var part in parts)
        {
            CompletionsParts.Write(json, dialect, part);
        }

        json.WriteEndArray();
    }

    private void Assistant(ChatMessage message)
    {
        json.WriteString("role"u8, "assistant"u8);
        foreach (var part in message.Parts)
        {
            if (part.Kind != ChatPartKind.Text)
            {
                throw new RefusedRequestException("A message of the assistant can hold nothing but text and calls.", part.Place);
            }
        }

        if (message.Parts.Count == 0 && message.ToolCalls.Count > 0 && !dialect.WritesEmptyContent)
        {
            json.WriteNull("content"u8);
        }
        else
        {
            json.WriteString("content"u8, Join(message.Parts));
        }

        Reasoning(message);
        if (message.ToolCalls.Count == 0)
        {
            if (dialect.MarksPrefill && ReferenceEquals(message, request.Messages[^1]))
            {
                json.WriteBoolean("prefix"u8, true);
            }

            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var call in message.ToolCalls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, IdOf(call.Id));
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, names.ToProvider(call.Name));
            json.WriteString("arguments"u8, string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Reasoning(ChatMessage message)
    {
        if (message.ReasoningContent is { Length: > 0 } reasoning && dialect.ReasoningMember is { } member && (message.ToolCalls.Count > 0 || !dialect.ReasonsOnlyWithCalls))
        {
            json.WriteString(member, reasoning);
        }
        else if (message.ReasoningContent is { Length: > 0 })
        {
            dropped.Add(message.Place + ".reasoning_content");
        }

        if (dialect.Reasoning != ReasoningForm.Settings || !message.ReasoningDetails.IsDefined)
        {
            return;
        }

        json.WriteStartArray("reasoning_details"u8);
        foreach (var detail in message.ReasoningDetails.EnumerateArray())
        {
            if (CompletionChoice.Unwrap(detail) is { ValueKind: JsonValueKind.Object } own)
            {
                own.WriteTo(json);
            }
        }

        json.WriteEndArray();
    }

    private void Result(ChatMessage message)
    {
        json.WriteString("role"u8, "tool"u8);
        json.WriteString("tool_call_id"u8, IdOf(message.ToolCallId!));
        if (message.IsError)
        {
            dropped.Add(message.Place + ".is_error");
        }

        List<ChatPart> texts = [];
        foreach (var part in message.Parts)
        {
            if (part.Kind == ChatPartKind.Text)
            {
                texts.Add(part);
            }
            else if (CompletionsParts.TextOf(part) is { } text)
            {
                texts.Add(part with { Kind = ChatPartKind.Text, Text = text });
            }
            else
            {
                _pictures.Add(part);
            }
        }

        json.WriteString("content"u8, Join(texts));
    }

    /// <summary>What results show beside text follows them, said by the user.</summary>
    private void WritePictures()
    {
        if (_pictures.Count == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WriteStartArray("content"u8);
        foreach (var picture in _pictures)
        {
            CompletionsParts.Write(json, dialect, picture);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        _pictures.Clear();
    }

    private static string Join(IReadOnlyList<ChatPart> parts) =>
        parts.Count == 1 ? parts[0].Text : string.Join(Separator, parts.Where(part => part.Text.Length > 0).Select(part => part.Text));

    /// <summary>An id as the provider takes it; the same one for the same id.</summary>
    private string IdOf(string id)
    {
        if (!dialect.HasShortIds || (id.Length == ShortIdCharacters && id.All(char.IsAsciiLetterOrDigit)))
        {
            return id;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return string.Create(ShortIdCharacters, hash, static (text, bytes) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = ShortIdAlphabet[bytes[index] % ShortIdAlphabet.Length];
            }
        });
    }
}
