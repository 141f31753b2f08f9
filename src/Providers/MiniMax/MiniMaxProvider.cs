using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.MiniMax;

/// <summary>MiniMax.</summary>
/// <remarks>https://www.minimax.io/platform/document</remarks>
internal sealed class MiniMaxProvider() : SingleHostProvider("minimax", "https://api.minimax.io/v1")
{
    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.Chat;
}
