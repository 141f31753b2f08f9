using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Writes an answer as the stream of events of Anthropic's Messages.</summary>
/// <param name="facts">What it needs to know about the request.</param>
/// <param name="output">Takes the stream; whole events only.</param>
/// <remarks>https://docs.anthropic.com/en/docs/build-with-claude/streaming</remarks>
public sealed class ChatAnswerToMessageEvents(ChatAnswerFacts facts, IBufferWriter<byte> output) : BlockAnswer(facts)
{
    /// <summary>What says that a stream goes on although there is nothing to tell.</summary>
    public static ReadOnlyMemory<byte> PingEvent { get; } = "event: ping\ndata: {\"type\":\"ping\"}\n\n"u8.ToArray();

    private readonly EventWriter _events = new(output);
    private int _index; // of the open block, or of the next one
    private byte[] _head = []; // of the deltas of one block and type
    private byte[] _headType = [];
    private int _headIndex = -1;

    /// <inheritdoc/>
    protected override bool NeedsReason => true;

    /// <inheritdoc/>
    public override void Ping()
    {
        if (Fault is null && HasBegun)
        {
            output.Write(PingEvent.Span);
        }
    }

    /// <inheritdoc/>
    protected override void BeginAnswer(string model)
    {
        var json = Begin("message_start");
        json.WriteStartObject("message"u8);
        MessageParts.WriteHead(json, Facts.Id, model);
        json.WriteStartArray("content"u8);
        json.WriteEndArray();
        MessageParts.WriteStop(json, null, null);

        // Most providers count at the end: what counts is what message_delta says.
        MessageParts.WriteUsage(json, new(0, 1));
        json.WriteEndObject();
        Send();
    }

    /// <inheritdoc/>
    protected override void BeginThought()
    {
        var json = BeginBlock();
        json.WriteString("type"u8, "thinking"u8);
        json.WriteString("thinking"u8, ""u8);
        json.WriteString("signature"u8, ""u8);
        EndInner();
    }

    /// <inheritdoc/>
    protected override void WriteThought(string text) => Delta("thinking_delta"u8, "thinking"u8, text);

    /// <inheritdoc/>
    protected override void EndThought(string text, string envelope)
    {
        Delta("signature_delta"u8, "signature"u8, envelope);
        EndBlock();
    }

    /// <inheritdoc/>
    protected override void WriteHiddenThought(string envelope)
    {
        var json = BeginBlock();
        json.WriteString("type"u8, "redacted_thinking"u8);
        json.WriteString("data"u8, envelope);
        EndInner();
        EndBlock();
    }

    /// <inheritdoc/>
    protected override void BeginText(bool isRefusal)
    {
        var json = BeginBlock();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, ""u8);
        EndInner();
    }

    /// <inheritdoc/>
    protected override void WriteText(string text) => Delta("text_delta"u8, "text"u8, text);

    /// <inheritdoc/>
    protected override void WriteCitation(in ChatCitation citation)
    {
        var json = BeginDelta("citations_delta"u8);
        json.WritePropertyName("citation"u8);
        MessageParts.WriteCitation(json, citation);
        EndInner();
    }

    /// <inheritdoc/>
    protected override void EndText() => EndBlock();

    /// <inheritdoc/>
    protected override void WriteImage(string url)
    {
        BeginText(isRefusal: false);
        WriteText(MessageParts.Image(url));
        EndText();
    }

    /// <inheritdoc/>
    protected override void BeginCall(BlockCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var json = BeginBlock();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteStartObject("input"u8);
        json.WriteEndObject();
        EndInner();
    }

    /// <inheritdoc/>
    protected override void WriteArguments(BlockCall call, string json) => Delta("input_json_delta"u8, "partial_json"u8, json);

    /// <inheritdoc/>
    protected override void EndCall(BlockCall call) => EndBlock();

    /// <inheritdoc/>
    protected override void EndAnswer(ChatFinish reason, in ChatUsage usage)
    {
        var json = Begin("message_delta");
        json.WriteStartObject("delta"u8);
        MessageParts.WriteStop(json, reason, StopSequence);
        json.WriteEndObject();
        MessageParts.WriteUsage(json, usage);
        Send();
        Begin("message_stop");
        Send();
    }

    /// <inheritdoc/>
    protected override void WriteFault(ChatFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ClientError.Write(_events.Begin("error"), ClientFormat.Messages, fault.Status, fault);
        _events.End();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _events.Dispose();
        base.Dispose(disposing);
    }

    private Utf8JsonWriter Begin(string name)
    {
        var json = _events.Begin(name);
        json.WriteStartObject();
        json.WriteString("type"u8, name);
        return json;
    }

    private void Send()
    {
        _events.Json.WriteEndObject();
        _events.End();
    }

    private Utf8JsonWriter BeginBlock()
    {
        var json = Begin("content_block_start");
        json.WriteNumber("index"u8, _index);
        json.WriteStartObject("content_block"u8);
        return json;
    }

    private Utf8JsonWriter BeginDelta(ReadOnlySpan<byte> type)
    {
        var json = Begin("content_block_delta");
        json.WriteNumber("index"u8, _index);
        json.WriteStartObject("delta"u8);
        json.WriteString("type"u8, type);
        return json;
    }

    private void Delta(ReadOnlySpan<byte> type, ReadOnlySpan<byte> name, string text)
    {
        if (_headIndex != _index || !_headType.AsSpan().SequenceEqual(type))
        {
            (_headIndex, _headType, _head) = (_index, type.ToArray(), MakeHead(type));
        }

        output.Write(_head);
        _events.Json.Reset(); // It writes the one member that differs.
        _events.Json.WriteString(name, text);
        _events.Json.Flush();
        output.Write("}}\n\n"u8);
    }

    /// <summary>What all deltas of a block begin with: made once for the block, because there are hundreds of them.</summary>
    private byte[] MakeHead(ReadOnlySpan<byte> type)
    {
        var head = new ArrayBufferWriter<byte>(128);
        head.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        Encoding.UTF8.GetBytes(_index.ToString(CultureInfo.InvariantCulture), head);
        head.Write(",\"delta\":{\"type\":\""u8);
        head.Write(type);
        head.Write("\","u8);
        return head.WrittenSpan.ToArray();
    }

    private void EndInner()
    {
        _events.Json.WriteEndObject();
        Send();
    }

    private void EndBlock()
    {
        Begin("content_block_stop").WriteNumber("index"u8, _index);
        Send();
        _index++;
    }
}
