using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.ElevenLabs;

/// <summary>ElevenLabs.</summary>
/// <remarks>https://elevenlabs.io/docs/api-reference</remarks>
internal sealed class ElevenLabsProvider() : SingleHostProvider("elevenlabs", "https://api.elevenlabs.io")
{
    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["xi-api-key"],
        QueryParameters = ["single_use_token", "token"],
        InjectHeader = "xi-api-key",
    };

    public override string ModelMember => "model_id";

    public override string? ModelType(UpstreamAddress address) => ModelTypes.Audio;

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.ElevenLabs(response);

    public override UpstreamMapping MapRealtime(in ProviderRequest request) => Map(request.Rest.TrimEnd('/').IsEmpty ? request.At("v1/convai/conversation") : request);

    public override RealtimeMeter? CreateRealtimeMeter(UpstreamAddress address) =>
        address.Path.Contains("text-to-speech/", StringComparison.Ordinal) ? new SpeechMeter(SpeechForm.ElevenLabs) : new ConnectionMeter();

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) => QueryString.Find(query, "model_id");
}
