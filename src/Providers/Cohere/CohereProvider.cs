using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Cohere;

/// <summary>Cohere: v1 unless the path says v2. Its OpenAI-compatible surface stands beside the versions, not under one.</summary>
/// <remarks>https://docs.cohere.com/reference; credentials pass with either scheme, <c>Bearer</c> or the older <c>Token</c>.</remarks>
internal sealed class CohereProvider() : SingleHostProvider("cohere", "https://api.cohere.com/v1")
{
    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (!RequestPath.FirstSegment(request.Rest).SequenceEqual("compatibility"))
        {
            return base.Map(request);
        }

        return RequestPath.Problem(request) is { } problem
            ? UpstreamMapping.Refuse(problem)
            : new UpstreamAddress(
                UpstreamUrl.Join(VersionedPath.WithoutVersion(request.BaseUrl ?? DefaultBaseUrl), request.Rest, request.Query),
                request.Rest.ToString());
    }

    public override Translation.ChatTranslator? ChatTranslator { get; } = new OpenAIChatToCohere();

    public override Translation.Embeddings.EmbeddingTranslator? EmbeddingTranslator { get; } = new OpenAIEmbeddingsToCohere();

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Cohere(response);
}
