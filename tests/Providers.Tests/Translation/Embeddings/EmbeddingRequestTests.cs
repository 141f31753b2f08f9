using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using GatewayActors.Providers.Translation.Embeddings;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Embeddings;

/// <summary>Requests for embeddings as each provider gets them.</summary>
public sealed class EmbeddingRequestTests
{
    // Everything that a client can say, with two texts.
    private const string Full =
        """
        {"model":"x","input":["low tide","high tide"],"dimensions":256,"encoding_format":"base64","input_type":"search_query","truncate":"END","user":"u"}
        """;

    [Theory]
    [InlineData("google-ai-studio", "gemini-embedding-001", "v1beta/models/gemini-embedding-001:batchEmbedContents", "user,truncate",
        """
        {"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"low tide"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":256},
         {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"high tide"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":256}]}
        """)]
    [InlineData("google-vertex-ai", "google/text-embedding-005", "v1/publishers/google/models/text-embedding-005:predict", "user",
        """
        {"instances":[{"content":"low tide","task_type":"RETRIEVAL_QUERY"},{"content":"high tide","task_type":"RETRIEVAL_QUERY"}],
         "parameters":{"outputDimensionality":256,"autoTruncate":true}}
        """)]
    [InlineData("google-vertex-ai", "gemini-embedding-001", "v1/publishers/google/models/gemini-embedding-001:predict", "user",
        """{"instances":[{"content":"low tide","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":256,"autoTruncate":true}}""",
        """{"instances":[{"content":"high tide","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":256,"autoTruncate":true}}""")]
    [InlineData("cohere", "embed-v4.0", "v2/embed", "user",
        """{"model":"embed-v4.0","texts":["low tide","high tide"],"input_type":"search_query","embedding_types":["float"],"output_dimension":256,"truncate":"END"}""")]
    [InlineData("aws-bedrock", "us.cohere.embed-v4:0", "bedrock-runtime/home/model/us.cohere.embed-v4%3A0/invoke", "user",
        """{"texts":["low tide","high tide"],"input_type":"search_query","embedding_types":["float"],"output_dimension":256,"truncate":"END"}""")]
    [InlineData("aws-bedrock", "amazon.titan-embed-text-v2:0", "bedrock-runtime/home/model/amazon.titan-embed-text-v2%3A0/invoke", "user,input_type,truncate",
        """{"inputText":"low tide","dimensions":256,"normalize":true}""", """{"inputText":"high tide","dimensions":256,"normalize":true}""")]
    [InlineData("aws-bedrock", "amazon.titan-embed-image-v1", "bedrock-runtime/home/model/amazon.titan-embed-image-v1/invoke", "user,input_type,truncate",
        """{"inputText":"low tide","embeddingConfig":{"outputEmbeddingLength":256}}""", """{"inputText":"high tide","embeddingConfig":{"outputEmbeddingLength":256}}""")]
    [InlineData("aws-bedrock", "amazon.nova-2-multimodal-embeddings-v1:0", "bedrock-runtime/home/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke", "user",
        """{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"TEXT_RETRIEVAL","embeddingDimension":256,"text":{"truncationMode":"END","value":"low tide"}}}""",
        """{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"TEXT_RETRIEVAL","embeddingDimension":256,"text":{"truncationMode":"END","value":"high tide"}}}""")]
    [InlineData("workers-ai", "@cf/qwen/qwen3-embedding-0.6b", "v1/embeddings", "user,input_type,truncate",
        """{"model":"@cf/qwen/qwen3-embedding-0.6b","input":["low tide","high tide"],"dimensions":256}""")]
    [InlineData("workers-ai", "@hf/baai/bge-m3", "run/@hf/baai/bge-m3", "user,input_type,truncate", """{"text":["low tide","high tide"]}""")]
    [InlineData("mistral", "codestral-embed", "embeddings", "user,input_type,truncate", """{"model":"codestral-embed","input":["low tide","high tide"],"output_dimension":256}""")]
    public void Translate_FullRequest_IsTheProvidersOwn(string provider, string model, string path, string dropped, params string[] bodies)
    {
        var (call, _) = Embed.Translate(provider, model, Full);

        Assert.Equal(path, call.Path);
        Assert.Equal(dropped, string.Join(',', call.Dropped));
        var sent = Embed.Bodies(call);
        Assert.Equal(bodies.Length, sent.Length);
        for (var index = 0; index < bodies.Length; index++)
        {
            Gemini.AssertJson(bodies[index], sent[index]!.ToJsonString());
        }
    }

    [Theory]
    [InlineData("google-ai-studio", "models/gemini-embedding-001", "v1beta/models/gemini-embedding-001:embedContent", """{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"low tide"}]}}""")]
    [InlineData("google-vertex-ai", "google/text-embedding-005", "v1/publishers/google/models/text-embedding-005:predict", """{"instances":[{"content":"low tide"}],"parameters":{}}""")]
    [InlineData("cohere", "embed-english-v3.0", "v2/embed", """{"model":"embed-english-v3.0","texts":["low tide"],"input_type":"search_document","embedding_types":["float"]}""")]
    [InlineData("aws-bedrock", "amazon.titan-embed-text-v1", "bedrock-runtime/home/model/amazon.titan-embed-text-v1/invoke", """{"inputText":"low tide"}""")]
    [InlineData("aws-bedrock", "amazon.nova-2-multimodal-embeddings-v1:0", "bedrock-runtime/home/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke",
        """{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"GENERIC_INDEX","text":{"truncationMode":"END","value":"low tide"}}}""")]
    [InlineData("aws-bedrock", "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v1",
        "bedrock-runtime/eu-west-1/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A%3Afoundation-model%2Famazon.titan-embed-text-v1/invoke", """{"inputText":"low tide"}""")]
    [InlineData("workers-ai", "@cf/baai/bge-base-en-v1.5", "v1/embeddings", """{"model":"@cf/baai/bge-base-en-v1.5","input":["low tide"]}""")]
    public void Translate_OneText_SaysNothingThatTheClientDidNot(string provider, string model, string path, string body)
    {
        var (call, _) = Embed.Translate(provider, model, """{"model":"x","input":"low tide","dimensions":null}""");

        Assert.Equal(path, call.Path);
        Assert.Empty(call.Dropped);
        Gemini.AssertJson(body, Assert.Single(Embed.Bodies(call))!.ToJsonString());
    }

    [Theory]
    [InlineData("google-ai-studio", "gemini-embedding-001", 201, "100,100,1")]
    [InlineData("google-vertex-ai", "google/text-embedding-005", 251, "250,1")]
    [InlineData("google-vertex-ai", "google/gemini-embedding-001", 3, "1,1,1")]
    [InlineData("cohere", "embed-v4.0", 97, "96,1")]
    [InlineData("aws-bedrock", "cohere.embed-english-v3", 97, "96,1")]
    [InlineData("aws-bedrock", "amazon.titan-embed-text-v2:0", 3, "1,1,1")]
    [InlineData("workers-ai", "@cf/baai/bge-m3", 101, "100,1")]
    [InlineData("mistral", "mistral-embed", 300, "300")]
    public void Translate_MoreTextsThanAreTakenAtOnce_BecomesSeveralCalls(string provider, string model, int texts, string expected)
    {
        var input = new JsonArray([.. Enumerable.Range(0, texts).Select(number => (JsonNode)$"text {number}")]);

        var (call, _) = Embed.Translate(provider, model, new JsonObject { ["input"] = input }.ToJsonString());

        var bodies = Embed.Bodies(call);
        var counts = bodies.Select(body => new[] { "requests", "instances", "texts", "input", "text" }.Select(name => body![name]).OfType<JsonArray>().FirstOrDefault()?.Count ?? 1);
        Assert.Equal(expected, string.Join(',', counts));
        Assert.Contains($"text {texts - 1}", bodies[^1]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input":[1,2,3]}""", "input")]
    [InlineData("""{"input":[[1,2],[3]]}""", "input")]
    [InlineData("""{"input":""}""", "input")]
    [InlineData("""{"input":["a",""]}""", "input[1]")]
    [InlineData("""{"input":["a",{"text":"b"}]}""", "input[1]")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":{}}""", "input")]
    [InlineData("{}", "input")]
    [InlineData("""{"input":"a","dimensions":0}""", "dimensions")]
    [InlineData("""{"input":"a","dimensions":"many"}""", "dimensions")]
    [InlineData("""{"input":"a","encoding_format":"int8"}""", "encoding_format")]
    [InlineData("""{"input":"a","encoding_format":1}""", "encoding_format")]
    [InlineData("""{"input":"a","input_type":"image"}""", "input_type")]
    [InlineData("""{"input":"a","truncate":"MIDDLE"}""", "truncate")]
    [InlineData("""{"input":"\ud800"}""", null)]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    public void Read_CannotBeMeant_IsRefusedByName(string body, string? parameter) =>
        Assert.Equal(parameter, Embed.Refuse("cohere", "embed-v4.0", body).Parameter);

    [Fact]
    public void Read_MoreTextsThanOpenAITakes_IsRefused() => Assert.Equal(
        "input",
        Embed.Refuse("mistral", "mistral-embed", new JsonObject { ["input"] = new JsonArray([.. Enumerable.Repeat("x", EmbeddingRequestReader.MaxInputs + 1).Select(text => (JsonNode)text)]) }.ToJsonString()).Parameter);

    [Theory]
    [InlineData("cohere", "embed-multilingual-v3.0", 512)]
    [InlineData("cohere", "embed-english-light-v3.0", 1024)]
    [InlineData("aws-bedrock", "cohere.embed-multilingual-v3", 512)]
    [InlineData("aws-bedrock", "amazon.titan-embed-text-v1", 512)]
    [InlineData("aws-bedrock", "amazon.titan-embed-text-v2:0", 500)]
    [InlineData("aws-bedrock", "amazon.nova-2-multimodal-embeddings-v1:0", 512)]
    public void Translate_LengthThatTheModelDoesNotMake_IsRefused(string provider, string model, int dimensions) =>
        Assert.Equal("dimensions", Embed.Refuse(provider, model, $$"""{"input":"a","dimensions":{{dimensions}}}""").Parameter);

    [Theory]
    [InlineData("aws-bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0")]
    [InlineData("google-vertex-ai", "anthropic/claude")]
    public void Translate_ModelWithoutEmbeddings_IsRefused(string provider, string model) =>
        Assert.Equal("model", Embed.Refuse(provider, model, """{"input":"a"}""").Parameter);

    [Theory]
    [InlineData("SEMANTIC_SIMILARITY", "SEMANTIC_SIMILARITY", "search_document", "task_type")]
    [InlineData("CLUSTERING", "CLUSTERING", "clustering", "")]
    public void Translate_PurposeInGooglesWords_IsKeptByGoogleAndMappedWhereItCanBe(string taskType, string atGoogle, string atCohere, string droppedAtCohere)
    {
        var body = $$"""{"input":"a","task_type":"{{taskType}}"}""";
        var (google, _) = Embed.Translate("google-ai-studio", "gemini-embedding-001", body);
        var (cohere, _) = Embed.Translate("cohere", "embed-v4.0", body);

        Assert.Equal(atGoogle, (string?)Embed.Bodies(google)[0]!["taskType"]);
        Assert.Empty(google.Dropped);
        Assert.Equal(atCohere, (string?)Embed.Bodies(cohere)[0]!["input_type"]);
        Assert.Equal(droppedAtCohere, string.Join(',', cohere.Dropped));
    }

    [Fact]
    public void Translate_NameThatWouldLeaveThePath_StaysInIt() => Assert.Equal(
        "run/@hf/a%3Fb%23c", Embed.Translate("workers-ai", "@hf/a?b#c", """{"input":"a"}""").Call.Path);
}
