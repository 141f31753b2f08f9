using GatewayActors.Providers.Mapping;
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

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query) => QueryString.Find(query, "model_id");
}
