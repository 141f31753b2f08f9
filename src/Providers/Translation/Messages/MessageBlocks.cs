using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Reads what a user's turn or a result may hold.</summary>
internal static class MessageBlocks
{
    public static ChatPart Text(string text, string place) => new() { Kind = ChatPartKind.Text, Place = place, Text = text };

    public static ChatPart ReadText(JsonElement block, string place) =>
        Text(block.Text("text") ?? throw new RefusedRequestException("A text must have a text.", place + ".text"), place) with { CacheMark = ChatRequestReader.ReadCacheMark(block) };

    public static void Read(JsonElement block, string place, List<ChatPart> parts, List<string> dropped)
    {
        switch (block.Text("type"))
        {
            case "text":
                parts.Add(ReadText(block, place));
                break;
            case "image":
                parts.Add(ReadImage(block, place));
                break;
            case "document":
                ReadDocument(block, place, parts, dropped);
                break;
            case "search_result":
                parts.Add(ReadSearchResult(block, place));
                break;
            case "tool_reference" or "container_upload":
                dropped.Add(place);
                break;
            default:
                throw new RefusedRequestException("This model takes no block of this type here.", place + ".type");
        }
    }

    private static ChatPart ReadImage(JsonElement block, string place)
    {
        var part = new ChatPart { Kind = ChatPartKind.Image, Place = place, CacheMark = ChatRequestReader.ReadCacheMark(block) };
        var source = block.Member("source");
        return source.Text("type") switch
        {
            "base64" => part with { Data = Data(source, place), MediaType = MediaType(source) },
            "url" when source.Text("url") is { Length: > 0 } url => part with { Url = url, UrlPlace = place + ".source.url" },
            "url" => throw new RefusedRequestException("An image must have a URL.", place + ".source.url"),
            "file" => throw OfAnthropics(place),
            _ => throw new RefusedRequestException("It must be base64 or url.", place + ".source.type"),
        };
    }

    private static void ReadDocument(JsonElement block, string place, List<ChatPart> parts, List<string> dropped)
    {
        var source = block.Member("source");
        var part = new ChatPart { Kind = ChatPartKind.File, Place = place, FileName = block.Text("title"), CacheMark = ChatRequestReader.ReadCacheMark(block) };
        if (block.Member("citations").Member("enabled").IsTrue)
        {
            dropped.Add(place + ".citations");
        }

        if (block.Text("context") is { Length: > 0 } context)
        {
            parts.Add(Text(context, place + ".context"));
        }

        switch (source.Text("type"))
        {
            case "base64":
                parts.Add(part with { Data = Data(source, place), MediaType = MediaType(source) ?? "application/pdf" });
                break;
            case "text":
                var text = source.Text("data") ?? throw new RefusedRequestException("A document must have data.", place + ".source.data");
                parts.Add(part with { Data = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), MediaType = "text/plain" });
                break;
            case "content" when source.Member("content") is { ValueKind: JsonValueKind.String } only:
                parts.Add(Text(only.GetString()!, place + ".source.content") with { CacheMark = part.CacheMark });
                break;
            case "content":
                foreach (var (inner, innerPlace) in MessageTurns.Blocks(source.Member("content"), place + ".source.content"))
                {
                    Read(inner, innerPlace, parts, dropped);
                }

                break;
            case "url":
                var url = source.Text("url") is { Length: > 0 } stated ? stated : throw new RefusedRequestException("A document must have a URL.", place + ".source.url");
                parts.Add(part with { Url = url, UrlPlace = place + ".source.url" });
                break;
            case "file":
                throw OfAnthropics(place);
            default:
                throw new RefusedRequestException("It must be base64, text, content or url.", place + ".source.type");
        }
    }

    private static ChatPart ReadSearchResult(JsonElement block, string place)
    {
        var text = new StringBuilder();
        foreach (var line in (string?[])[block.Text("title"), block.Text("source")])
        {
            if (line is { Length: > 0 })
            {
                text.Append(line).Append('\n');
            }
        }

        foreach (var inner in RequestReading.Items(block, "content", place + "."))
        {
            text.Append(inner.Text("text")).Append('\n');
        }

        return Text(text.ToString().TrimEnd('\n'), place) with { CacheMark = ChatRequestReader.ReadCacheMark(block) };
    }

    private static string Data(JsonElement source, string place) =>
        source.Text("data") is { Length: > 0 } data && System.Buffers.Text.Base64.IsValid(data)
            ? data
            : throw new RefusedRequestException("It must be base64.", place + ".source.data");

    private static string? MediaType(JsonElement source) => source.Text("media_type") switch
    {
        null => DataUrl.Sniff(source.Text("data") ?? ""),
        "image/jpg" => "image/jpeg",
        var type => type.ToLowerInvariant(),
    };

    private static RefusedRequestException OfAnthropics(string place) => new("Files that Anthropic keeps cannot be shown to this model.", place + ".source.file_id");
}
