using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.OpenAI;

/// <summary>OpenAI.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference</remarks>
internal sealed class OpenAIProvider() : SingleHostProvider("openai", "https://api.openai.com/v1")
{
    private static readonly OpenAIChatToResponses ToResponses = new();

    public override CompletionsDialect Completions { get; } = new()
    {
        CountsCompletionTokens = true,
        TakesSound = true,
        TakesSerialCalls = true,
        Files = FileForm.File,
        Reasoning = ReasoningForm.EffortOfModel,
        Members = ["user", "service_tier", "verbosity", "prompt_cache_key"],
    };

    public override Translation.ChatTranslator? ChatTranslatorOf(string model) => OpenAIModel.IsOnlyInResponses(model) ? ToResponses : null;

    public override IReadOnlyList<ProtocolHeader> ProtocolHeaders { get; } = OpenAIRealtime.Protocols;

    public override UpstreamMapping MapRealtime(in ProviderRequest request) => Map(OpenAIRealtime.WithPath(request));

    public override RealtimeTexts? RealtimeTexts => OpenAITexts.Instance;

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) => new OpenAIMeter();

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.All;

    // The body names the model, but of a realtime session, which has none.
    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) =>
        RequestPath.FirstSegment(path).SequenceEqual(OpenAIRealtime.Path) ? QueryString.Find(query, "model") : null;
}
