using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Reads an earlier answer that came back in Anthropic's format.</summary>
internal static class AssistantTurn
{
    public static ChatMessage Read(JsonElement content, string place, List<string> dropped)
    {
        var contentPlace = place + ".content";
        if (content.ValueKind == JsonValueKind.String)
        {
            return new() { Role = ChatRole.Assistant, Place = place, Parts = [MessageBlocks.Text(content.GetString()!, contentPlace)] };
        }

        List<ChatPart> parts = [];
        List<ChatToolCall> calls = [];
        List<JsonElement> details = [];
        var reasoning = new StringBuilder();
        JsonElement extra = default; // of the next call
        ChatCacheMark? mark = null; // of the last call
        foreach (var (block, blockPlace) in MessageTurns.Blocks(content, contentPlace))
        {
            switch (block.Text("type"))
            {
                case "text":
                    parts.Add(MessageBlocks.ReadText(block, blockPlace));
                    break;
                case "tool_use":
                    calls.Add(ReadCall(block, blockPlace) with { Extra = extra });
                    (extra, mark) = (default, ChatRequestReader.ReadCacheMark(block));
                    break;
                case "thinking" or "redacted_thinking":
                    reasoning.Append(block.Text("thinking"));
                    ReadThought(block, details, ref extra);
                    break;
                case { } type when type.EndsWith("_tool_result", StringComparison.Ordinal) || type is "server_tool_use" or "mcp_tool_use" or "compaction":
                    dropped.Add(blockPlace); // What Anthropic's own tools did; the answer that came of it stands in the text.
                    break;
                default:
                    throw new RefusedRequestException("An answer can hold nothing but text, thinking and calls.", blockPlace + ".type");
            }
        }

        return new()
        {
            Role = ChatRole.Assistant,
            Place = place,
            Parts = parts,
            ToolCalls = calls,
            CacheMark = mark,
            ReasoningContent = reasoning.Length > 0 ? reasoning.ToString() : null,
            ReasoningDetails = details.Count == 0 ? default : Details(details),
        };
    }

    internal static JsonElement Details(List<JsonElement> details) => RequestReading.Build(json =>
    {
        json.WriteStartArray();
        foreach (var detail in details)
        {
            detail.WriteTo(json);
        }

        json.WriteEndArray();
    });

    /// <summary>What Google wants back with a call, as chat completions have it.</summary>
    internal static JsonElement CallExtra(string signature) => RequestReading.Build(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("google"u8);
        json.WriteString("thought_signature"u8, signature);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Takes out of a thought what this gateway put in. A signature of Anthropic's own is worth nothing elsewhere.</summary>
    private static void ReadThought(JsonElement block, List<JsonElement> details, ref JsonElement extra)
    {
        var opened = ThoughtEnvelope.Open(block.Text("signature") ?? block.Text("data"));
        if (ThoughtEnvelope.CallSignature(opened) is { } signature)
        {
            extra = CallExtra(signature);
        }
        else if (opened.Text("format") is not null)
        {
            details.Add(opened);
        }
    }

    private static ChatToolCall ReadCall(JsonElement block, string place) => new(
        block.Text("id") is { Length: > 0 } id ? id : throw new RefusedRequestException("A call must have an id.", place + ".id"),
        block.Text("name") is { Length: > 0 } name ? name : throw new RefusedRequestException("A call must name its tool.", place + ".name"),
        block.Member("input") switch
        {
            { ValueKind: JsonValueKind.Undefined } => "",
            { ValueKind: JsonValueKind.Object } input => input.GetRawText(),
            _ => throw new RefusedRequestException("It must be an object.", place + ".input"),
        });
}
