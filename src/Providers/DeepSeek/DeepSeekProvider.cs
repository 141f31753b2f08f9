using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.DeepSeek;

/// <summary>DeepSeek. It serves every path with and without <c>v1</c> itself.</summary>
/// <remarks>https://api-docs.deepseek.com</remarks>
internal sealed class DeepSeekProvider() : SingleHostProvider("deepseek", "https://api.deepseek.com")
{
    public override string? MessagesPath(string endpoint) => endpoint == "messages" ? "anthropic/v1/messages" : null;

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesParts = false,
        TakesImages = false,
        TakesSchemas = false,
        Reasoning = ReasoningForm.Thinking,
        ReasoningMember = "reasoning_content",
        ReasonsOnlyWithCalls = true,
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.Chat;

    protected override ReadOnlySpan<char> DropVersion(ReadOnlySpan<char> path) => VersionedPath.Without(path, "v1");
}
