using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Collects an answer and writes it as one of Anthropic's messages.</summary>
/// <param name="facts">What it needs to know about the request.</param>
/// <param name="output">Takes the message; nothing if there is a fault.</param>
/// <remarks>https://docs.anthropic.com/en/api/messages</remarks>
public sealed class ChatAnswerToMessage(ChatAnswerFacts facts, IBufferWriter<byte> output) : BlockAnswer(facts)
{
    private readonly List<Action<Utf8JsonWriter>> _blocks = [];
    private readonly List<ChatCitation> _citations = [];
    private readonly StringBuilder _text = new();
    private string? _model;

    /// <inheritdoc/>
    protected override bool NeedsReason => false;

    /// <inheritdoc/>
    protected override void BeginAnswer(string model) => _model = model;

    /// <inheritdoc/>
    protected override void BeginThought()
    {
    }

    /// <inheritdoc/>
    protected override void WriteThought(string text)
    {
    }

    /// <inheritdoc/>
    protected override void EndThought(string text, string envelope) => _blocks.Add(json =>
    {
        json.WriteString("type"u8, "thinking"u8);
        json.WriteString("thinking"u8, text);
        json.WriteString("signature"u8, envelope);
    });

    /// <inheritdoc/>
    protected override void WriteHiddenThought(string envelope) => _blocks.Add(json =>
    {
        json.WriteString("type"u8, "redacted_thinking"u8);
        json.WriteString("data"u8, envelope);
    });

    /// <inheritdoc/>
    protected override void BeginText(bool isRefusal) => _text.Clear();

    /// <inheritdoc/>
    protected override void WriteText(string text) => _text.Append(text);

    /// <inheritdoc/>
    protected override void WriteCitation(in ChatCitation citation) => _citations.Add(citation);

    /// <inheritdoc/>
    protected override void EndText()
    {
        AddText(_text.ToString(), [.. _citations]);
        _citations.Clear();
    }

    /// <inheritdoc/>
    protected override void WriteImage(string url) => AddText(MessageParts.Image(url), []);

    /// <inheritdoc/>
    protected override void BeginCall(BlockCall call)
    {
    }

    /// <inheritdoc/>
    protected override void WriteArguments(BlockCall call, string json)
    {
    }

    /// <inheritdoc/>
    protected override void EndCall(BlockCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var input = call.ParseArguments();
        if (input is null)
        {
            AddText(call.Arguments, []); // What the model wrote must not be lost because it is no JSON.
        }

        _blocks.Add(json =>
        {
            json.WriteString("type"u8, "tool_use"u8);
            json.WriteString("id"u8, call.Id);
            json.WriteString("name"u8, call.Name);
            json.WritePropertyName("input"u8);
            if (input is { } value)
            {
                value.WriteTo(json);
            }
            else
            {
                json.WriteStartObject();
                json.WriteEndObject();
            }
        });
    }

    /// <inheritdoc/>
    protected override void EndAnswer(ChatFinish reason, in ChatUsage usage)
    {
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        json.WriteStartObject();
        MessageParts.WriteHead(json, Facts.Id, _model!);
        json.WriteStartArray("content"u8);
        foreach (var block in _blocks)
        {
            json.WriteStartObject();
            block(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        MessageParts.WriteStop(json, reason, StopSequence);
        MessageParts.WriteUsage(json, usage);
        json.WriteEndObject();
    }

    private void AddText(string text, ChatCitation[] citations) => _blocks.Add(json =>
    {
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        if (citations.Length == 0)
        {
            return;
        }

        json.WriteStartArray("citations"u8);
        foreach (var citation in citations)
        {
            MessageParts.WriteCitation(json, citation);
        }

        json.WriteEndArray();
    });
}
