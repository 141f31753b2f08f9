using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.OpenRouter;

/// <summary>OpenRouter.</summary>
/// <remarks>https://openrouter.ai/docs/api-reference</remarks>
internal sealed class OpenRouterProvider() : SingleHostProvider("openrouter", "https://openrouter.ai/api/v1")
{
    public override string? MessagesPath(string endpoint) => endpoint == "messages" ? endpoint : null;

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesSerialCalls = true,
        TakesTopK = true,
        TakesCacheMarks = true,
        Files = FileForm.File,
        Reasoning = ReasoningForm.Settings,
        ReasoningMember = "reasoning",
        Members = ["user", "verbosity", "prompt_cache_key"],
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenRouter(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.All;

    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => DropBeforeVersion(rest, "api");
}
