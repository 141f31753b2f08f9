using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Sends requests for embeddings to Gemini's <c>embedContent</c>, several texts to <c>batchEmbedContents</c>.</summary>
/// <remarks>https://ai.google.dev/api/embeddings</remarks>
internal sealed class OpenAIEmbeddingsToGemini : EmbeddingTranslator
{
    private const int MostTexts = 100;

    // The only one whose vectors have another length than 1 if they are cut short.
    private const string Unnormalized = "models/gemini-embedding-001";

    public override EmbeddingCall Translate(EmbeddingRequest request)
    {
        var model = GeminiModel.Parse(request.Model, GoogleService.AIStudio).Resource;
        var isSingle = request.Inputs.Count == 1;
        return new Call
        {
            Path = string.Concat("v1beta/", model, isSingle ? ":embedContent" : ":batchEmbedContents"),
            Bodies = WriteBodies(request.Inputs, MostTexts, (json, texts) => Write(json, request, model, texts, isSingle)),
            Dropped = [.. Dropped(request, takesPurpose: true).Where(name => name != "task_type")],
            Normalizes = request.Dimensions is not null && model == Unnormalized,
        };
    }

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request, string model, IEnumerable<string> texts, bool isSingle)
    {
        if (isSingle)
        {
            WriteMembers(json, request, model, texts.Single());
            return;
        }

        json.WriteStartArray("requests"u8);
        foreach (var text in texts)
        {
            json.WriteStartObject();
            WriteMembers(json, request, model, text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMembers(Utf8JsonWriter json, EmbeddingRequest request, string model, string text)
    {
        json.WriteString("model"u8, model);
        json.WriteStartObject("content"u8);
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        if (TaskTypeOf(request) is { } taskType)
        {
            json.WriteString("taskType"u8, taskType);
        }

        if (request.Dimensions is { } dimensions)
        {
            json.WriteNumber("outputDimensionality"u8, dimensions);
        }
    }

    /// <summary>The purpose in Google's words: the client's own, or those that mean the same.</summary>
    internal static string? TaskTypeOf(EmbeddingRequest request) => request.TaskType ?? (request.Purpose is { } purpose ? WordOf(purpose) : null);

    private static string WordOf(EmbeddingPurpose purpose) => purpose switch
    {
        EmbeddingPurpose.Document => "RETRIEVAL_DOCUMENT",
        EmbeddingPurpose.Query => "RETRIEVAL_QUERY",
        EmbeddingPurpose.Classification => "CLASSIFICATION",
        EmbeddingPurpose.Clustering => "CLUSTERING",
    };

    private sealed class Call : EmbeddingCall
    {
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) =>
            answer.Member("embedding").IsObject
                ? [answer.Member("embedding").Member("values")]
                : answer.Items("embeddings").Select(embedding => embedding.Member("values"));

        public override long? Tokens(JsonElement answer) => answer.Member("usageMetadata").Integer("promptTokenCount"); // Newer models only.
    }
}
