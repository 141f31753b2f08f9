using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Reads the tools of a request in Anthropic's format.</summary>
internal static class MessageTools
{
    public static List<ChatTool> Read(JsonElement root, string? searchTool, List<string> dropped)
    {
        List<ChatTool> tools = [];
        var index = 0;
        var all = root.Member("tools") is { ValueKind: JsonValueKind.Array } array ? array.GetArrayLength() : 0;
        foreach (var tool in RequestReading.Items(root, "tools"))
        {
            var place = $"tools[{index++}]";
            if (!tool.IsObject)
            {
                throw new RefusedRequestException("A tool must be an object.", place);
            }

            var type = RequestReading.Text(tool, "type", place + ".");
            if (type is null or "custom")
            {
                tools.Add(ReadOwn(tool, place));
            }
            else if (type.StartsWith("web_search_", StringComparison.Ordinal))
            {
                if (RequestReading.WebSearch(tool, searchTool, isOnly: all == 1, place + ".type") is { } search)
                {
                    tools.Add(search);
                }
                else
                {
                    dropped.Add(place);
                }
            }
            else
            {
                throw new RefusedRequestException("Tools of Anthropic's own cannot be used with this model.", place + ".type");
            }
        }

        return tools;
    }

    public static ChatToolChoice ReadChoice(JsonElement root, List<ChatTool> tools)
    {
        var choice = root.Member("tool_choice");
        if (!choice.IsDefined)
        {
            return default;
        }

        switch (choice.Text("type"))
        {
            case "auto":
                return new(ChatToolMode.Auto, null, null);
            case "any":
                return new(ChatToolMode.Required, null, null);
            case "none":
                return new(ChatToolMode.None, null, null);
            case "tool":
                var name = choice.Text("name") ?? throw new RefusedRequestException("It must name a tool.", "tool_choice.name");
                return tools.Exists(tool => tool.Name == name && !tool.IsNative)
                    ? new(ChatToolMode.Required, name, null)
                    : throw new RefusedRequestException("There is no such tool to call.", "tool_choice.name");
            default:
                throw new RefusedRequestException("It must be auto, any, tool or none.", "tool_choice.type");
        }
    }

    private static ChatTool ReadOwn(JsonElement tool, string place) => new()
    {
        Name = tool.Text("name") is { Length: > 0 } name ? name : throw new RefusedRequestException("A tool must have a name.", place + ".name"),
        Description = RequestReading.Text(tool, "description", place + ".") is { } description && !string.IsNullOrWhiteSpace(description) ? description : null,
        Parameters = tool.Member("input_schema") is { ValueKind: JsonValueKind.Object } schema
            ? schema
            : throw new RefusedRequestException("A tool's input_schema must be a JSON Schema.", place + ".input_schema"),
        Strict = RequestReading.Flag(tool, "strict", place + "."),
        CacheMark = ChatRequestReader.ReadCacheMark(tool),
    };
}
