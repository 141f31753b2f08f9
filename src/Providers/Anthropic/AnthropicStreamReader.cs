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
        switch (data.Text("type"u8))
        {
            case "content_block_delta":
                ReadDelta(data);
                break;
            case "content_block_start":
                ReadBlock(data.Integer("index"u8) ?? 0, data.Member("content_block"u8));
                break;
            case "content_block_stop":
                EndBlock(data.Integer("index"u8) ?? 0);
                break;
            case "message_start":
                Start(data.Member("message"u8));
                break;
            case "message_delta":
                message.Usage(_usage, data.Member("usage"u8));
                if (data.Member("delta"u8).Text("stop_reason"u8) is { } reason)
                {
                    message.Finish(reason, data.Member("delta"u8).Member("stop_details"u8), data.Member("delta"u8).Text("stop_sequence"u8));
                }

                break;
            case "ping":
                Answer.Ping();
                break;
            case "error":
                message.Fail(data.Member("error"u8));
                break;
        }
    }

    private void Start(JsonElement start)
    {
        var id = start.Text("id"u8);
        if (_hasStarted)
        {
            if (id != _id)
            {
                Answer.Fail(ChatFault.Malformed); // Two answers in one stream belong to nobody.
            }

            return;
        }

        (_hasStarted, _id) = (true, id);
        Answer.Start(id, start.Text("model"u8));
        if (start.Member("usage"u8) is { ValueKind: JsonValueKind.Object } usage)
        {
            _usage = JsonMarshal.GetRawUtf8Value(usage).ToArray();
            message.Usage(_usage, default);
        }

        // Calls that programs of the model's have made stand here already, whole.
        foreach (var block in start.Items("content"u8))
        {
            if (block.Text("type"u8) == "tool_use")
            {
                ReadBlock(-1, block);
                EndBlock(-1);
            }
        }
    }

    private void ReadBlock(long index, JsonElement block)
    {
        var read = new Block();
        switch (block.Text("type"u8))
        {
            case "text":
                read = new() { Kind = Kind.Text };
                Text(block.Text("text"u8));
                break;
            case "thinking":
                read = new() { Kind = Kind.Thinking, Number = message.NextDetail() };
                Thinking(read, block);
                break;
            case "redacted_thinking":
                message.Detail(message.NextDetail(), null, null, block.Text("data"u8) ?? "");
                break;
            case "tool_use":
                read = message.IsAnswer(block.Text("name"u8)) ? new() { Kind = Kind.Answer } : new() { Kind = Kind.Call, Number = message.BeginCall(block.Text("id"u8), block.Text("name"u8)) };
                if (block.Member("input"u8) is { ValueKind: JsonValueKind.Object } input && input.EnumerateObject().MoveNext())
                {
                    Arguments(read, input.GetRawText());
                }

                break;
        }

        _blocks[index] = read;
    }

    private void ReadDelta(JsonElement data)
    {
        if (!_blocks.TryGetValue(data.Integer("index"u8) ?? 0, out var block))
        {
            return;
        }

        var delta = data.Member("delta"u8);
        switch (block.Kind)
        {
            case Kind.Text:
                Text(delta.Text("text"u8));
                if (delta.Member("citation"u8) is { ValueKind: JsonValueKind.Object } citation)
                {
                    message.Citation(citation.Text("url"u8), citation.Text("title"u8), null, null);
                }

                break;
            case Kind.Thinking:
                Thinking(block, delta);
                break;
            case Kind.Call or Kind.Answer:
                Arguments(block, delta.Text("partial_json"u8));
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
        if (holder.Text("thinking"u8) is { Length: > 0 } text)
        {
            message.Thinking(text);
        }

        if (holder.Text("signature"u8) is { Length: > 0 } signature)
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
