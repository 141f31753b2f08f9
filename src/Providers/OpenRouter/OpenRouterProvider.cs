using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.OpenRouter;

/// <summary>OpenRouter.</summary>
/// <remarks>https://openrouter.ai/docs/api-reference</remarks>
internal sealed class OpenRouterProvider() : SingleHostProvider("openrouter", "https://openrouter.ai/api/v1")
{
    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenRouter(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.All;

    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => DropBeforeVersion(rest, "api");
}
