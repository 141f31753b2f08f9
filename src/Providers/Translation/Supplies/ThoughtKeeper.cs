using System.Text;

namespace GatewayActors.Providers.Translation.Supplies;

/// <summary>Passes an answer on, and notes what its provider wants back with its calls. One instance per answer; not thread-safe.</summary>
/// <param name="inner">Takes the answer; stays the caller's.</param>
public sealed class ThoughtKeeper(ChatAnswer inner) : ChatAnswer
{
    private readonly List<ChatReasoningDetail> _details = [];
    private readonly Dictionary<string, string> _signatures = new(StringComparer.Ordinal);
    private readonly StringBuilder _reasoning = new(); // that no detail has covered yet
    private string? _firstCall;
    private bool _isTaken;

    /// <inheritdoc/>
    public override bool HasBegun => inner.HasBegun;

    /// <summary>What there is to keep once the answer has its calls: their first id, and the thoughts. Given out once.</summary>
    public (string Call, ReadOnlyMemory<byte> Thoughts)? Take()
    {
        if (_isTaken || _firstCall is not { } call || (_details.Count == 0 && _signatures.Count == 0))
        {
            return null;
        }

        _isTaken = true;
        return (call, KeptThoughts.Write(_details, _signatures));
    }

    /// <summary>Whether the answer has ended, so that <see cref="Take"/> gives out all of it.</summary>
    public bool HasFinished { get; private set; }

    /// <inheritdoc/>
    public override void Start(string? id, string? model) => inner.Start(id, model);

    /// <inheritdoc/>
    public override void Text(int choice, string text) => inner.Text(choice, text);

    /// <inheritdoc/>
    public override void Refusal(int choice, string text) => inner.Refusal(choice, text);

    /// <inheritdoc/>
    public override void Reasoning(int choice, string text)
    {
        if (choice == 0)
        {
            _reasoning.Append(text);
        }

        inner.Reasoning(choice, text);
    }

    /// <inheritdoc/>
    public override void ReasoningDetail(int choice, in ChatReasoningDetail detail)
    {
        if (choice == 0)
        {
            // In a stream the text that a signature covers went before it.
            _details.Add(detail is { Data: null, Text: null } ? detail with { Text = _reasoning.ToString() } : detail);
            _reasoning.Clear();
        }

        inner.ReasoningDetail(choice, detail);
    }

    /// <inheritdoc/>
    public override void Citation(int choice, in ChatCitation citation) => inner.Citation(choice, citation);

    /// <inheritdoc/>
    public override void Image(int choice, string url) => inner.Image(choice, url);

    /// <inheritdoc/>
    public override int BeginCall(int choice, string? id, string name, string? thoughtSignature = null)
    {
        id ??= CompletionWriter.NewCallId(); // Here, because the client will name it.
        if (choice == 0)
        {
            _firstCall ??= id;
            if (thoughtSignature is not null)
            {
                _signatures[id] = thoughtSignature;
            }
        }

        return inner.BeginCall(choice, id, name, thoughtSignature);
    }

    /// <inheritdoc/>
    public override void Arguments(int choice, int call, string json) => inner.Arguments(choice, call, json);

    /// <inheritdoc/>
    public override void EndCall(int choice, int call) => inner.EndCall(choice, call);

    /// <inheritdoc/>
    public override void Finish(int choice, ChatFinish reason, string? stopSequence = null)
    {
        HasFinished = true;
        inner.Finish(choice, reason, stopSequence);
    }

    /// <inheritdoc/>
    public override void Usage(in ChatUsage usage) => inner.Usage(usage);

    /// <inheritdoc/>
    public override void Ping() => inner.Ping();

    /// <inheritdoc/>
    public override void End() => inner.End();

    /// <inheritdoc/>
    protected override void WriteFault(ChatFault fault) => inner.Fail(fault);
}
