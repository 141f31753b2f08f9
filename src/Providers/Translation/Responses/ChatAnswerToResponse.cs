using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Collects an answer and writes it as one of OpenAI's responses.</summary>
/// <param name="facts">What it needs to know about the request.</param>
/// <param name="output">Takes the response; nothing if there is a fault.</param>
/// <remarks>https://platform.openai.com/docs/api-reference/responses/object</remarks>
public sealed class ChatAnswerToResponse(ChatAnswerFacts facts, IBufferWriter<byte> output) : BlockAnswer(facts)
{
    private readonly List<ReadOnlyMemory<byte>> _items = [];
    private ResponseText? _part;
    private string _model = facts.Model;

    /// <inheritdoc/>
    protected override bool NeedsReason => false;

    private bool WantsEncrypted => Facts.Response?.WantsEncryptedReasoning == true;

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
    protected override void EndThought(string text, string envelope) =>
        Add(json => ResponseItem.WriteReasoning(json, ResponseItem.NewId("rs_"), text, WantsEncrypted ? envelope : null));

    /// <inheritdoc/>
    protected override void WriteHiddenThought(string envelope)
    {
        if (WantsEncrypted)
        {
            Add(json => ResponseItem.WriteReasoning(json, ResponseItem.NewId("rs_"), null, envelope));
        }
    }

    /// <inheritdoc/>
    protected override void BeginText(bool isRefusal) => _part = new(isRefusal);

    /// <inheritdoc/>
    protected override void WriteText(string text) => _part!.Append(text);

    /// <inheritdoc/>
    protected override void WriteCitation(in ChatCitation citation) => _part!.Append(citation);

    /// <inheritdoc/>
    protected override void EndText() => Add(json => ResponseItem.WriteMessage(json, ResponseItem.NewId("msg_"), _part));

    /// <inheritdoc/>
    protected override void WriteImage(string url) => Add(json => ResponseItem.WriteImage(json, ResponseItem.NewId("ig_"), url));

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
        var isCustom = Facts.Response?.CustomTools.Contains(call.Name) == true;
        Add(json => ResponseItem.WriteCall(json, ResponseItem.NewId(isCustom ? "ctc_" : "fc_"), call, isCustom ? ResponseItem.InputOf(call) : null, isDone: true));
    }

    /// <inheritdoc/>
    protected override void EndAnswer(ChatFinish reason, in ChatUsage usage)
    {
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        ResponseObject.Write(json, Facts, _model, _items, ResponseEnd.Of(reason, usage));
    }

    private void Add(Action<Utf8JsonWriter> write) => _items.Add(ResponseItem.Of(write));
}
