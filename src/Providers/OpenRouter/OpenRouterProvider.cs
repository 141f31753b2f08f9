using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.OpenRouter;

/// <summary>OpenRouter.</summary>
/// <remarks>https://openrouter.ai/docs/api-reference</remarks>
internal sealed class OpenRouterProvider() : SingleHostProvider("openrouter", "https://openrouter.ai/api/v1")
{
    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => DropBeforeVersion(rest, "api");
}
