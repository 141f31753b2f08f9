using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Reads the content of items in the format of Responses.</summary>
internal static class ResponseParts
{
    public static ChatPart Text(string text, string place) => new() { Kind = ChatPartKind.Text, Place = place, Text = text };

    public static List<ChatPart> Read(JsonElement content, string place)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.Undefined:
                return [];
            case JsonValueKind.String:
                return [Text(content.GetString()!, place)];
            case JsonValueKind.Array:
                List<ChatPart> parts = [];
                foreach (var part in content.EnumerateArray())
                {
                    var partPlace = $"{place}[{parts.Count}]";
                    parts.Add(ReadPart(part, partPlace) with { CacheMark = ChatRequestReader.ReadCacheMark(part) });
                }

                return parts;
            default:
                throw new RefusedRequestException("It must be a text or an array of parts.", place);
        }
    }

    private static ChatPart ReadPart(JsonElement part, string place) => part.Text("type") switch
    {
        "input_text" or "output_text" or "text" => Text(part.Text("text") ?? throw new RefusedRequestException("A text must have a text.", place + ".text"), place),
        "refusal" => Text(part.Text("refusal") ?? "", place),
        "input_image" => ReadImage(part, place),
        "input_file" => ReadFile(part, place),
        "input_audio" => throw new RefusedRequestException("Sound cannot be sent in this format.", place),
        _ => throw new RefusedRequestException("It must be input_text, input_image, input_file, output_text or refusal.", place + ".type"),
    };

    private static ChatPart ReadImage(JsonElement part, string place)
    {
        if (part.Member("file_id").IsDefined)
        {
            throw OfOpenAI(place);
        }

        var url = part.Text("image_url") ?? throw new RefusedRequestException("An image must have a URL.", place + ".image_url");
        var image = new ChatPart { Kind = ChatPartKind.Image, Place = place, Detail = part.Text("detail") };
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return image with { Url = url, UrlPlace = place + ".image_url" };
        }

        return DataUrl.TryParse(url, out var mediaType, out var data)
            ? image with { Data = data, MediaType = mediaType }
            : throw new RefusedRequestException("The data URL is not valid.", place + ".image_url");
    }

    private static ChatPart ReadFile(JsonElement part, string place)
    {
        if (part.Member("file_id").IsDefined)
        {
            throw OfOpenAI(place);
        }

        var file = new ChatPart { Kind = ChatPartKind.File, Place = place, FileName = part.Text("filename") };
        if (RequestReading.Text(part, "file_url", place + ".") is { Length: > 0 } url)
        {
            return file with { Url = url, UrlPlace = place + ".file_url" };
        }

        var data = part.Text("file_data") ?? throw new RefusedRequestException("A file must have data.", place + ".file_data");
        if (!data.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return System.Buffers.Text.Base64.IsValid(data)
                ? file with { Data = data, MediaType = DataUrl.Sniff(data) }
                : throw new RefusedRequestException("It must be base64 or a data URL.", place + ".file_data");
        }

        return DataUrl.TryParse(data, out var mediaType, out var base64)
            ? file with { Data = base64, MediaType = mediaType }
            : throw new RefusedRequestException("The data URL is not valid.", place + ".file_data");
    }

    private static RefusedRequestException OfOpenAI(string place) =>
        new("Files that OpenAI keeps cannot be shown to this model.", place + ".file_id") { Code = "unsupported_parameter" };
}
