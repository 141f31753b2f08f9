using GatewayActors.Providers.Usage.Dialects;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>Gemini's Live API: usage stands beside any message and is repeated within a turn, so the last one of each turn counts.</summary>
/// <remarks>https://ai.google.dev/api/live. The server sends its JSON in binary messages.</remarks>
internal sealed class GeminiLiveMeter() : JsonMeter(ClientMembers, ProviderMembers)
{
    private const int SetupModel = 0, ClientTurn = 1;
    private const int Usage = 0, TurnComplete = 1, Parts = 2, ToolCall = 3;

    private static readonly JsonPaths ClientMembers = new(("setup.model", SetupModel), ("clientContent.turnComplete", ClientTurn));

    private static readonly JsonPaths ProviderMembers = new(
        ("usageMetadata", Usage),
        ("serverContent.turnComplete", TurnComplete),
        ("serverContent.modelTurn.parts[]", Parts),
        ("toolCall.functionCalls[]", ToolCall));

    private static readonly JsonPaths PromptDetails = LabelledSum.PathsOf("promptTokensDetails", "modality", "tokenCount");
    private static readonly JsonPaths ResponseDetails = LabelledSum.PathsOf("responseTokensDetails", "modality", "tokenCount");
    private static readonly byte[] Audio = [.. "\"AUDIO\""u8];
    private static readonly byte[] Image = [.. "\"IMAGE\""u8];

    private byte[]? _last;
    private bool _isOpen;
    private bool _isOver; // The turn is complete, and its usage has not come.
    private long _seenParts;

    public override bool ReadsBinary => true;

    public override bool IsTurnOpen => _isOpen && _last is null;

    public override void Complete(TimeSpan connected) => TellUse("broken");

    protected override void OnClient(CapturedMembers members, long characters)
    {
        if (members.Text(SetupModel) is { } model)
        {
            Model = model.StartsWith("models/", StringComparison.Ordinal) ? model["models/".Length..] : model;
        }

        _isOpen |= Is(members, ClientTurn, "true"u8);
    }

    protected override void OnProvider(CapturedMembers members)
    {
        var parts = members.CountOf(Parts) + members.CountOf(ToolCall);
        if (parts != _seenParts)
        {
            if (_isOver)
            {
                TellUse("completed"); // The next turn has begun, and nothing was said about this one.
            }

            (_seenParts, _isOpen) = (parts, true);
        }

        if (members[Usage].IndexOf("TokenCount\""u8) >= 0)
        {
            _last = members[Usage].ToArray();
        }

        _isOver |= Is(members, TurnComplete, "true"u8);
        if (_isOver && _last is not null)
        {
            TellUse("completed");
        }
    }

    private void TellUse(string status)
    {
        var raw = _last;
        (_last, _isOver, _isOpen) = (null, false, false);
        if (raw is null || UsageMath.Gemini(new UsageNumbers().Add(raw)) is not { } usage)
        {
            return;
        }

        Tell(new()
        {
            Kind = "response",
            Status = status,
            Usage = usage with
            {
                AudioIn = LabelledSum.Of(raw, PromptDetails, Audio),
                AudioOut = LabelledSum.Of(raw, ResponseDetails, Audio),
                ImageIn = LabelledSum.Of(raw, PromptDetails, Image),
            },
        });
    }
}
