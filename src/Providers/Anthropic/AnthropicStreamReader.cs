using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Reads a message that comes as a stream of events.</summary>
/// <remarks>https://docs.anthropic.com/en/docs/build-with-claude/streaming. Blocks that OpenAI's format has no place for are passed over.</remarks>
internal sealed class AnthropicStreamReader(ChatAnswer answer, ClaudeAnswer message) : EventAnswerReader(answer)
{
    private readonly Dictionary<long, Block> _blocks = [];
    private byte[] _usage = []; // as the start of the message states it
    private string? _id;
    private bool _hasStarted;

    private enum Kind
    {
        Other,
        Text,
        Thinking,
        Call,
        Answer,
    }

    protected override void Read(JsonElement data)
    {
        switch (data.Text("type"))
        {
            case "content_block_delta":
                ReadDelta(data);
                break;
            case "content_block_start":
                ReadBlock(data.Integer("index") ?? 0, data.Member("content_block"));
                break;
            case "content_block_stop":
                EndBlock(data.Integer("index") ?? 0);
                break;
            case "message_start":
                Start(data.Member("message"));
                break;
            case "message_delta":
                message.Usage(_usage, data.Member("usage"));
                if (data.Member("delta").Text("stop_reason") is { } reason)
                {
                    message.Finish(reason, data.Member("delta").Member("stop_details"), data.Member("delta").Text("stop_sequence"));
                }

                break;
            case "ping":
                Answer.Ping();
                break;
            case "error":
                message.Fail(data.Member("error"));
                break;
        }
    }

    private void Start(JsonElement start)
    {
        var id = start.Text("id");
        if (_hasStarted)
        {
            if (id != _id)
            {
                Answer.Fail(ChatFault.Malformed); // Two answers in one stream belong to nobody.
            }

            return;
        }

        (_hasStarted, _id) = (true, id);
        Answer.Start(id, start.Text("model"));
        if (start.Member("usage") is { ValueKind: JsonValueKind.Object } usage)
        {
            _usage = JsonMarshal.GetRawUtf8Value(usage).ToArray();
            message.Usage(_usage, default);
        }

        // Calls that programs of the model's have made stand here already, whole.
        foreach (var block in start.Items("content"))
        {
            if (block.Text("type") == "tool_use")
            {
                ReadBlock(-1, block);
                EndBlock(-1);
            }
        }
    }

    private void ReadBlock(long index, JsonElement block)
    {
        var read = new Block();
        switch (block.Text("type"))
        {
            case "text":
                read = new() { Kind = Kind.Text };
                Text(block.Text("text"));
                break;
            case "thinking":
                read = new() { Kind = Kind.Thinking, Number = message.NextDetail() };
                Thinking(read, block);
                break;
            case "redacted_thinking":
                message.Detail(message.NextDetail(), null, null, block.Text("data") ?? "");
                break;
            case "tool_use":
                read = message.IsAnswer(block.Text("name")) ? new() { Kind = Kind.Answer } : new() { Kind = Kind.Call, Number = message.BeginCall(block.Text("id"), block.Text("name")) };
                if (block.Member("input") is { ValueKind: JsonValueKind.Object } input && input.EnumerateObject().MoveNext())
                {
                    Arguments(read, input.GetRawText());
                }

                break;
        }

        _blocks[index] = read;
    }

    private void ReadDelta(JsonElement data)
    {
        if (!_blocks.TryGetValue(data.Integer("index") ?? 0, out var block))
        {
            return;
        }

        var delta = data.Member("delta");
        switch (block.Kind)
        {
            case Kind.Text:
                Text(delta.Text("text"));
                if (delta.Member("citation") is { ValueKind: JsonValueKind.Object } citation)
                {
                    message.Citation(citation.Text("url"), citation.Text("title"), null, null);
                }

                break;
            case Kind.Thinking:
                Thinking(block, delta);
                break;
            case Kind.Call or Kind.Answer:
                Arguments(block, delta.Text("partial_json"));
                break;
        }
    }

    private void EndBlock(long index)
    {
        if (_blocks.Remove(index, out var block) && block.Kind == Kind.Call)
        {
            Answer.EndCall(0, block.Number);
        }
    }

    private void Text(string? text)
    {
        if (text is { Length: > 0 } && !message.UsesAnswerTool)
        {
            message.Text(text);
        }
    }

    private void Thinking(Block block, JsonElement holder)
    {
        if (holder.Text("thinking") is { Length: > 0 } text)
        {
            message.Thinking(text);
        }

        if (holder.Text("signature") is { Length: > 0 } signature)
        {
            message.Detail(block.Number, null, signature, null);
        }
    }

    private void Arguments(Block block, string? json)
    {
        if (json is not { Length: > 0 })
        {
            return;
        }

        if (block.Kind == Kind.Answer)
        {
            message.Text(json);
        }
        else
        {
            Answer.Arguments(0, block.Number, json);
        }
    }

    private readonly record struct Block(Kind Kind, int Number); // the number of a call, or of a detail
}
