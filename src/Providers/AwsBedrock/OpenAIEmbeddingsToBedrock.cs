using GatewayActors.Providers.Cohere;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Sends requests for embeddings to Bedrock's <c>invoke</c>, in the format of the model's family.</summary>
/// <remarks>https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html</remarks>
internal sealed class OpenAIEmbeddingsToBedrock : EmbeddingTranslator
{
    private const string Operation = "invoke";

    public override EmbeddingCall Translate(EmbeddingRequest request)
    {
        var path = BedrockModel.PathOf(request.Model, Operation);
        return request.Model switch
        {
            var id when Has(id, "cohere.embed") => OpenAIEmbeddingsToCohere.Translate(request, path, namesModel: false),
            var id when Has(id, "titan-embed") => OpenAIEmbeddingsToTitan.Translate(request, path),
            var id when Has(id, "nova") && Has(id, "embed") => OpenAIEmbeddingsToNova.Translate(request, path),
            _ => throw new RefusedRequestException("Of Bedrock's models, Titan's, Nova's and Cohere's embeddings can be called in this format; call others by their own path.", "model"),
        };
    }

    private static bool Has(string id, string word) => id.Contains(word, StringComparison.OrdinalIgnoreCase);
}
