using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Fireworks;

/// <summary>Fireworks AI.</summary>
/// <remarks>https://docs.fireworks.ai/api-reference</remarks>
internal sealed class FireworksProvider() : SingleHostProvider("fireworks", "https://api.fireworks.ai/inference/v1")
{
    public override CompletionsDialect Completions { get; } = new()
    {
        TakesTopK = true,
        Members = ["user"],
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Fireworks(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.ChatAndEmbeddings;

    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => DropBeforeVersion(rest, "inference");
}
