using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.OpenAI;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Grok;

/// <summary>xAI.</summary>
/// <remarks>https://docs.x.ai/docs/api-reference</remarks>
internal sealed class GrokProvider() : SingleHostProvider("grok", "https://api.x.ai/v1")
{
    public override IReadOnlyList<string> Aliases { get; } = ["xai"];

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["authorization", "x-api-key"], // the second from Anthropic's SDK
        InjectHeader = "authorization",
        InjectScheme = "Bearer ",
    };

    public override void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
        if (RequestPath.FirstSegment(address.Path).SequenceEqual("messages")
            && headers["authorization"] is null
            && headers["x-api-key"] is { Length: > 0 } key)
        {
            headers.Remove("x-api-key");
            headers.Set("authorization", "Bearer " + key);
        }
    }

    public override string? MessagesPath(string endpoint) => endpoint == "messages" ? endpoint : null;

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesSerialCalls = true,
        Members = ["user"],
    };

    public override IReadOnlyList<ProtocolHeader> ProtocolHeaders { get; } = [new("xai-client-secret.", "authorization", "Bearer "), .. OpenAIRealtime.Protocols];

    public override UpstreamMapping MapRealtime(in ProviderRequest request) => Map(OpenAIRealtime.WithPath(request));

    public override RealtimeTexts? RealtimeTexts => OpenAITexts.Instance;

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) => new OpenAIMeter(statesCost: true);

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.XAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.ChatAndResponses;

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) =>
        RequestPath.FirstSegment(path).SequenceEqual(OpenAIRealtime.Path) ? QueryString.Find(query, "model") : null;
}
