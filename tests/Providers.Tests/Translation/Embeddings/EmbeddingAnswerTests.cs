using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Embeddings;

/// <summary>Vectors of each provider as OpenAI's.</summary>
public sealed class EmbeddingAnswerTests
{
    private const string OneText = """{"input":"low tide"}""";
    private const string TwoTexts = """{"input":["low tide","high tide"]}""";

    [Theory]
    [InlineData("google-ai-studio", "m", "gemini-embed", OneText, null, "[[0.11,-0.42,0.5,0.07]]", 2)] // guessed: nothing counts
    [InlineData("google-ai-studio", "m", "gemini-batch-embed", TwoTexts, null, "[[0.11,-0.42,0.5,0.07],[-0.3,0.2,0.01,0.9]]", 5)]
    [InlineData("google-vertex-ai", "text-embedding-005", "vertex-predict-embed", OneText, null, "[[0.1,0.2,0.3,0.4]]", 2)]
    [InlineData("cohere", "embed-v4.0", "cohere-embed", TwoTexts, null, "[[0.01,0.02],[0.03,-0.04]]", 6)]
    [InlineData("aws-bedrock", "cohere.embed-v4:0", "bedrock-cohere-embed", TwoTexts, 4L, "[[0.01,0.02],[0.03,-0.04]]", 4)] // a header counts
    [InlineData("aws-bedrock", "amazon.titan-embed-text-v2:0", "bedrock-titan-embed", OneText, null, "[[0.01,0.02,-0.03]]", 3)]
    [InlineData("workers-ai", "@hf/baai/bge", "workers-ai-embed", TwoTexts, null, "[[0.1,0.2,0.3],[0.4,-0.5,0.6]]", 5)]
    [InlineData("workers-ai", "@cf/baai/bge-m3", "openai-embeddings", TwoTexts, null, "[[0.12,-0.5,0.33,0.79],[-0.2,0.41,0.6,-0.66]]", 4, "text-embedding-3-small")]
    [InlineData("mistral", "mistral-embed", "openai-embeddings", TwoTexts, null, "[[0.12,-0.5,0.33,0.79],[-0.2,0.41,0.6,-0.66]]", 4, "text-embedding-3-small")]
    public void Write_Fixture_IsOpenAIsList(string provider, string model, string fixture, string request, long? counted, string vectors, int tokens, string? answered = null)
    {
        var (call, asked) = Embed.Translate(provider, model, request);

        var (answer, fault) = Embed.Read(call, asked, Gemini.Fixture(fixture + ".response.json"), counted);

        Assert.Null(fault);
        var data = JsonNode.Parse(vectors)!.AsArray().Select((vector, index) => (JsonNode)new JsonObject { ["object"] = "embedding", ["index"] = index, ["embedding"] = vector!.DeepClone() });
        Gemini.AssertJson(
            new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray([.. data]),
                ["model"] = answered ?? model,
                ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
            }.ToJsonString(),
            answer!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"embeddings":[{"embeddingType":"TEXT","embedding":[0.5,1]}],"inputTokenCount":7}""", "amazon.nova-2-multimodal-embeddings-v1:0", 7)]
    [InlineData("""{"embeddings":[[0.5,1]],"id":"i","response_type":"embeddings_floats"}""", "cohere.embed-english-v3", 2)]
    public void Write_OtherShapesOfBedrock_AreRead(string body, string model, int tokens)
    {
        var (call, asked) = Embed.Translate("aws-bedrock", model, OneText);

        var (answer, _) = Embed.Read(call, asked, Encoding.UTF8.GetBytes(body));

        Assert.Equal("[0.5,1]", answer!["data"]![0]!["embedding"]!.ToJsonString());
        Assert.Equal(tokens, (int?)answer["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public void Write_Base64_IsLittleEndianFloats()
    {
        var (call, asked) = Embed.Translate("cohere", "embed-v4.0", """{"input":["low tide","high tide"],"encoding_format":"base64"}""");

        var (answer, _) = Embed.Read(call, asked, Gemini.Fixture("cohere-embed.response.json"));

        var bytes = Convert.FromBase64String((string)answer!["data"]![1]!["embedding"]!);
        Assert.Equal([0.03f, -0.04f], Enumerable.Range(0, bytes.Length / 4).Select(index => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(index * 4))));
    }

    [Fact]
    public void Write_AnswersOfSeveralCalls_AreOneListInTheOrderOfTheTexts()
    {
        var (call, asked) = Embed.Translate("aws-bedrock", "amazon.titan-embed-text-v2:0", """{"input":["a","b","c"]}""");

        var (answer, _) = Embed.Read(call, asked, Encoding.UTF8.GetBytes(
            """[{"embedding":[1],"inputTextTokenCount":1},{"embedding":[2],"inputTextTokenCount":2},{"embedding":[3],"inputTextTokenCount":4}]"""));

        Assert.Equal("0:[1] 1:[2] 2:[3]", string.Join(' ', answer!["data"]!.AsArray().Select(item => $"{item!["index"]}:{item["embedding"]!.ToJsonString()}")));
        Assert.Equal(7, (int?)answer["usage"]!["total_tokens"]);
    }

    [Theory]
    [InlineData("float")]
    [InlineData("base64")]
    public void Write_GeminisShortenedVectors_AreBroughtToLengthOne(string format)
    {
        var (call, asked) = Embed.Translate("google-ai-studio", "gemini-embedding-001", $$"""{"input":"a","dimensions":2,"encoding_format":"{{format}}"}""");

        var (answer, _) = Embed.Read(call, asked, """{"embedding":{"values":[3,4]}}"""u8.ToArray());

        var vector = answer!["data"]![0]!["embedding"]!;
        var values = format == "float"
            ? vector.AsArray().Select(value => (float)value!).ToArray()
            : [.. Enumerable.Range(0, 2).Select(index => BinaryPrimitives.ReadSingleLittleEndian(Convert.FromBase64String((string)vector!).AsSpan(index * 4)))];
        Assert.Equal([0.6f, 0.8f], values);
    }

    [Fact]
    public void Write_VectorsOfAnotherLengthThanAsked_IsAFault()
    {
        var (call, asked) = Embed.Translate("workers-ai", "@hf/baai/bge", """{"input":["low tide","high tide"],"dimensions":768}""");

        Assert.Equal((502, "wrong_dimensions"), Embed.Read(call, asked, Gemini.Fixture("workers-ai-embed.response.json")).Fault is { } fault ? (fault.Status, fault.Code) : default);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"embeddings":{"float":[[0.1]]}}""")] // one vector for two texts
    [InlineData("""{"embeddings":{"float":[[0.1],"AAAA"]}}""")]
    [InlineData("""{"embeddings":{"float":[[0.1],["x"]]}}""")]
    [InlineData("""{"embeddings":{"float":[[0.1],[null]]}}""")]
    public void Write_IsNoAnswer_IsAFault(string body)
    {
        foreach (var format in (string[])["float", "base64"])
        {
            var (call, asked) = Embed.Translate("cohere", "embed-v4.0", $$"""{"input":["a","b"],"encoding_format":"{{format}}"}""");

            Assert.Equal("malformed_answer", Embed.Read(call, asked, Encoding.UTF8.GetBytes(body)).Fault?.Code);
        }
    }
}
