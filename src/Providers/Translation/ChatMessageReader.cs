using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Takes the conversation of a request apart.</summary>
internal static class ChatMessageReader
{
    public static IReadOnlyList<ChatMessage> Read(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            throw new RefusedRequestException("There must be at least one message.", "messages");
        }

        var read = new List<ChatMessage>(messages.GetArrayLength());
        foreach (var message in messages.EnumerateArray())
        {
            read.Add(Read(message, $"messages[{read.Count}]", read));
        }

        return read;
    }

    private static ChatMessage Read(JsonElement message, string place, List<ChatMessage> before)
    {
        if (!message.IsObject)
        {
            throw new RefusedRequestException("A message must be an object.", place);
        }

        return message.Text("role") switch
        {
            "system" or "developer" => Read(message, place, ChatRole.System),
            "user" => Read(message, place, ChatRole.User),
            "assistant" => ReadAssistant(message, place),
            "tool" => Read(message, place, ChatRole.Tool) with
            {
                ToolCallId = message.Text("tool_call_id") ?? throw new RefusedRequestException("A tool's message must name its call.", place + ".tool_call_id"),
                IsError = message.Member("is_error").IsTrue,
            },
            "function" => Read(message, place, ChatRole.Tool) with { ToolCallId = FindCall(message, place, before) },
            _ => throw new RefusedRequestException("The role must be system, developer, user, assistant or tool.", place + ".role"),
        };
    }

    private static ChatMessage Read(JsonElement message, string place, ChatRole role) => new()
    {
        Role = role,
        Place = place,
        Name = message.Text("name"),
        Parts = ReadContent(message.Member("content"), place + ".content"),
        CacheMark = ChatRequestReader.ReadCacheMark(message),
    };

    private static ChatMessage ReadAssistant(JsonElement message, string place)
    {
        var read = Read(message, place, ChatRole.Assistant) with
        {
            ReasoningDetails = message.Member("reasoning_details") is { ValueKind: JsonValueKind.Array } details ? details : default,
            ReasoningContent = message.Text("reasoning_content") ?? message.Text("reasoning"),
            ToolCalls = ReadCalls(message, place),
        };
        return message.Text("refusal") is { Length: > 0 } refusal && read.Parts.Count == 0
            ? read with { Parts = [new() { Kind = ChatPartKind.Text, Place = place + ".refusal", Text = refusal }] }
            : read;
    }

    private static List<ChatToolCall> ReadCalls(JsonElement message, string place)
    {
        if (message.Member("function_call") is { ValueKind: JsonValueKind.Object } old)
        {
            // Made from its place, so that the result can be given the same one.
            return [new(FunctionCallId(place), FunctionName(old, place + ".function_call"), old.Text("arguments") ?? "")];
        }

        List<ChatToolCall> calls = [];
        foreach (var call in message.Items("tool_calls"))
        {
            var callPlace = $"{place}.tool_calls[{calls.Count}]";
            if (call.Member("function") is not { ValueKind: JsonValueKind.Object } function)
            {
                throw new RefusedRequestException("A call must be one of a function.", callPlace);
            }

            var arguments = function.Member("arguments");
            calls.Add(new(
                call.Text("id") ?? throw new RefusedRequestException("A call must have an id.", callPlace + ".id"),
                FunctionName(function, callPlace + ".function"),
                arguments.ValueKind switch
                {
                    JsonValueKind.String => arguments.GetString()!,
                    JsonValueKind.Undefined => "",
                    _ => arguments.GetRawText(),
                })
            {
                Extra = call.Member("extra_content"),
            });
        }

        return calls;
    }

    private static string FunctionName(JsonElement function, string place) =>
        function.Text("name") is { Length: > 0 } name ? name : throw new RefusedRequestException("A function must have a name.", place + ".name");

    private static string FunctionCallId(string place) => "call_" + place.Replace("messages[", "", StringComparison.Ordinal).TrimEnd(']');

    /// <summary>The latest call of that name which nobody has answered yet.</summary>
    private static string FindCall(JsonElement message, string place, List<ChatMessage> before)
    {
        var name = message.Text("name");
        var answered = before.Where(earlier => earlier.ToolCallId is not null).Select(earlier => earlier.ToolCallId).ToHashSet();
        return before.SelectMany(earlier => earlier.ToolCalls).LastOrDefault(call => call.Name == name && !answered.Contains(call.Id))?.Id
            ?? throw new RefusedRequestException("It answers no call of that name.", place + ".name");
    }

    private static List<ChatPart> ReadContent(JsonElement content, string place)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.Undefined:
                return [];
            case JsonValueKind.String:
                return [new() { Kind = ChatPartKind.Text, Place = place, Text = content.GetString()! }];
            case JsonValueKind.Array:
                List<ChatPart> parts = [];
                foreach (var part in content.EnumerateArray())
                {
                    var partPlace = $"{place}[{parts.Count}]";
                    parts.Add(ReadPart(part, partPlace) with { CacheMark = ChatRequestReader.ReadCacheMark(part) });
                }

                return parts;
            default:
                throw new RefusedRequestException("Content must be a text or an array of parts.", place);
        }
    }

    private static ChatPart ReadPart(JsonElement part, string place) => part.Text("type") switch
    {
        "text" => new() { Kind = ChatPartKind.Text, Place = place, Text = part.Text("text") ?? throw new RefusedRequestException("A text must have a text.", place + ".text") },
        "refusal" => new() { Kind = ChatPartKind.Text, Place = place, Text = part.Text("refusal") ?? "" },
        "image_url" => ReadImage(part.Member("image_url"), place),
        "input_audio" => ReadAudio(part.Member("input_audio"), place),
        "file" => ReadFile(part.Member("file"), place),
        _ => throw new RefusedRequestException("A part must be a text, image_url, input_audio or file.", place + ".type"),
    };

    private static ChatPart ReadImage(JsonElement image, string place)
    {
        // Some clients give the URL itself.
        var url = (image.ValueKind == JsonValueKind.String ? image.GetString() : image.Text("url"))
            ?? throw new RefusedRequestException("An image must have a URL.", place + ".image_url.url");
        var part = new ChatPart { Kind = ChatPartKind.Image, Place = place, Detail = image.Text("detail") };
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return part with { Url = url, UrlPlace = place + ".image_url.url" };
        }

        return DataUrl.TryParse(url, out var mediaType, out var data)
            ? part with { Data = data, MediaType = mediaType }
            : throw new RefusedRequestException("The data URL is not valid.", place + ".image_url.url");
    }

    private static ChatPart ReadAudio(JsonElement audio, string place) => new()
    {
        Kind = ChatPartKind.Audio,
        Place = place,
        Data = audio.Text("data") ?? throw new RefusedRequestException("Sound must have data.", place + ".input_audio.data"),
        MediaType = audio.Text("format") switch
        {
            "wav" => "audio/wav",
            "mp3" => "audio/mp3",
            _ => throw new RefusedRequestException("The format must be wav or mp3.", place + ".input_audio.format"),
        },
    };

    private static ChatPart ReadFile(JsonElement file, string place)
    {
        var part = new ChatPart { Kind = ChatPartKind.File, Place = place, FileName = file.Text("filename"), FileId = file.Text("file_id") };
        if (part.FileId is not null)
        {
            return part;
        }

        var data = file.Text("file_data") ?? throw new RefusedRequestException("A file must have data or an id.", place + ".file.file_data");
        if (data.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || data.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return part with { Url = data, UrlPlace = place + ".file.file_data" }; // Not OpenAI's, but usual.
        }

        if (!data.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return part with { Data = data, MediaType = DataUrl.Sniff(data) };
        }

        return DataUrl.TryParse(data, out var mediaType, out var base64)
            ? part with { Data = base64, MediaType = mediaType }
            : throw new RefusedRequestException("The data URL is not valid.", place + ".file.file_data");
    }
}
