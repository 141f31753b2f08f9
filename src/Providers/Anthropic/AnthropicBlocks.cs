using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Writes parts of messages as content blocks. Belongs to one request.</summary>
internal sealed class AnthropicBlocks(Utf8JsonWriter json, ClaudeModel model, CacheMarks marks, ToolNames names, List<string> dropped) : BlockWriter
{
    private readonly ToolNames _ids = new((character, _) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-', int.MaxValue);

    /// <summary>Whether a block names a file of the provider's, for which the API wants a beta.</summary>
    public bool UsesFiles { get; private set; }

    public override void Text(string text, ChatCacheMark? mark)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        Mark(mark);
        json.WriteEndObject();
    }

    public override void Part(ChatPart part, ChatCacheMark? mark)
    {
        switch (part.Kind)
        {
            case ChatPartKind.Text:
                Text(part.Text, mark);
                break;
            case ChatPartKind.Image:
                Image(part, mark);
                break;
            case ChatPartKind.File:
                File(part, mark);
                break;
            default:
                throw new RefusedRequestException("Anthropic's models do not take sound.", part.Place);
        }
    }

    public override void Thoughts(ChatMessage message)
    {
        foreach (var thought in model.Thinks ? ClaudeReasoning.Of(message, ClaudeReasoning.Anthropic) : [])
        {
            json.WriteStartObject();
            if (thought.Data is not null)
            {
                json.WriteString("type"u8, "redacted_thinking"u8);
                json.WriteString("data"u8, thought.Data);
            }
            else
            {
                json.WriteString("type"u8, "thinking"u8);
                json.WriteString("thinking"u8, thought.Text);
                json.WriteString("signature"u8, thought.Signature);
            }

            json.WriteEndObject();
        }
    }

    public override void Call(ChatToolCall call, ChatCacheMark? mark)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, _ids.ToProvider(call.Id));
        json.WriteString("name"u8, names.ToProvider(call.Name));
        json.WritePropertyName("input"u8);
        call.WriteArguments(json);
        Mark(mark);
        json.WriteEndObject();
    }

    public override void Result(ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, _ids.ToProvider(message.ToolCallId!));
        if (message.Parts.Any(part => part.Kind != ChatPartKind.Text))
        {
            json.WriteStartArray("content"u8);
            foreach (var part in message.Parts)
            {
                if (!IsBlank(part))
                {
                    Part(part, null);
                }
            }

            json.WriteEndArray();
        }
        else if (message.Text is { Length: > 0 } text)
        {
            json.WriteString("content"u8, text);
        }

        if (message.IsError)
        {
            json.WriteBoolean("is_error"u8, true);
        }

        Mark(CacheMarks.OfResult(message));
        json.WriteEndObject();
    }

    /// <summary>Writes <c>cache_control</c> into a block or a tool, if it is marked.</summary>
    public void Mark(ChatCacheMark? mark)
    {
        if (marks.Next(mark) is not { } ttl)
        {
            return;
        }

        json.WriteStartObject("cache_control"u8);
        json.WriteString("type"u8, "ephemeral"u8);
        if (ttl.Length > 0)
        {
            json.WriteString("ttl"u8, ttl);
        }

        json.WriteEndObject();
    }

    private void Image(ChatPart part, ChatCacheMark? mark)
    {
        if (part.Detail is not (null or "auto"))
        {
            dropped.Add(part.Place + ".image_url.detail");
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "image"u8);
        json.WriteStartObject("source"u8);
        if (part.Url is not null)
        {
            if (!part.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                throw new RefusedRequestException("An image must be an https or data URL.", part.UrlPlace);
            }

            json.WriteString("type"u8, "url"u8);
            json.WriteString("url"u8, part.Url);
        }
        else if (part.MediaType is "image/jpeg" or "image/png" or "image/gif" or "image/webp")
        {
            Base64(part);
        }
        else
        {
            throw new RefusedRequestException("An image must be JPEG, PNG, GIF or WebP.", part.Place);
        }

        json.WriteEndObject();
        Mark(mark);
        json.WriteEndObject();
    }

    private void File(ChatPart part, ChatCacheMark? mark)
    {
        if (part.MediaType?.StartsWith("image/", StringComparison.Ordinal) == true)
        {
            Image(part, mark);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "document"u8);
        json.WriteStartObject("source"u8);
        if (part.FileId is not null)
        {
            UsesFiles = true;
            json.WriteString("type"u8, "file"u8);
            json.WriteString("file_id"u8, part.FileId);
        }
        else if (part.Url is not null)
        {
            if (!part.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                throw new RefusedRequestException("A document must be an https URL, or stand in the request.", part.UrlPlace);
            }

            json.WriteString("type"u8, "url"u8);
            json.WriteString("url"u8, part.Url);
        }
        else if (part.MediaType == "application/pdf")
        {
            Base64(part);
        }
        else if (part.MediaType?.StartsWith("text/", StringComparison.Ordinal) == true)
        {
            json.WriteString("type"u8, "text"u8);
            json.WriteString("media_type"u8, "text/plain"u8); // the only one there is, whatever the text holds
            json.WriteString("data"u8, Decode(part));
        }
        else
        {
            throw new RefusedRequestException("A file must be a PDF, a text or an image.", part.Place);
        }

        json.WriteEndObject();
        if (part.FileName is not null)
        {
            json.WriteString("title"u8, part.FileName);
        }

        Mark(mark);
        json.WriteEndObject();
    }

    private void Base64(ChatPart part)
    {
        json.WriteString("type"u8, "base64"u8);
        json.WriteString("media_type"u8, part.MediaType);
        json.WriteString("data"u8, part.Data);
    }

    private static string Decode(ChatPart part)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(part.Data ?? ""));
        }
        catch (FormatException)
        {
            throw new RefusedRequestException("The file is not valid base64.", part.Place + ".file.file_data");
        }
    }
}
