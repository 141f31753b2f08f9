using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Cerebras;

/// <summary>Cerebras.</summary>
/// <remarks>https://inference-docs.cerebras.ai/api-reference</remarks>
internal sealed class CerebrasProvider() : SingleHostProvider("cerebras", "https://api.cerebras.ai/v1")
{
    public override CompletionsDialect Completions { get; } = new()
    {
        CountsCompletionTokens = true,
        TakesParts = false,
        TakesImages = false,
        TakesSerialCalls = true,
        Members = ["user"],
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.Chat;
}
