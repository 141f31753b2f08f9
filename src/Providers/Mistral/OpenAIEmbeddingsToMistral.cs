using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.Mistral;

/// <summary>
/// Sends requests for embeddings to Mistral, whose format is OpenAI's but for the name of the length; it refuses members that it does not
/// know, and answers with numbers only.
/// </summary>
/// <remarks>https://docs.mistral.ai/api/#tag/embeddings</remarks>
internal sealed class OpenAIEmbeddingsToMistral : EmbeddingTranslator
{
    public override EmbeddingCall Translate(EmbeddingRequest request) => new Call
    {
        Path = "embeddings",
        Bodies = WriteBodies(request.Inputs, EmbeddingRequestReader.MaxInputs, (json, texts) =>
        {
            json.WriteString("model"u8, request.Model);
            WriteTexts(json, "input", texts);
            if (request.Dimensions is { } dimensions)
            {
                json.WriteNumber("output_dimension"u8, dimensions);
            }
        }),
        Dropped = Dropped(request),
    };

    private sealed class Call : EmbeddingCall
    {
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) => answer.Items("data").Select(item => item.Member("embedding"));

        public override long? Tokens(JsonElement answer) => answer.Member("usage").Integer("prompt_tokens");
    }
}
