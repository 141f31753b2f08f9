namespace GatewayActors.Providers.Translation;

/// <summary>Passes an answer on without the code fence around its text. What a fence may begin or end with is held back.</summary>
internal sealed class UnfencedAnswer(ChatAnswer inner) : ChatAnswer
{
    private readonly List<CodeFence?> _fences = []; // by choice; null once its text has ended

    public override void Start(string? id, string? model) => inner.Start(id, model);

    public override void Text(int choice, string text)
    {
        while (_fences.Count <= choice)
        {
            _fences.Add(new());
        }

        inner.Text(choice, _fences[choice]?.Push(text) ?? text);
    }

    public override void Refusal(int choice, string text) => inner.Refusal(choice, text);

    public override void Reasoning(int choice, string text) => inner.Reasoning(choice, text);

    public override void ReasoningDetail(int choice, in ChatReasoningDetail detail) => inner.ReasoningDetail(choice, detail);

    public override void Citation(int choice, in ChatCitation citation) => inner.Citation(choice, citation);

    public override void Image(int choice, string url) => inner.Image(choice, url);

    public override int BeginCall(int choice, string? id, string name, string? thoughtSignature = null)
    {
        EndText(choice);
        return inner.BeginCall(choice, id, name, thoughtSignature);
    }

    public override void Arguments(int choice, int call, string json) => inner.Arguments(choice, call, json);

    public override void EndCall(int choice, int call) => inner.EndCall(choice, call);

    public override void Finish(int choice, ChatFinish reason, string? stopSequence = null)
    {
        EndText(choice);
        inner.Finish(choice, reason, stopSequence);
    }

    public override void Usage(in ChatUsage usage) => inner.Usage(usage);

    public override void Ping() => inner.Ping();

    public override void End()
    {
        for (var choice = 0; choice < _fences.Count; choice++)
        {
            EndText(choice);
        }

        inner.End();
    }

    protected override void WriteFault(ChatFault fault) => inner.Fail(fault);

    private void EndText(int choice)
    {
        if (choice < _fences.Count && _fences[choice] is { } fence)
        {
            _fences[choice] = null;
            inner.Text(choice, fence.End());
        }
    }
}
