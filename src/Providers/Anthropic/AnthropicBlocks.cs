using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Writes parts of messages as content blocks. Belongs to one request.</summary>
internal sealed class AnthropicBlocks(Utf8JsonWriter json, ClaudeCacheMarks marks, List<string> dropped)
{
    /// <summary>Whether a block names a file of the provider's, for which the API wants a beta.</summary>
    public bool UsesFiles { get; private set; }

    /// <summary>The last part that becomes a block; -1 for none.</summary>
    public static int LastOf(ChatMessage message)
    {
        var last = message.Parts.Count - 1;
        while (last >= 0 && IsBlank(message.Parts[last]))
        {
            last--;
        }

        return last;
    }

    /// <summary>Whether it is a text of nothing, which the API refuses.</summary>
    public static bool IsBlank(ChatPart part) => part.Kind == ChatPartKind.Text && string.IsNullOrWhiteSpace(part.Text);

    /// <summary>Writes a text.</summary>
    public void Text(string text, ChatCacheMark? mark)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        marks.Write(json, mark);
        json.WriteEndObject();
    }

    /// <summary>Writes a part.</summary>
    public void Part(ChatPart part, ChatCacheMark? mark)
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
                throw new RefusedRequestException("An image must be an https or data URL.", part.Place + ".image_url.url");
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
        marks.Write(json, mark);
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

        marks.Write(json, mark);
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
