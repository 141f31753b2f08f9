using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Writes parts of messages as blocks of Converse. Belongs to one request.</summary>
internal sealed class ConverseBlocks(Utf8JsonWriter json, BedrockModel model, CacheMarks marks, ToolNames names, List<string> dropped) : BlockWriter
{
    private const int MistralIdCharacters = 9;

    private readonly ToolNames _ids = NewNames();
    private readonly HashSet<string> _documents = new(StringComparer.OrdinalIgnoreCase);
    private string? _untitled; // a document of this turn, as long as the turn has no text
    private bool _hasText;

    /// <summary>Names and ids as the API takes them.</summary>
    public static ToolNames NewNames() => new((character, _) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-', 64);

    public override void Text(string text, ChatCacheMark? mark)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        Mark(mark);
    }

    public override void Part(ChatPart part, ChatCacheMark? mark)
    {
        switch (part.Kind)
        {
            case ChatPartKind.Text:
                _hasText = true;
                Text(part.Text, mark);
                return;
            case ChatPartKind.Image:
                Image(part);
                break;
            case ChatPartKind.Audio when model.TakesSound:
                Media("audio"u8, part.MediaType == "audio/wav" ? "wav" : "mp3", part.Data!);
                break;
            case ChatPartKind.File:
                File(part);
                break;
            default:
                throw new RefusedRequestException("This model does not take sound.", part.Place);
        }

        Mark(mark);
    }

    public override void Thoughts(ChatMessage message)
    {
        foreach (var thought in ClaudeReasoning.Of(message, ClaudeReasoning.Bedrock))
        {
            json.WriteStartObject();
            json.WriteStartObject("reasoningContent"u8);
            if (thought.Data is not null)
            {
                json.WriteString("redactedContent"u8, thought.Data);
            }
            else
            {
                json.WriteStartObject("reasoningText"u8);
                json.WriteString("text"u8, thought.Text);
                json.WriteString("signature"u8, thought.Signature);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    public override void Call(ChatToolCall call, ChatCacheMark? mark)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolUse"u8);
        json.WriteString("toolUseId"u8, CallId(call.Id));
        json.WriteString("name"u8, names.ToProvider(call.Name));
        json.WritePropertyName("input"u8);
        call.WriteArguments(json);
        json.WriteEndObject();
        json.WriteEndObject();
        Mark(mark);
    }

    public override void Result(ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolResult"u8);
        json.WriteString("toolUseId"u8, CallId(message.ToolCallId!));
        json.WriteStartArray("content"u8);
        if (message.Parts.All(part => part.Kind == ChatPartKind.Text))
        {
            json.WriteStartObject();
            json.WriteString("text"u8, message.Text is { Length: > 0 } text ? text : "."); // must be there, and not empty
            json.WriteEndObject();
        }
        else
        {
            foreach (var part in message.Parts)
            {
                if (!IsBlank(part))
                {
                    Part(part, null);
                }
            }
        }

        json.WriteEndArray();
        if (message.IsError)
        {
            json.WriteString("status"u8, "error"u8);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        Mark(CacheMarks.OfResult(message));
    }

    /// <inheritdoc/>
    /// <remarks>A document is refused without a text beside it.</remarks>
    public override void EndTurn()
    {
        if (_untitled is not null && !_hasText)
        {
            Text(_untitled, null);
        }

        (_untitled, _hasText) = (null, false);
    }

    /// <summary>Writes the place up to which the prompt may be cached, which is a block of its own.</summary>
    public void Mark(ChatCacheMark? mark)
    {
        if (marks.Next(mark) is not { } ttl)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("cachePoint"u8);
        json.WriteString("type"u8, "default"u8);
        if (ttl.Length > 0)
        {
            json.WriteString("ttl"u8, ttl);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string CallId(string id)
    {
        if (!model.IsMistral || (id.Length == MistralIdCharacters && id.All(char.IsAsciiLetterOrDigit)))
        {
            return _ids.ToProvider(id);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..MistralIdCharacters];
    }

    private void Image(ChatPart part)
    {
        if (part.Detail is not (null or "auto"))
        {
            dropped.Add(part.Place + ".image_url.detail");
        }

        if (part.Url is null)
        {
            Media("image"u8, BedrockFormats.Image(part.MediaType) ?? throw new RefusedRequestException("An image must be JPEG, PNG, GIF or WebP.", part.Place), part.Data!);
            return;
        }

        if (!part.Url.StartsWith("s3://", StringComparison.Ordinal) || BedrockFormats.ImageByName(part.Url) is not { } format)
        {
            throw new RefusedRequestException("Bedrock takes no images by URL: send the bytes, or an s3 URL that ends in the format.", part.UrlPlace);
        }

        json.WriteStartObject();
        json.WriteStartObject("image"u8);
        json.WriteString("format"u8, format);
        json.WriteStartObject("source"u8);
        json.WriteStartObject("s3Location"u8);
        json.WriteString("uri"u8, part.Url);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void File(ChatPart part)
    {
        if (part.FileId is not null)
        {
            throw new RefusedRequestException("Bedrock keeps no files: send the data.", part.Place + ".file.file_id");
        }

        if (part.Url is not null)
        {
            throw new RefusedRequestException("Bedrock takes no files by URL: send the bytes.", part.UrlPlace);
        }

        if (BedrockFormats.Image(part.MediaType) is { } image)
        {
            Media("image"u8, image, part.Data!);
        }
        else if (BedrockFormats.Video(part.MediaType) is { } video)
        {
            Media("video"u8, video, part.Data!);
        }
        else if (BedrockFormats.Document(part.MediaType) is { } document)
        {
            _untitled ??= part.FileName ?? "document";
            Media("document"u8, document, part.Data!, DocumentName(part.FileName));
        }
        else
        {
            throw new RefusedRequestException("Bedrock does not take files of this type.", part.Place);
        }
    }

    private void Media(ReadOnlySpan<byte> kind, string format, string data, string? name = null)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        json.WriteString("format"u8, format);
        if (name is not null)
        {
            json.WriteString("name"u8, name);
        }

        json.WriteStartObject("source"u8);
        json.WriteString("bytes"u8, data);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A name without what the API refuses: letters, digits, single blanks, hyphens and brackets are left, and no name comes twice.</summary>
    private string DocumentName(string? fileName)
    {
        var stem = Path.GetFileNameWithoutExtension(fileName ?? "");
        var builder = new StringBuilder();
        foreach (var character in stem)
        {
            var allowed = char.IsAsciiLetterOrDigit(character) || character is ' ' or '-' or '(' or ')' or '[' or ']' ? character : '-';
            if (allowed != ' ' || (builder.Length > 0 && builder[^1] != ' '))
            {
                builder.Append(allowed);
            }
        }

        var clean = builder.Length == 0 ? "document" : builder.ToString();
        var name = clean;
        for (var number = 1; !_documents.Add(name); number++)
        {
            name = $"{clean}-{number}";
        }

        return name;
    }
}
