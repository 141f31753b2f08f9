using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.WorkersAI;

/// <summary>
/// Sends requests for embeddings to Workers AI: to its OpenAI-compatible endpoint where the model is served there, else to the model
/// itself. Both take a limited number of texts and know no base64.
/// </summary>
/// <remarks>https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility and the models' own pages.</remarks>
internal sealed class OpenAIEmbeddingsToWorkersAI : EmbeddingTranslator
{
    private const int MostTexts = 100;

    public override EmbeddingCall Translate(EmbeddingRequest request) =>
        WorkersAIModel.IsOpenAICompatible(request.Model) ? ToOpenAI(request) : ToRun(request);

    private static OpenAICall ToOpenAI(EmbeddingRequest request) => new()
    {
        Path = "v1/embeddings",
        Bodies = WriteBodies(request.Inputs, MostTexts, (json, texts) =>
        {
            json.WriteString("model"u8, request.Model);
            WriteTexts(json, "input", texts);
            if (request.Dimensions is { } dimensions)
            {
                json.WriteNumber("dimensions"u8, dimensions);
            }
        }),
        Dropped = Dropped(request),
    };

    // No model takes a length; an answer of another one than was asked for is told to the client.
    private static RunCall ToRun(EmbeddingRequest request) => new()
    {
        Path = WorkersAIModel.RunPath(request.Model),
        Bodies = WriteBodies(request.Inputs, MostTexts, (json, texts) => WriteTexts(json, "text", texts)),
        Dropped = Dropped(request),
    };

    private sealed class OpenAICall : EmbeddingCall
    {
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) => answer.Items("data").Select(item => item.Member("embedding"));

        public override long? Tokens(JsonElement answer) => answer.Member("usage").Integer("prompt_tokens");
    }

    private sealed class RunCall : EmbeddingCall
    {
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) => answer.Member("result").Items("data");

        public override long? Tokens(JsonElement answer) => answer.Member("result").Member("usage").Integer("prompt_tokens");
    }
}
