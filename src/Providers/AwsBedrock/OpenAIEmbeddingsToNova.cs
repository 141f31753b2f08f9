using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>The format of Amazon's Nova embeddings, which take one text at a time.</summary>
/// <remarks>https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html</remarks>
internal sealed class OpenAIEmbeddingsToNova : EmbeddingTranslator
{
    public override EmbeddingCall Translate(EmbeddingRequest request) => Translate(request, BedrockModel.PathOf(request.Model, "invoke"));

    internal static EmbeddingCall Translate(EmbeddingRequest request, string path)
    {
        RequireDimensions(request, 256, 384, 1024, 3072);
        return new Call
        {
            Path = path,
            Bodies = WriteBodies(request.Inputs, 1, (json, texts) => Write(json, request, texts.Single())),
            Dropped = Dropped(request, takesPurpose: true, takesTruncation: true),
        };
    }

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request, string text)
    {
        json.WriteString("taskType"u8, "SINGLE_EMBEDDING"u8);
        json.WriteStartObject("singleEmbeddingParams"u8);
        json.WriteString("embeddingPurpose"u8, (request.Purpose ?? EmbeddingPurpose.Document) switch
        {
            EmbeddingPurpose.Document => "GENERIC_INDEX"u8,
            EmbeddingPurpose.Query => "TEXT_RETRIEVAL"u8,
            EmbeddingPurpose.Classification => "CLASSIFICATION"u8,
            EmbeddingPurpose.Clustering => "CLUSTERING"u8,
        });
        if (request.Dimensions is { } dimensions)
        {
            json.WriteNumber("embeddingDimension"u8, dimensions);
        }

        json.WriteStartObject("text"u8);
        json.WriteString("truncationMode"u8, request.Truncate ?? "END");
        json.WriteString("value"u8, text);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed class Call : EmbeddingCall
    {
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) => answer.Items("embeddings").Select(embedding => embedding.Member("embedding"));

        public override long? Tokens(JsonElement answer) => answer.Integer("inputTokenCount");
    }
}
