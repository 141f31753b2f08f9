using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Reads an answer of ConverseStream.</summary>
/// <remarks>https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html. Blocks of text and reasoning have no start.</remarks>
internal sealed class ConverseStreamReader(ChatAnswer answer, ClaudeAnswer message) : ChatAnswerReader
{
    private readonly EventStreamFrames _frames = new();
    private readonly Dictionary<long, Block> _blocks = [];

    public override void Read(ReadOnlySpan<byte> bytes)
    {
        _frames.Append(bytes);
        while (_frames.TryTake(out var headers, out var payload))
        {
            ReadFrame(headers.Span, payload);
        }

        if (_frames.IsBroken)
        {
            answer.Fail(ChatFault.Malformed);
        }
    }

    public override void Complete()
    {
        if (_frames.HasRest)
        {
            answer.Fail(ChatFault.CutOff);
        }

        answer.End();
    }

    private void ReadFrame(ReadOnlySpan<byte> headers, ReadOnlyMemory<byte> payload)
    {
        if (EventStreamScanner.Header(headers, ":message-type"u8).SequenceEqual("error"u8))
        {
            answer.Fail(ConverseFaults.Of(Text(headers, ":error-code"u8), Text(headers, ":error-message"u8)));
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            if (EventStreamScanner.Header(headers, ":message-type"u8).SequenceEqual("exception"u8))
            {
                answer.Fail(ConverseFaults.Of(Text(headers, ":exception-type"u8), document.RootElement.Text("message")));
            }
            else
            {
                ReadEvent(EventStreamScanner.Header(headers, ":event-type"u8), document.RootElement);
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The second is how the reader says that an escape is no character.
            answer.Fail(ChatFault.Malformed);
        }
    }

    private static string Text(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(EventStreamScanner.Header(headers, name));

    private void ReadEvent(ReadOnlySpan<byte> type, JsonElement data)
    {
        if (type.SequenceEqual("contentBlockDelta"u8))
        {
            ReadDelta(Of(data), data.Member("delta"));
        }
        else if (type.SequenceEqual("contentBlockStart"u8))
        {
            if (data.Member("start").Member("toolUse") is { ValueKind: JsonValueKind.Object } use)
            {
                var block = Of(data);
                block.IsAnswer = message.IsAnswer(use.Text("name"));
                block.Call = block.IsAnswer ? null : message.BeginCall(use.Text("toolUseId"), use.Text("name"));
            }
        }
        else if (type.SequenceEqual("contentBlockStop"u8))
        {
            EndBlock(data.Integer("contentBlockIndex") ?? 0);
        }
        else if (type.SequenceEqual("messageStart"u8))
        {
            answer.Start(null, null);
        }
        else if (type.SequenceEqual("messageStop"u8))
        {
            message.Finish(data.Text("stopReason") ?? "", default, data.Member("additionalModelResponseFields").Member("delta").Text("stop_sequence"));
        }
        else if (type.SequenceEqual("metadata"u8))
        {
            ConverseReader.Usage(answer, data.Member("usage"));
        }
    }

    private void ReadDelta(Block block, JsonElement delta)
    {
        if (delta.Text("text") is { } text)
        {
            if (!message.UsesAnswerTool)
            {
                message.Text(text);
            }
        }
        else if (delta.Member("toolUse").Text("input") is { Length: > 0 } input)
        {
            if (block.IsAnswer)
            {
                message.Text(input);
            }
            else if (block.Call is { } call)
            {
                answer.Arguments(0, call, input);
            }
        }
        else if (delta.Member("reasoningContent") is { ValueKind: JsonValueKind.Object } reasoning)
        {
            ReadReasoning(block, reasoning);
        }
        else if (delta.Member("citation") is { ValueKind: JsonValueKind.Object } citation)
        {
            ConverseReader.ReadCitation(message, citation, null, null);
        }
    }

    private void ReadReasoning(Block block, JsonElement reasoning)
    {
        block.Detail ??= message.NextDetail();
        if (reasoning.Text("text") is { Length: > 0 } text)
        {
            message.Thinking(text);
        }

        if (reasoning.Text("signature") is { Length: > 0 } signature)
        {
            message.Detail(block.Detail.Value, null, signature, null);
        }

        if (reasoning.Member("redactedContent") is { ValueKind: JsonValueKind.String } redacted)
        {
            if (!redacted.TryGetBytesFromBase64(out var bytes))
            {
                answer.Fail(ChatFault.Malformed);
                return;
            }

            (block.Redacted ??= []).AddRange(bytes); // Each piece is padded for itself, so that the texts cannot be joined.
        }
    }

    private void EndBlock(long index)
    {
        if (!_blocks.Remove(index, out var block))
        {
            return;
        }

        if (block.Call is { } call)
        {
            answer.EndCall(0, call);
        }

        if (block is { Redacted: { } redacted, Detail: { } detail })
        {
            message.Detail(detail, null, null, Convert.ToBase64String([.. redacted]));
        }
    }

    private Block Of(JsonElement data)
    {
        var index = data.Integer("contentBlockIndex") ?? 0;
        if (!_blocks.TryGetValue(index, out var block))
        {
            _blocks[index] = block = new();
        }

        return block;
    }

    private sealed class Block
    {
        /// <summary>The number of its call, if it is one.</summary>
        public int? Call { get; set; }

        /// <summary>Whether it is the call that holds the answer.</summary>
        public bool IsAnswer { get; set; }

        /// <summary>The number of its detail, if it is reasoning.</summary>
        public int? Detail { get; set; }

        /// <summary>Encrypted reasoning so far.</summary>
        public List<byte>? Redacted { get; set; }
    }
}
