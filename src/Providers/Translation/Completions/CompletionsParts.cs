using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Writes parts of content as OpenAI has them.</summary>
internal static class CompletionsParts
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Write(Utf8JsonWriter json, CompletionsDialect dialect, ChatPart part)
    {
        switch (part.Kind)
        {
            case ChatPartKind.Text:
                Text(json, dialect, part, part.Text);
                break;
            case ChatPartKind.Image:
                Image(json, dialect, part);
                break;
            case ChatPartKind.Audio:
                Audio(json, dialect, part);
                break;
            case ChatPartKind.File when TextOf(part) is { } text:
                Text(json, dialect, part, text);
                break;
            case ChatPartKind.File when part.MediaType?.StartsWith("image/", StringComparison.Ordinal) == true:
                Image(json, dialect, part);
                break;
            case ChatPartKind.File:
                File(json, dialect, part);
                break;
        }
    }

    /// <summary>The text of a file that is one, under its name; null for others.</summary>
    public static string? TextOf(ChatPart part)
    {
        if (part is not { Kind: ChatPartKind.File, Data: { } data, MediaType: { } type } || !(type.StartsWith("text/", StringComparison.Ordinal) || type == "application/json"))
        {
            return null;
        }

        try
        {
            var text = Strict.GetString(Convert.FromBase64String(data));
            return part.FileName is { Length: > 0 } name ? $"{name}\n\n{text}" : text;
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            throw new RefusedRequestException("The file is no text in UTF-8.", part.Place);
        }
    }

    private static void Text(Utf8JsonWriter json, CompletionsDialect dialect, ChatPart part, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        if (dialect.TakesCacheMarks && part.CacheMark is { } mark)
        {
            json.WriteStartObject("cache_control"u8);
            json.WriteString("type"u8, "ephemeral"u8);
            if (mark.Ttl is not null)
            {
                json.WriteString("ttl"u8, mark.Ttl);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Image(Utf8JsonWriter json, CompletionsDialect dialect, ChatPart part)
    {
        if (!dialect.TakesImages)
        {
            throw new RefusedRequestException("This provider's models take no images.", part.Place);
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, part.Url ?? DataUrl(part, "image/png"));
        if (part.Detail is not null)
        {
            json.WriteString("detail"u8, part.Detail);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Audio(Utf8JsonWriter json, CompletionsDialect dialect, ChatPart part)
    {
        if (!dialect.TakesSound)
        {
            throw new RefusedRequestException("This provider's models take no sound.", part.Place);
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "input_audio"u8);
        json.WriteStartObject("input_audio"u8);
        json.WriteString("data"u8, part.Data);
        json.WriteString("format"u8, part.MediaType == "audio/wav" ? "wav"u8 : "mp3"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void File(Utf8JsonWriter json, CompletionsDialect dialect, ChatPart part)
    {
        if (part.FileId is not null)
        {
            throw new RefusedRequestException("Files that another provider keeps cannot be shown to this model.", part.Place);
        }

        switch (dialect.Files)
        {
            case FileForm.File when part.Url is not null:
                throw new RefusedRequestException("This provider's models take no files by URL: send the bytes.", part.UrlPlace);
            case FileForm.File:
                json.WriteStartObject();
                json.WriteString("type"u8, "file"u8);
                json.WriteStartObject("file"u8);
                json.WriteString("filename"u8, part.FileName ?? "document.pdf"); // required beside bytes
                json.WriteString("file_data"u8, DataUrl(part, "application/pdf"));
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case FileForm.DocumentUrl:
                json.WriteStartObject();
                json.WriteString("type"u8, "document_url"u8);
                json.WriteString("document_url"u8, part.Url ?? DataUrl(part, "application/pdf"));
                json.WriteEndObject();
                break;
            default:
                throw new RefusedRequestException("This provider's models take no files but texts.", part.Place);
        }
    }

    private static string DataUrl(ChatPart part, string otherwise) => $"data:{part.MediaType ?? otherwise};base64,{part.Data}";
}
