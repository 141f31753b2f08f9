using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.Cohere;

/// <summary>Sends requests for embeddings to Cohere's <c>v2/embed</c>.</summary>
/// <remarks>https://docs.cohere.com/reference/embed; Bedrock takes the same body without the model.</remarks>
internal sealed class OpenAIEmbeddingsToCohere : EmbeddingTranslator
{
    private const int MostTexts = 96;

    public override EmbeddingCall Translate(EmbeddingRequest request) => Translate(request, "v2/embed", namesModel: true);

    /// <summary>Translates for a host of Cohere's models.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">The path there.</param>
    /// <param name="namesModel">Whether the body names the model, rather than the path.</param>
    internal static EmbeddingCall Translate(EmbeddingRequest request, string path, bool namesModel)
    {
        var hasFixedLength = Has(request.Model, "-v3") || Has(request.Model, "-v2");
        if (hasFixedLength)
        {
            RequireDimensions(request, Has(request.Model, "-light") ? 384 : 1024);
        }

        return new Call
        {
            Path = path,
            Bodies = WriteBodies(request.Inputs, MostTexts, (json, texts) => Write(json, request, texts, namesModel, hasFixedLength)),
            Dropped = Dropped(request, takesPurpose: true, takesTruncation: true),
        };
    }

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request, IEnumerable<string> texts, bool namesModel, bool hasFixedLength)
    {
        if (namesModel)
        {
            json.WriteString("model"u8, request.Model);
        }

        WriteTexts(json, "texts", texts);

        // Required. Without a word of the client, texts are taken for those that others search for: most are.
        json.WriteString("input_type"u8, (request.Purpose ?? EmbeddingPurpose.Document) switch
        {
            EmbeddingPurpose.Document => "search_document"u8,
            EmbeddingPurpose.Query => "search_query"u8,
            EmbeddingPurpose.Classification => "classification"u8,
            EmbeddingPurpose.Clustering => "clustering"u8,
        });
        json.WriteStartArray("embedding_types"u8);
        json.WriteStringValue("float"u8);
        json.WriteEndArray();
        if (request.Dimensions is { } dimensions && !hasFixedLength)
        {
            json.WriteNumber("output_dimension"u8, dimensions);
        }

        if (request.Truncate is not null)
        {
            json.WriteString("truncate"u8, request.Truncate);
        }
    }

    private static bool Has(string model, string word) => model.Contains(word, StringComparison.OrdinalIgnoreCase);

    private sealed class Call : EmbeddingCall
    {
        // Version 3 on Bedrock answers with the bare list where it is asked for one type only.
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) =>
            answer.Member("embeddings").IsObject ? answer.Member("embeddings").Items("float") : answer.Items("embeddings");

        public override long? Tokens(JsonElement answer) => answer.Member("meta").Member("billed_units").Integer("input_tokens");
    }
}
