using System.Text.Json;
using GatewayActors.Providers.GoogleAIStudio;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.GoogleVertexAI;

/// <summary>Sends requests for embeddings to the <c>predict</c> of Vertex AI's models of text.</summary>
/// <remarks>https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api</remarks>
internal sealed class OpenAIEmbeddingsToVertex : EmbeddingTranslator
{
    private const int MostTexts = 250;
    private const string Gemini = "models/gemini-embedding-"; // takes one text at a time
    private const string Unnormalized = "models/gemini-embedding-001";

    public override EmbeddingCall Translate(EmbeddingRequest request)
    {
        var model = GeminiModel.Parse(request.Model, GoogleService.Vertex).Resource;
        var dropped = Dropped(request, takesPurpose: true, takesTruncation: request.Truncate is "NONE" or "END");
        return new Call
        {
            Path = $"v1/publishers/google/{model}:predict",
            Bodies = WriteBodies(request.Inputs, model.StartsWith(Gemini, StringComparison.Ordinal) ? 1 : MostTexts, (json, texts) => Write(json, request, texts)),
            Dropped = [.. dropped.Where(name => name != "task_type")],
            Normalizes = request.Dimensions is not null && model == Unnormalized,
        };
    }

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request, IEnumerable<string> texts)
    {
        var taskType = OpenAIEmbeddingsToGemini.TaskTypeOf(request);
        json.WriteStartArray("instances"u8);
        foreach (var text in texts)
        {
            json.WriteStartObject();
            json.WriteString("content"u8, text);
            if (taskType is not null)
            {
                json.WriteString("task_type"u8, taskType);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("parameters"u8);
        if (request.Dimensions is { } dimensions)
        {
            json.WriteNumber("outputDimensionality"u8, dimensions);
        }

        if (request.Truncate is "NONE" or "END")
        {
            json.WriteBoolean("autoTruncate"u8, request.Truncate == "END");
        }

        json.WriteEndObject();
    }

    private sealed class Call : EmbeddingCall
    {
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) =>
            answer.Items("predictions").Select(prediction => prediction.Member("embeddings").Member("values"));

        public override long? Tokens(JsonElement answer)
        {
            long? sum = null;
            foreach (var prediction in answer.Items("predictions"))
            {
                sum = (sum ?? 0) + prediction.Member("embeddings").Member("statistics").Integer("token_count");
            }

            return sum;
        }
    }
}
