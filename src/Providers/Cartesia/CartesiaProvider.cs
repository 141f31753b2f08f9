using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Cartesia;

/// <summary>Cartesia. Its documentation names a base with <c>v1</c>, but the API has no such prefix.</summary>
/// <remarks>https://docs.cartesia.ai/api-reference</remarks>
internal sealed class CartesiaProvider() : SingleHostProvider("cartesia", "https://api.cartesia.ai")
{
    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Cartesia(response);

    // Every request must name a version; this is the newest one that all endpoints are documented for.
    private const string DefaultVersion = "2025-04-16";

    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["x-api-key", "authorization"],
        QueryParameters = ["api_key", "access_token"],
        InjectHeader = "x-api-key",
    };

    public override string ModelMember => "model_id";

    public override void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
        if (headers["cartesia-version"] is null && QueryOf(address.Url, "cartesia_version") is null)
        {
            headers.Set("cartesia-version", DefaultVersion);
        }
    }

    public override string? ModelType(UpstreamAddress address) => RequestPath.FirstSegment(address.Path) switch
    {
        "tts" or "stt" or "infill" or "voice-changer" => ModelTypes.Audio,
        _ => null,
    };

    public override UpstreamMapping MapRealtime(in ProviderRequest request) => Map(request.Rest.TrimEnd('/').IsEmpty ? request.At("tts/websocket") : request);

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) =>
        RequestPath.FirstSegment(address.Path).SequenceEqual("stt") ? new TranscriptMeter() : new SpeechMeter(SpeechForm.Cartesia);

    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => VersionedPath.Without(rest, "v1");

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) =>
        QueryString.Find(query, "model") ?? QueryString.Find(query, "model_id");

    private static string? QueryOf(string url, string name)
    {
        var mark = url.IndexOf('?');
        return mark < 0 ? null : QueryString.Find(url.AsSpan(mark), name);
    }
}
