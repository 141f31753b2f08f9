using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Reads the input of a request in the format of Responses. What the model did in one turn stands there as several items.</summary>
internal sealed class ResponseItems(List<string> dropped)
{
    private readonly List<ChatMessage> _messages = [];
    private AnswerTurn? _turn; // of the assistant, while its items go on

    public static IReadOnlyList<ChatMessage> Read(JsonElement root, List<string> dropped)
    {
        var items = new ResponseItems(dropped);
        if (RequestReading.Text(root, "instructions") is { Length: > 0 } instructions)
        {
            items._messages.Add(new() { Role = ChatRole.System, Place = "instructions", Parts = [ResponseParts.Text(instructions, "instructions")] });
        }

        items.Read(root.Member("input"));
        return items._messages.Exists(message => message.Role != ChatRole.System)
            ? items._messages
            : throw new RefusedRequestException("There must be something to answer.", "input");
    }

    private void Read(JsonElement input)
    {
        switch (input.ValueKind)
        {
            case JsonValueKind.String:
                _messages.Add(new() { Role = ChatRole.User, Place = "input", Parts = [ResponseParts.Text(input.GetString()!, "input")] });
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in input.EnumerateArray())
                {
                    Item(item, $"input[{index++}]");
                }

                EndTurn();
                break;
            default:
                throw new RefusedRequestException("It must be a text or an array of items.", "input");
        }
    }

    private void Item(JsonElement item, string place)
    {
        if (!item.IsObject)
        {
            throw new RefusedRequestException("An item must be an object.", place);
        }

        switch (item.Text("type") ?? (item.Member("role").IsDefined ? "message" : null))
        {
            case "message":
                Message(item, place);
                break;
            case "reasoning":
                Turn(place).Reason(item);
                break;
            case "function_call":
                Turn(place).Call(item, place, Text(item, "arguments", place));
                break;
            case "custom_tool_call":
                Turn(place).Call(item, place, Wrap(Text(item, "input", place)));
                break;
            case "function_call_output" or "custom_tool_call_output":
                EndTurn();
                _messages.Add(new()
                {
                    Role = ChatRole.Tool,
                    Place = place,
                    ToolCallId = item.Text("call_id") is { Length: > 0 } id ? id : throw new RefusedRequestException("A result must name its call.", place + ".call_id"),
                    Parts = ResponseParts.Read(item.Member("output"), place + ".output"),
                });
                break;
            case "item_reference":
                throw new RefusedRequestException("Items are not stored: send the item itself.", place) { Code = "unsupported_parameter" };
            case "web_search_call":
                dropped.Add(place); // What came of it stands in the text.
                break;
            default:
                throw new RefusedRequestException("Items of this type cannot be shown to this model.", place + ".type");
        }
    }

    private void Message(JsonElement item, string place)
    {
        var parts = ResponseParts.Read(item.Member("content"), place + ".content");
        switch (item.Text("role"))
        {
            case "assistant":
                Turn(place).Say(parts);
                break;
            case "user":
                EndTurn();
                _messages.Add(new() { Role = ChatRole.User, Place = place, Parts = parts });
                break;
            case "system" or "developer":
                EndTurn();
                _messages.Add(new() { Role = ChatRole.System, Place = place, Parts = parts });
                break;
            default:
                throw new RefusedRequestException("The role must be user, assistant, system or developer.", place + ".role");
        }
    }

    /// <summary>The assistant's turn that is going on. What it says after its calls is another one.</summary>
    private AnswerTurn Turn(string place) => _turn ??= new(place);

    private void EndTurn()
    {
        if (_turn?.End() is { } message)
        {
            _messages.Add(message);
        }

        _turn = null;
    }

    private static string Text(JsonElement item, string name, string place) => RequestReading.Text(item, name, place + ".") ?? "";

    private static string Wrap(string input) => RequestReading.Build(json =>
    {
        json.WriteStartObject();
        json.WriteString(ResponseTools.Input, input);
        json.WriteEndObject();
    }).GetRawText();
}
