using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Deepgram;

/// <summary>Deepgram. The model is named by the query.</summary>
/// <remarks>https://developers.deepgram.com/reference</remarks>
internal sealed class DeepgramProvider() : SingleHostProvider("deepgram", "https://api.deepgram.com")
{
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

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Deepgram(response);

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) => QueryString.Find(query, "model");
}
