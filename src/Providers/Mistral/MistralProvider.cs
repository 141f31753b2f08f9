using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Mistral;

/// <summary>Mistral AI.</summary>
/// <remarks>https://docs.mistral.ai/api</remarks>
internal sealed class MistralProvider() : SingleHostProvider("mistral", "https://api.mistral.ai/v1")
{
    public override CompletionsDialect Completions { get; } = new()
    {
        TakesSerialCalls = true,
        RequiredWord = "any",
        HasShortIds = true,
        MarksPrefill = true,
        AsksForUsage = false,
        Files = FileForm.DocumentUrl,
        Reasoning = ReasoningForm.None,
    };

    public override Translation.Embeddings.EmbeddingTranslator? EmbeddingTranslator { get; } = new OpenAIEmbeddingsToMistral();

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.ChatAndEmbeddings;
}
