using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Perplexity;

/// <summary>Perplexity. Chat stands at the root of the host, other endpoints under <c>v1</c>.</summary>
/// <remarks>https://docs.perplexity.ai/api-reference</remarks>
internal sealed class PerplexityProvider() : SingleHostProvider("perplexity-ai", "https://api.perplexity.ai")
{
    public override IReadOnlyList<string> Aliases { get; } = ["perplexity"];

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesTools = false,
        TakesJsonObjects = false,
        TakesTopK = true,
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Perplexity(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.Chat;

    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest)
    {
        var tail = VersionedPath.Without(rest, "v1");
        return RequestPath.FirstSegment(tail).SequenceEqual("chat") ? tail : rest;
    }
}
