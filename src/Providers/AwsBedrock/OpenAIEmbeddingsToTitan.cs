using System.Text.Json;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>The format of Amazon's Titan, which takes one text at a time.</summary>
/// <remarks>https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and …-titan-embed-mm.html</remarks>
internal sealed class OpenAIEmbeddingsToTitan : EmbeddingTranslator
{
    public override EmbeddingCall Translate(EmbeddingRequest request) => Translate(request, BedrockModel.PathOf(request.Model, "invoke"));

    internal static EmbeddingCall Translate(EmbeddingRequest request, string path)
    {
        var version = VersionOf(request.Model);
        switch (version)
        {
            case Version.Text1:
                RequireDimensions(request, 1536);
                break;
            case Version.Text2:
                RequireDimensions(request, 256, 512, 1024);
                break;
            case Version.Multimodal:
                RequireDimensions(request, 256, 384, 1024);
                break;
        }

        return new Call
        {
            Path = path,
            Bodies = WriteBodies(request.Inputs, 1, (json, texts) => Write(json, request, version, texts.Single())),
            Dropped = Dropped(request),
        };
    }

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request, Version version, string text)
    {
        json.WriteString("inputText"u8, text);
        if (version == Version.Text2)
        {
            if (request.Dimensions is { } dimensions)
            {
                json.WriteNumber("dimensions"u8, dimensions);
            }

            json.WriteBoolean("normalize"u8, true);
        }
        else if (version == Version.Multimodal && request.Dimensions is { } length)
        {
            json.WriteStartObject("embeddingConfig"u8);
            json.WriteNumber("outputEmbeddingLength"u8, length);
            json.WriteEndObject();
        }
    }

    private static Version VersionOf(string model) =>
        model.Contains("titan-embed-image", StringComparison.OrdinalIgnoreCase) ? Version.Multimodal
        : model.Contains("titan-embed-text-v2", StringComparison.OrdinalIgnoreCase) ? Version.Text2
        : Version.Text1;

    private enum Version
    {
        Text1,
        Text2,
        Multimodal,
    }

    private sealed class Call : EmbeddingCall
    {
        public override IEnumerable<JsonElement> Vectors(JsonElement answer) => [answer.Member("embedding")];

        public override long? Tokens(JsonElement answer) => answer.Integer("inputTextTokenCount");
    }
}
