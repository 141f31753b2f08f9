using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Reads the tools of a request in the format of Responses.</summary>
internal static class ResponseTools
{
    /// <summary>The one argument of a tool that takes free text, where only functions can be called.</summary>
    public const string Input = "input";

    private static readonly JsonElement FreeText = JsonElement.Parse(
        """{"type":"object","properties":{"input":{"type":"string","description":"The whole input, as plain text."}},"required":["input"],"additionalProperties":false}""");

    public static (List<ChatTool> All, HashSet<string> Custom) Read(JsonElement root, string? searchTool, List<string> dropped)
    {
        List<ChatTool> tools = [];
        HashSet<string> custom = [];
        var index = 0;
        var all = root.Member("tools") is { ValueKind: JsonValueKind.Array } array ? array.GetArrayLength() : 0;
        foreach (var tool in RequestReading.Items(root, "tools"))
        {
            var place = $"tools[{index++}]";
            switch (tool.Text("type"))
            {
                case "function":
                    tools.Add(ReadFunction(tool, place));
                    break;
                case "custom":
                    tools.Add(ReadCustom(tool, place));
                    custom.Add(tools[^1].Name);
                    break;
                case "web_search" or "web_search_preview" or "web_search_2025_08_26" or "web_search_preview_2025_03_11":
                    if (RequestReading.WebSearch(tool, searchTool, isOnly: all == 1, place + ".type") is { } search)
                    {
                        tools.Add(search);
                    }
                    else
                    {
                        dropped.Add(place);
                    }

                    break;
                case null:
                    throw new RefusedRequestException("A tool must be an object with a type.", place);
                default:
                    throw new RefusedRequestException("Tools of OpenAI's own cannot be used with this model.", place + ".type");
            }
        }

        return (tools, custom);
    }

    public static ChatToolChoice ReadChoice(JsonElement root, (List<ChatTool> All, HashSet<string> Custom) tools)
    {
        var choice = root.Member("tool_choice");
        switch (choice.ValueKind)
        {
            case JsonValueKind.Undefined:
                return default;
            case JsonValueKind.String:
                return new(Mode(choice.GetString(), "tool_choice"), null, null);
            case JsonValueKind.Object when choice.Text("type") is "function" or "custom":
                var name = choice.Text("name") ?? throw new RefusedRequestException("It must name a tool.", "tool_choice.name");
                return tools.All.Exists(tool => tool.Name == name && !tool.IsNative)
                    ? new(ChatToolMode.Required, name, null)
                    : throw new RefusedRequestException("There is no such tool to call.", "tool_choice.name");
            case JsonValueKind.Object when choice.Text("type") == "allowed_tools":
                List<string> names = [];
                foreach (var tool in RequestReading.Items(choice, "tools", "tool_choice."))
                {
                    names.Add(tool.Text("name") ?? throw new RefusedRequestException("An allowed tool must name a function.", "tool_choice.tools"));
                }

                return new(Mode(choice.Text("mode") ?? "auto", "tool_choice.mode"), null, names);
            default:
                throw new RefusedRequestException("It must be auto, none, required, a function or allowed tools.", "tool_choice");
        }
    }

    private static ChatToolMode Mode(string? word, string place) => word switch
    {
        "auto" => ChatToolMode.Auto,
        "none" => ChatToolMode.None,
        "required" => ChatToolMode.Required,
        _ => throw new RefusedRequestException("It must be auto, none or required.", place),
    };

    private static ChatTool ReadFunction(JsonElement tool, string place) => new()
    {
        Name = NameOf(tool, place),
        Description = DescriptionOf(tool, place),
        Parameters = tool.Member("parameters") switch
        {
            { ValueKind: JsonValueKind.Undefined or JsonValueKind.Object } parameters => parameters,
            _ => throw new RefusedRequestException("A function's parameters must be a JSON Schema.", place + ".parameters"),
        },
        Strict = RequestReading.Flag(tool, "strict", place + "."),
    };

    /// <summary>A tool that takes free text, as a function with one argument. What its grammar says is told in words.</summary>
    private static ChatTool ReadCustom(JsonElement tool, string place)
    {
        var description = DescriptionOf(tool, place);
        var grammar = tool.Member("format").Text("definition") ?? tool.Member("format").Member("grammar").Text("definition");
        return new()
        {
            Name = NameOf(tool, place),
            Description = grammar is null ? description : $"{description}\n\nThe input must follow this grammar:\n{grammar}".TrimStart(),
            Parameters = FreeText,
        };
    }

    private static string NameOf(JsonElement tool, string place) =>
        tool.Text("name") is { Length: > 0 } name ? name : throw new RefusedRequestException("A tool must have a name.", place + ".name");

    private static string? DescriptionOf(JsonElement tool, string place) =>
        RequestReading.Text(tool, "description", place + ".") is { } description && !string.IsNullOrWhiteSpace(description) ? description : null;
}
