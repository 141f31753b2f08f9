using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Reads the conversation of a request in Anthropic's format.</summary>
internal static class MessageTurns
{
    public static IReadOnlyList<ChatMessage> Read(JsonElement root, List<string> dropped)
    {
        var messages = root.Member("messages");
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            throw new RefusedRequestException("There must be at least one message.", "messages");
        }

        var read = new List<ChatMessage>(messages.GetArrayLength() + 1);
        ReadSystem(root.Member("system"), "system", read);
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var place = $"messages[{index++}]";
            var content = message.Member("content");
            switch (message.Text("role"))
            {
                case "user":
                    ReadUser(content, place, read, dropped);
                    break;
                case "assistant":
                    read.Add(AssistantTurn.Read(content, place, dropped));
                    break;
                case "system":
                    ReadSystem(content, place + ".content", read);
                    break;
                default:
                    throw new RefusedRequestException("The role must be user, assistant or system.", place + ".role");
            }
        }

        if (root.Member("cache_control").IsDefined && read.Count > 0)
        {
            read[^1] = read[^1] with { CacheMark = ChatRequestReader.ReadCacheMark(root) }; // Anthropic moves it to the last block by itself.
        }

        return read;
    }

    /// <summary>The blocks of a content, each with its place; a text counts as one.</summary>
    internal static IEnumerable<(JsonElement Block, string Place)> Blocks(JsonElement content, string place)
    {
        if (content.ValueKind != JsonValueKind.Array)
        {
            throw new RefusedRequestException("Content must be a text or an array of blocks.", place);
        }

        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            var blockPlace = $"{place}[{index++}]";
            yield return block.IsObject ? (block, blockPlace) : throw new RefusedRequestException("A block must be an object.", blockPlace);
        }
    }

    private static void ReadSystem(JsonElement system, string place, List<ChatMessage> read)
    {
        if (!system.IsDefined)
        {
            return;
        }

        List<ChatPart> parts = [];
        if (system.ValueKind == JsonValueKind.String)
        {
            parts.Add(MessageBlocks.Text(system.GetString()!, place));
        }
        else
        {
            foreach (var (block, blockPlace) in Blocks(system, place))
            {
                parts.Add(block.Text("type") == "text"
                    ? MessageBlocks.ReadText(block, blockPlace)
                    : throw new RefusedRequestException("A system prompt can hold nothing but text.", blockPlace + ".type"));
            }
        }

        read.Add(new() { Role = ChatRole.System, Place = place, Parts = parts });
    }

    /// <summary>Results of calls become messages of their own, before everything else that the user says in the same turn.</summary>
    private static void ReadUser(JsonElement content, string place, List<ChatMessage> read, List<string> dropped)
    {
        var contentPlace = place + ".content";
        if (content.ValueKind == JsonValueKind.String)
        {
            read.Add(new() { Role = ChatRole.User, Place = place, Parts = [MessageBlocks.Text(content.GetString()!, contentPlace)] });
            return;
        }

        List<ChatPart> parts = [];
        var hasResults = false;
        foreach (var (block, blockPlace) in Blocks(content, contentPlace))
        {
            if (block.Text("type") == "tool_result")
            {
                hasResults = true;
                read.Add(ReadResult(block, blockPlace, dropped));
            }
            else
            {
                MessageBlocks.Read(block, blockPlace, parts, dropped);
            }
        }

        if (parts.Count > 0 || !hasResults)
        {
            read.Add(new() { Role = ChatRole.User, Place = place, Parts = parts });
        }
    }

    private static ChatMessage ReadResult(JsonElement block, string place, List<string> dropped)
    {
        List<ChatPart> parts = [];
        var content = block.Member("content");
        if (content.ValueKind == JsonValueKind.String)
        {
            parts.Add(MessageBlocks.Text(content.GetString()!, place + ".content"));
        }
        else if (content.IsDefined)
        {
            foreach (var (inner, innerPlace) in Blocks(content, place + ".content"))
            {
                MessageBlocks.Read(inner, innerPlace, parts, dropped);
            }
        }

        return new()
        {
            Role = ChatRole.Tool,
            Place = place,
            Parts = parts,
            ToolCallId = block.Text("tool_use_id") is { Length: > 0 } id ? id : throw new RefusedRequestException("A result must name its call.", place + ".tool_use_id"),
            IsError = RequestReading.Flag(block, "is_error", place + ".") == true,
            CacheMark = ChatRequestReader.ReadCacheMark(block),
        };
    }
}
