using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Deepgram;

/// <summary>Deepgram. The model is named by the query.</summary>
/// <remarks>https://developers.deepgram.com/reference</remarks>
internal sealed class DeepgramProvider() : SingleHostProvider("deepgram", "https://api.deepgram.com")
{
    private const string AgentPath = "v1/agent/converse";

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["authorization"],
        InjectHeader = "authorization",
        InjectScheme = "Token ",
    };

    public override string? ModelType(UpstreamAddress address)
    {
        ReadOnlySpan<char> path = address.Path;
        RequestPath.TakeSegment(ref path); // the version
        return RequestPath.FirstSegment(path) switch
        {
            "listen" or "speak" => ModelTypes.Audio,
            "read" => ModelTypes.TextGeneration,
            _ => null,
        };
    }

    /// <inheritdoc/>
    /// <remarks>Voice agents have a host of their own.</remarks>
    public override UpstreamMapping MapRealtime(in ProviderRequest request)
    {
        var rest = request.Rest.TrimEnd('/');
        if (rest is "" or "v1")
        {
            return Map(request.At("v1/listen"));
        }

        return rest is AgentPath or "agent/converse" && request.BaseUrl is null && RequestPath.Problem(request) is null
            ? new UpstreamAddress(UpstreamUrl.Join("https://agent.deepgram.com", AgentPath, request.Query), AgentPath)
            : Map(request);
    }

    public override IReadOnlyList<ProtocolHeader> ProtocolHeaders { get; } =
    [
        new("token", "authorization", "Token ", ProtocolForm.Pair),
        new("bearer", "authorization", "Bearer ", ProtocolForm.Pair),
        new("authorization.", "authorization", "Token "),
    ];

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) =>
        address.Path.EndsWith("/speak", StringComparison.Ordinal) ? new SpeechMeter(SpeechForm.Deepgram)
        : address.Path.EndsWith("/converse", StringComparison.Ordinal) ? new ConnectionMeter()
        : new ListenMeter();

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Deepgram(response);

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) => QueryString.Find(query, "model");
}
