using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Writes an answer as a stream of OpenAI's chunks.</summary>
/// <param name="facts">What it needs to know about the request.</param>
/// <param name="output">Takes the stream; whole events only.</param>
public sealed class ChunkWriter(ChatAnswerFacts facts, IBufferWriter<byte> output) : ChatAnswer
{
    internal static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter _json = new(output, AsWritten);
    private readonly List<Choice> _choices = [];
    private string _id = facts.Id;
    private string _model = facts.Model;
    private ChatUsage? _usage;
    private bool _hasStarted;

    /// <inheritdoc/>
    public override bool HasBegun => _choices.Count > 0;

    /// <inheritdoc/>
    public override void Start(string? id, string? model)
    {
        if (!_hasStarted)
        {
            (_id, _model, _hasStarted) = (id ?? _id, model ?? _model, true);
            _choices.ForEach(static choice => choice.Head = null);
            _ = Open(0);
        }
    }

    /// <inheritdoc/>
    public override void Text(int choice, string text) => Delta(choice, "content"u8, text);

    /// <inheritdoc/>
    public override void Refusal(int choice, string text) => Delta(choice, "refusal"u8, text);

    /// <inheritdoc/>
    public override void Reasoning(int choice, string text) => Delta(choice, "reasoning_content"u8, text);

    /// <inheritdoc/>
    public override void ReasoningDetail(int choice, in ChatReasoningDetail detail)
    {
        if (BeginDelta(choice))
        {
            _json.WriteStartArray("reasoning_details"u8);
            detail.Write(_json);
            _json.WriteEndArray();
            EndDelta(null);
        }
    }

    /// <inheritdoc/>
    public override void Citation(int choice, in ChatCitation citation)
    {
        if (BeginDelta(choice))
        {
            _json.WriteStartArray("annotations"u8);
            citation.Write(_json);
            _json.WriteEndArray();
            EndDelta(null);
        }
    }

    /// <inheritdoc/>
    public override void Image(int choice, string url)
    {
        if (BeginDelta(choice))
        {
            CompletionWriter.WriteImages(_json, [url]);
            EndDelta(null);
        }
    }

    /// <inheritdoc/>
    public override int BeginCall(int choice, string? id, string name, string? thoughtSignature = null)
    {
        var state = Open(choice);
        var call = state.Calls.Count;
        state.Calls.Add(false);
        if (!BeginDelta(choice))
        {
            return call;
        }

        var clientName = facts.Names.ToClient(name);
        if (facts.UsesFunctions)
        {
            _json.WriteStartObject("function_call"u8);
            _json.WriteString("name"u8, clientName);
            _json.WriteString("arguments"u8, ""u8);
            _json.WriteEndObject();
        }
        else
        {
            _json.WriteStartArray("tool_calls"u8);
            _json.WriteStartObject();
            _json.WriteNumber("index"u8, call);
            _json.WriteString("id"u8, id ?? CompletionWriter.NewCallId());
            _json.WriteString("type"u8, "function"u8);
            _json.WriteStartObject("function"u8);
            _json.WriteString("name"u8, clientName);
            _json.WriteString("arguments"u8, ""u8);
            _json.WriteEndObject();
            CompletionWriter.WriteThoughtSignature(_json, thoughtSignature);
            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        EndDelta(null);
        return call;
    }

    /// <inheritdoc/>
    public override void Arguments(int choice, int call, string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length == 0 || !BeginDelta(choice))
        {
            return;
        }

        _choices[choice].Calls[call] = true;
        if (facts.UsesFunctions)
        {
            _json.WriteStartObject("function_call"u8);
            _json.WriteString("arguments"u8, json);
            _json.WriteEndObject();
        }
        else
        {
            _json.WriteStartArray("tool_calls"u8);
            _json.WriteStartObject();
            _json.WriteNumber("index"u8, call);
            _json.WriteStartObject("function"u8);
            _json.WriteString("arguments"u8, json);
            _json.WriteEndObject();
            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        EndDelta(null);
    }

    /// <inheritdoc/>
    public override void EndCall(int choice, int call)
    {
        if (!_choices[choice].Calls[call])
        {
            Arguments(choice, call, "{}");
        }
    }

    /// <inheritdoc/>
    public override void Finish(int choice, ChatFinish reason, string? stopSequence = null)
    {
        var state = Open(choice);
        if (!state.IsFinished && BeginDelta(choice))
        {
            state.IsFinished = true;
            EndDelta(CompletionWriter.Word(reason, facts.UsesFunctions));
        }
    }

    /// <inheritdoc/>
    public override void Usage(in ChatUsage usage) => _usage = usage;

    /// <inheritdoc/>
    public override void Ping()
    {
        if (Fault is null)
        {
            output.Write(": ping\n\n"u8);
        }
    }

    /// <inheritdoc/>
    public override void End()
    {
        if (Fault is not null)
        {
            return;
        }

        if (_choices.Count == 0 || _choices.Exists(choice => !choice.IsFinished))
        {
            Fail(ChatFault.CutOff);
            return;
        }

        if (facts.IncludeUsage && _usage is { } usage)
        {
            BeginChunk();
            _json.WriteStartArray("choices"u8);
            _json.WriteEndArray();
            usage.Write(_json);
            EndChunk();
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    /// <inheritdoc/>
    protected override void WriteFault(ChatFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        output.Write("data: "u8);
        _json.Reset();
        fault.Write(_json);
        _json.Flush();
        output.Write("\n\n"u8);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _json.Dispose();
        base.Dispose(disposing);
    }

    private void Delta(int choice, ReadOnlySpan<byte> name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > 0 && BeginDelta(choice))
        {
            _json.WriteString(name, text);
            EndDelta(null);
        }
    }

    /// <summary>The state of a choice, whose first chunk names the role.</summary>
    private Choice Open(int choice)
    {
        while (_choices.Count <= choice)
        {
            var index = _choices.Count;
            _choices.Add(new());
            if (BeginDelta(index))
            {
                _json.WriteString("role"u8, "assistant"u8);
                _json.WriteString("content"u8, ""u8);
                EndDelta(null);
            }
        }

        return _choices[choice];
    }

    private bool BeginDelta(int choice)
    {
        if (Fault is not null)
        {
            return false;
        }

        var state = Open(choice);
        output.Write(state.Head ??= MakeHead(choice));
        _json.Reset(); // It writes the members of the delta alone.
        return true;
    }

    private void EndDelta(string? finishReason)
    {
        _json.Flush();
        if (finishReason is null)
        {
            output.Write("},\"logprobs\":null,\"finish_reason\":null}]"u8);
        }
        else
        {
            output.Write("},\"logprobs\":null,\"finish_reason\":\""u8);
            Encoding.UTF8.GetBytes(finishReason, output);
            output.Write("\"}]"u8);
        }

        output.Write(facts.IncludeUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);
    }

    /// <summary>What every chunk of a choice begins with, up to the members of its delta: made once, because there are hundreds of them.</summary>
    private byte[] MakeHead(int choice)
    {
        var head = new ArrayBufferWriter<byte>(256);
        head.Write("data: "u8);
        using var json = new Utf8JsonWriter(head, AsWritten);
        WriteTop(json);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice);
        json.WriteStartObject("delta"u8);
        json.Flush();
        return head.WrittenSpan.ToArray();
    }

    private void BeginChunk()
    {
        output.Write("data: "u8);
        _json.Reset();
        WriteTop(_json);
    }

    private void WriteTop(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "chat.completion.chunk"u8);
        json.WriteNumber("created"u8, facts.Created);
        json.WriteString("model"u8, _model);
    }

    private void EndChunk()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    private sealed class Choice
    {
        /// <summary>Of each call, whether it has arguments.</summary>
        public List<bool> Calls { get; } = [];

        public bool IsFinished { get; set; }

        public byte[]? Head { get; set; }
    }
}
