using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Writes an answer as the stream of events of OpenAI's Responses.</summary>
/// <param name="facts">What it needs to know about the request.</param>
/// <param name="output">Takes the stream; whole events only.</param>
/// <remarks>https://platform.openai.com/docs/api-reference/responses-streaming</remarks>
public sealed class ChatAnswerToResponseEvents(ChatAnswerFacts facts, IBufferWriter<byte> output) : BlockAnswer(facts)
{
    private readonly EventWriter _events = new(output);
    private readonly List<ReadOnlyMemory<byte>> _items = []; // that are whole
    private string _model = facts.Model;
    private string _item = ""; // the id of the open one
    private ResponseText? _part;
    private int _sequence;

    /// <inheritdoc/>
    protected override bool NeedsReason => true;

    /// <inheritdoc/>
    public override void Ping()
    {
        if (Fault is null && HasBegun)
        {
            output.Write(": ping\n\n"u8);
        }
    }

    /// <inheritdoc/>
    protected override void BeginAnswer(string model)
    {
        _model = model;
        WriteResponse("response.created", null);
        WriteResponse("response.in_progress", null);
    }

    /// <inheritdoc/>
    protected override void BeginThought()
    {
        _item = ResponseItem.NewId("rs_");
        AddItem(json => ResponseItem.WriteReasoning(json, _item, null, null));
        Begin("response.reasoning_summary_part.added", "summary_index").WritePropertyName("part"u8);
        ResponseItem.WriteSummary(_events.Json, "");
        Send();
    }

    /// <inheritdoc/>
    protected override void WriteThought(string text)
    {
        Begin("response.reasoning_summary_text.delta", "summary_index").WriteString("delta"u8, text);
        Send();
    }

    /// <inheritdoc/>
    protected override void EndThought(string text, string envelope)
    {
        Begin("response.reasoning_summary_text.done", "summary_index").WriteString("text"u8, text);
        Send();
        Begin("response.reasoning_summary_part.done", "summary_index").WritePropertyName("part"u8);
        ResponseItem.WriteSummary(_events.Json, text);
        Send();
        EndItem(json => ResponseItem.WriteReasoning(json, _item, text, Facts.Response?.WantsEncryptedReasoning == true ? envelope : null));
    }

    /// <inheritdoc/>
    protected override void WriteHiddenThought(string envelope)
    {
        if (Facts.Response?.WantsEncryptedReasoning == true)
        {
            _item = ResponseItem.NewId("rs_");
            AddItem(json => ResponseItem.WriteReasoning(json, _item, null, null));
            EndItem(json => ResponseItem.WriteReasoning(json, _item, null, envelope));
        }
    }

    /// <inheritdoc/>
    protected override void BeginText(bool isRefusal)
    {
        (_item, _part) = (ResponseItem.NewId("msg_"), new(isRefusal));
        AddItem(json => ResponseItem.WriteMessage(json, _item, null));
        WritePart("response.content_part.added");
    }

    /// <inheritdoc/>
    protected override void WriteText(string text)
    {
        _part!.Append(text);
        var json = Begin(_part.IsRefusal ? "response.refusal.delta" : "response.output_text.delta", "content_index");
        json.WriteString("delta"u8, text);
        if (!_part.IsRefusal)
        {
            WriteNoLogProbabilities(json);
        }

        Send();
    }

    /// <inheritdoc/>
    protected override void WriteCitation(in ChatCitation citation)
    {
        var json = Begin("response.output_text.annotation.added", "content_index");
        json.WriteNumber("annotation_index"u8, _part!.Citations);
        _part.Append(citation);
        json.WritePropertyName("annotation"u8);
        _part.WriteCitation(json, citation);
        Send();
    }

    /// <inheritdoc/>
    protected override void EndText()
    {
        var part = _part!;
        var json = Begin(part.IsRefusal ? "response.refusal.done" : "response.output_text.done", "content_index");
        json.WriteString(part.IsRefusal ? "refusal"u8 : "text"u8, part.Text);
        if (!part.IsRefusal)
        {
            WriteNoLogProbabilities(json);
        }

        Send();
        WritePart("response.content_part.done");
        EndItem(writer => ResponseItem.WriteMessage(writer, _item, part));
    }

    /// <inheritdoc/>
    protected override void WriteImage(string url)
    {
        _item = ResponseItem.NewId("ig_");
        AddItem(json => ResponseItem.WriteImage(json, _item, url));
        EndItem(json => ResponseItem.WriteImage(json, _item, url));
    }

    /// <inheritdoc/>
    protected override void BeginCall(BlockCall call)
    {
        var isCustom = IsCustom(call);
        _item = ResponseItem.NewId(isCustom ? "ctc_" : "fc_");
        AddItem(json => ResponseItem.WriteCall(json, _item, call, isCustom ? "" : null, isDone: false));
    }

    /// <inheritdoc/>
    protected override void WriteArguments(BlockCall call, string json)
    {
        if (!IsCustom(call)) // whose text stands inside of the JSON, and is known when that is whole
        {
            Begin("response.function_call_arguments.delta", null).WriteString("delta"u8, json);
            Send();
        }
    }

    /// <inheritdoc/>
    protected override void EndCall(BlockCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var input = IsCustom(call) ? ResponseItem.InputOf(call) : null;
        if (input is null)
        {
            Begin("response.function_call_arguments.done", null).WriteString("arguments"u8, call.Arguments);
            _events.Json.WriteString("name"u8, call.Name);
            Send();
        }
        else
        {
            Begin("response.custom_tool_call_input.delta", null).WriteString("delta"u8, input);
            Send();
            Begin("response.custom_tool_call_input.done", null).WriteString("input"u8, input);
            Send();
        }

        EndItem(json => ResponseItem.WriteCall(json, _item, call, input, isDone: true));
    }

    /// <inheritdoc/>
    protected override void EndAnswer(ChatFinish reason, in ChatUsage usage)
    {
        var end = ResponseEnd.Of(reason, usage);
        WriteResponse("response." + end.Status, end);
    }

    /// <inheritdoc/>
    protected override void WriteFault(ChatFault fault)
    {
        if (HasBegun)
        {
            WriteResponse("response.failed", new("failed") { Fault = fault });
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _events.Dispose();
        base.Dispose(disposing);
    }

    private bool IsCustom(BlockCall call) => Facts.Response?.CustomTools.Contains(call.Name) == true;

    private void WriteResponse(string name, ResponseEnd? end)
    {
        Open(name).WritePropertyName("response"u8);
        ResponseObject.Write(_events.Json, Facts, _model, _items, end);
        Send();
    }

    private void WritePart(string name)
    {
        Begin(name, "content_index").WritePropertyName("part"u8);
        _part!.Write(_events.Json);
        Send();
    }

    private void AddItem(Action<Utf8JsonWriter> write)
    {
        var json = Open("response.output_item.added");
        json.WriteNumber("output_index"u8, _items.Count);
        json.WritePropertyName("item"u8);
        write(json);
        Send();
    }

    private void EndItem(Action<Utf8JsonWriter> write)
    {
        var item = ResponseItem.Of(write);
        var json = Open("response.output_item.done");
        json.WriteNumber("output_index"u8, _items.Count);
        json.WritePropertyName("item"u8);
        json.WriteRawValue(item.Span, skipInputValidation: true);
        Send();
        _items.Add(item);
    }

    /// <summary>Begins an event about the open item.</summary>
    private Utf8JsonWriter Begin(string name, string? index)
    {
        var json = Open(name);
        json.WriteString("item_id"u8, _item);
        json.WriteNumber("output_index"u8, _items.Count);
        if (index is not null)
        {
            json.WriteNumber(index, 0);
        }

        return json;
    }

    private Utf8JsonWriter Open(string name)
    {
        var json = _events.Begin(name);
        json.WriteStartObject();
        json.WriteString("type"u8, name);
        json.WriteNumber("sequence_number"u8, _sequence++);
        return json;
    }

    private void Send()
    {
        _events.Json.WriteEndObject();
        _events.End();
    }

    private static void WriteNoLogProbabilities(Utf8JsonWriter json)
    {
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
    }
}
