using System.Text;

namespace GatewayActors.Providers.Translation;

/// <summary>
/// An answer in a format where it is a row of blocks of which one is open at a time. Providers may interleave: what belongs to a later
/// block waits until the call that is open is whole.
/// </summary>
/// <param name="facts">What it needs to know about the request.</param>
public abstract class BlockAnswer(ChatAnswerFacts facts) : ChatAnswer
{
    private readonly List<BlockCall> _calls = [];
    private readonly List<Event> _waiting = [];
    private BlockKind _open;
    private BlockCall? _openCall;
    private StringBuilder? _thought; // of the open block
    private ChatFinish? _reason;
    private ChatUsage _usage;
    private bool _hasStarted;

    private enum BlockKind
    {
        None,
        Thought,
        Text,
        Refusal,
        Call,
    }

    private enum EventKind
    {
        Text,
        Refusal,
        Thought,
        Detail,
        Citation,
        Image,
        Call,
        Arguments,
        EndCall,
    }

    /// <inheritdoc/>
    public override bool HasBegun => _hasStarted;

    /// <summary>What it needs to know about the request.</summary>
    protected ChatAnswerFacts Facts { get; } = facts;

    /// <summary>Which of the client's texts ended the answer; null if none did, or nobody says which.</summary>
    protected string? StopSequence { get; private set; }

    /// <summary>Whether an answer that does not say why it ended is cut off.</summary>
    protected abstract bool NeedsReason { get; }

    /// <inheritdoc/>
    public sealed override void Start(string? id, string? model)
    {
        if (!_hasStarted && Fault is null)
        {
            _hasStarted = true;
            BeginAnswer(model ?? Facts.Model);
        }
    }

    /// <inheritdoc/>
    public sealed override void Text(int choice, string text) => Take(choice, new(EventKind.Text, text));

    /// <inheritdoc/>
    public sealed override void Refusal(int choice, string text) => Take(choice, new(EventKind.Refusal, text));

    /// <inheritdoc/>
    public sealed override void Reasoning(int choice, string text) => Take(choice, new(EventKind.Thought, text));

    /// <inheritdoc/>
    public sealed override void ReasoningDetail(int choice, in ChatReasoningDetail detail) => Take(choice, new(EventKind.Detail) { Detail = detail });

    /// <inheritdoc/>
    public sealed override void Citation(int choice, in ChatCitation citation) => Take(choice, new(EventKind.Citation) { Citation = citation });

    /// <inheritdoc/>
    public sealed override void Image(int choice, string url) => Take(choice, new(EventKind.Image, url));

    /// <inheritdoc/>
    public sealed override int BeginCall(int choice, string? id, string name, string? thoughtSignature = null)
    {
        var call = new BlockCall(id ?? CompletionWriter.NewCallId(), Facts.Names.ToClient(name), thoughtSignature);
        _calls.Add(call);
        Take(choice, new(EventKind.Call) { Call = call });
        return _calls.Count - 1;
    }

    /// <inheritdoc/>
    public sealed override void Arguments(int choice, int call, string json) => Take(choice, new(EventKind.Arguments, json) { Call = _calls[call] });

    /// <inheritdoc/>
    public sealed override void EndCall(int choice, int call) => Take(choice, new(EventKind.EndCall) { Call = _calls[call] });

    /// <inheritdoc/>
    public sealed override void Finish(int choice, ChatFinish reason, string? stopSequence = null)
    {
        if (choice == 0)
        {
            Start(null, null);
            if (_reason is null)
            {
                (_reason, StopSequence) = (reason, stopSequence);
            }
        }
    }

    /// <inheritdoc/>
    public sealed override void Usage(in ChatUsage usage) => _usage = usage;

    /// <inheritdoc/>
    public sealed override void End()
    {
        if (Fault is null && !_hasStarted)
        {
            Fail(NeedsReason ? ChatFault.CutOff : ChatFault.Malformed);
        }

        if (Fault is null && _reason is null && NeedsReason)
        {
            Fail(ChatFault.CutOff);
        }

        if (Fault is not null)
        {
            return;
        }

        Close();
        while (_waiting.Count > 0)
        {
            Resume();
            Close();
        }

        EndAnswer(_reason ?? ChatFinish.Stop, _usage);
    }

    /// <summary>The answer begins.</summary>
    protected abstract void BeginAnswer(string model);

    /// <summary>A block of reasoning begins.</summary>
    protected abstract void BeginThought();

    /// <summary>A piece of reasoning.</summary>
    protected abstract void WriteThought(string text);

    /// <summary>A block of reasoning ends.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="envelope">What must come back with it.</param>
    protected abstract void EndThought(string text, string envelope);

    /// <summary>What must come back, and has no text that anybody may read.</summary>
    protected abstract void WriteHiddenThought(string envelope);

    /// <summary>A block of text begins.</summary>
    /// <param name="isRefusal">Whether it says why the model refuses.</param>
    protected abstract void BeginText(bool isRefusal);

    /// <summary>A piece of text.</summary>
    protected abstract void WriteText(string text);

    /// <summary>A page that the open text cites.</summary>
    protected abstract void WriteCitation(in ChatCitation citation);

    /// <summary>A block of text ends.</summary>
    protected abstract void EndText();

    /// <summary>A picture, as a data URL.</summary>
    protected abstract void WriteImage(string url);

    /// <summary>A call begins.</summary>
    protected abstract void BeginCall(BlockCall call);

    /// <summary>A piece of the call's arguments.</summary>
    protected abstract void WriteArguments(BlockCall call, string json);

    /// <summary>A call ends; its arguments are whole.</summary>
    protected abstract void EndCall(BlockCall call);

    /// <summary>The answer ends.</summary>
    protected abstract void EndAnswer(ChatFinish reason, in ChatUsage usage);

    private void Take(int choice, in Event taken)
    {
        if (choice != 0 || Fault is not null || taken.Call is { HasEnded: true })
        {
            return; // Nobody can ask for several choices in these formats, and nothing can be added to what is whole.
        }

        Start(null, null);
        if (_openCall is null || taken.Call == _openCall)
        {
            Apply(taken);
            return;
        }

        _waiting.Add(taken);
        if (_waiting.Count == 1 && _openCall.IsWhole)
        {
            Close();
            Resume();
        }
    }

    /// <summary>Takes what has waited, which another call may stop again.</summary>
    private void Resume()
    {
        Event[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (var next in waiting)
        {
            Take(0, next);
        }
    }

    private void Apply(in Event applied)
    {
        switch (applied.Kind)
        {
            case EventKind.Text:
                Text(BlockKind.Text, applied.Text);
                break;
            case EventKind.Refusal:
                Text(BlockKind.Refusal, applied.Text);
                break;
            case EventKind.Thought when applied.Text.Length > 0:
                OpenThought();
                _thought!.Append(applied.Text);
                WriteThought(applied.Text);
                break;
            case EventKind.Detail:
                Detail(applied.Detail);
                break;
            case EventKind.Citation when _open == BlockKind.Text:
                WriteCitation(applied.Citation);
                break;
            case EventKind.Image:
                Close();
                WriteImage(applied.Text);
                break;
            case EventKind.Call:
                Call(applied.Call!);
                break;
            case EventKind.Arguments when applied.Text.Length > 0:
                applied.Call!.Append(applied.Text);
                WriteArguments(applied.Call, applied.Text);
                break;
            case EventKind.EndCall when applied.Call == _openCall:
                Close();
                Resume();
                break;
        }
    }

    private void Text(BlockKind kind, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_open != kind)
        {
            Close();
            _open = kind;
            BeginText(isRefusal: kind == BlockKind.Refusal);
        }

        WriteText(text);
    }

    private void Call(BlockCall call)
    {
        if (call.ThoughtSignature is { } signature)
        {
            Hide(ThoughtEnvelope.SealCall(signature));
        }

        Close();
        (_open, _openCall) = (BlockKind.Call, call);
        BeginCall(call);
    }

    private void OpenThought()
    {
        if (_open != BlockKind.Thought)
        {
            Close();
            (_open, _thought) = (BlockKind.Thought, new());
            BeginThought();
        }
    }

    private void Detail(in ChatReasoningDetail detail)
    {
        if (_open != BlockKind.Thought && detail is { Data: null, Text.Length: > 0 })
        {
            OpenThought();
            _thought!.Append(detail.Text);
            WriteThought(detail.Text);
        }

        Hide(ThoughtEnvelope.Seal(detail, detail.Data is null ? _thought?.ToString() ?? "" : null));
    }

    /// <summary>Puts what must come back beside the open reasoning, or by itself where none is open.</summary>
    private void Hide(string envelope)
    {
        if (_open == BlockKind.Thought)
        {
            CloseThought(envelope);
        }
        else
        {
            Close();
            WriteHiddenThought(envelope);
        }
    }

    private void CloseThought(string envelope)
    {
        var text = _thought!.ToString();
        (_open, _thought) = (BlockKind.None, null);
        EndThought(text, envelope);
    }

    private void Close()
    {
        switch (_open)
        {
            case BlockKind.Thought:
                CloseThought(ThoughtEnvelope.Empty);
                break;
            case BlockKind.Text or BlockKind.Refusal:
                _open = BlockKind.None;
                EndText();
                break;
            case BlockKind.Call:
                var call = _openCall!;
                (_open, _openCall) = (BlockKind.None, null);
                if (call.IsEmpty)
                {
                    call.Append("{}");
                    WriteArguments(call, "{}");
                }

                call.HasEnded = true;
                EndCall(call);
                break;
            case BlockKind.None:
                break;
        }
    }

    private readonly record struct Event(EventKind Kind, string Text = "")
    {
        public BlockCall? Call { get; init; }

        public ChatReasoningDetail Detail { get; init; }

        public ChatCitation Citation { get; init; }
    }
}
