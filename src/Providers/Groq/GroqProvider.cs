using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Groq;

/// <summary>Groq.</summary>
/// <remarks>https://console.groq.com/docs/api-reference</remarks>
internal sealed class GroqProvider() : SingleHostProvider("groq", "https://api.groq.com/openai/v1")
{
    public override CompletionsDialect Completions { get; } = new()
    {
        CountsCompletionTokens = true,
        TakesSerialCalls = true,
        ReasoningMember = "reasoning",
        Members = ["user", "service_tier"],
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Groq(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.ChatAndResponses;

    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => DropBeforeVersion(rest, "openai");
}
