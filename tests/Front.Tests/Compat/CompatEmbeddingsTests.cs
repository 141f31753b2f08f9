using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Upstreams;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Compat;

/// <summary>Requests for embeddings in OpenAI's format at providers of other formats.</summary>
public sealed class CompatEmbeddingsTests : IAsyncLifetime
{
    private const string Key = "sk-client-key";
    private const string Titan = "aws-bedrock/amazon.titan-embed-text-v2:0";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_Cohere_IsTranslatedThereAndBackAndBooked()
    {
        _host.Script.Then(Reply("cohere-embed.response.json"));

        var answer = await PostAsync("""{"model":"cohere/embed-v4.0","input":["low tide","high tide"],"user":"u"}""");

        Assert.Equal((200, "application/json", "6"), (answer.Status, answer.Header("content-type"), answer.Header("cf-aig-tokens-in")));
        Assert.Equal("user", answer.Header("cf-aig-dropped-params"));
        Assert.Equal("[0.03,-0.04]", JsonNode.Parse(answer.Body)!["data"]![1]!["embedding"]!.ToJsonString());
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/v2/embed", sent.Target, StringComparison.Ordinal);
        Assert.Equal("Bearer " + Key, sent.Header("authorization"));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("cohere", "embed-v4.0", true, 6L), (entry.Provider, entry.Model, entry.CompatibilityMode, entry.TokensIn));
        Assert.True(entry.CostUsd > 0);
        Assert.Contains("user", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_Gemini_GetsItsKeyAndAGuessOfItsTokens()
    {
        _host.Script.Then(Reply("gemini-batch-embed.response.json"));

        var answer = await PostAsync("""{"model":"google/gemini-embedding-001","input":["low tide","high tide"],"encoding_format":"base64"}""", "v1/embeddings");

        Assert.Equal((200, "5"), (answer.Status, answer.Header("cf-aig-tokens-in")));
        var vector = Convert.FromBase64String((string)JsonNode.Parse(answer.Body)!["data"]![0]!["embedding"]!);
        Assert.Equal([0.11f, -0.42f, 0.5f, 0.07f], Enumerable.Range(0, 4).Select(index => BitConverter.ToSingle(vector, index * 4)));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/models/gemini-embedding-001:batchEmbedContents", sent.Target, StringComparison.Ordinal);
        Assert.Equal((Key, null), (sent.Header("x-goog-api-key"), sent.Header("authorization")));
        Assert.Contains("cost_is_estimate", (await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SeveralCalls_AreOneAnswerOneEntryAndOneSum()
    {
        _host.Script.Otherwise(_ => UpstreamReply.ByBody(request => Vector(TextOf(request))));

        var answer = await PostAsync($$"""{"model":"{{Titan}}","input":{{Texts(10)}}}""");

        Assert.Equal((200, "20"), (answer.Status, answer.Header("cf-aig-tokens-in")));
        Assert.Equal("0123456789", string.Concat(JsonNode.Parse(answer.Body)!["data"]!.AsArray().Select(item => item!["embedding"]![0]!.ToJsonString())));
        Assert.Equal(10, _host.Script.Requests.Count);
        Assert.All(_host.Script.Requests, request => Assert.Equal("Bearer " + Key, request.Header("authorization")));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("aws-bedrock", "amazon.titan-embed-text-v2:0", 20L, 200), (entry.Provider, entry.Model, entry.TokensIn, entry.StatusCode));
    }

    [Fact]
    public async Task Post_OneOfSeveralCallsFails_IsTheAnswerAndWhatWasUsedIsPaid()
    {
        // Nothing fails before one of the first two texts has its answer, which is what begins a call behind the first ones.
        var oneIsDone = new Gate();
        _host.Script.Otherwise(_ => UpstreamReply.ByBody(request =>
        {
            var text = int.Parse(TextOf(request), System.Globalization.CultureInfo.InvariantCulture);
            if (text >= ParallelCalls.MostAtOnce)
            {
                oneIsDone.Open();
            }

            return text < 2
                ? Vector(TextOf(request))
                : new UpstreamReply().Wait(oneIsDone).Status(429).Header("content-type", "application/json").Header("x-amzn-errortype", "ThrottlingException")
                    .Content("""{"message":"Too many requests, please wait."}"""u8.ToArray());
        }));

        var answer = await PostAsync($$"""{"model":"{{Titan}}","input":{{Texts(200)}}}""");

        Assert.Equal(429, answer.Status);
        Assert.Equal("rate_limit_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
        // Whoever meets a failure begins nothing more.
        Assert.InRange(_host.Script.Requests.Count, 3, 2 + ParallelCalls.MostAtOnce);
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.CostUsd > 0);
    }

    [Fact]
    public async Task Post_OneOfSeveralCallsIsUnlucky_IsTriedAgainAlone()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        var failed = 0;
        _host.Script.Otherwise(_ => UpstreamReply.ByBody(request => TextOf(request) == "1" && Interlocked.Exchange(ref failed, 1) == 0
            ? UpstreamReply.Json("""{"message":"later"}""", 503)
            : Vector(TextOf(request))));

        var answer = await PostAsync($$"""{"model":"{{Titan}}","input":{{Texts(3)}}}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(4, _host.Script.Requests.Count);
        Assert.Contains("503", (await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SeveralCallsTwice_SecondTimeOutOfTheCacheWithTheSameCount()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with { CacheTtl = 3600 });
        _host.Script.Otherwise(_ => UpstreamReply.ByBody(request => Vector(TextOf(request))));
        var body = $$"""{"model":"{{Titan}}","input":{{Texts(3)}}}""";

        var first = await PostAsync(body);
        var second = await PostAsync(body);

        Assert.Equal(("MISS", "HIT"), (first.Header("cf-aig-cache-status"), second.Header("cf-aig-cache-status")));
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(3, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Post_ClientLeavesBetweenCalls_NoFurtherOnesAreMade()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        var never = new Gate();
        _host.Script.Otherwise(_ => new UpstreamReply().Wait(never));
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"model":"{{Titan}}","input":{{Texts(50)}}}"""));
        content.Headers.TryAddWithoutValidation("content-type", "application/json");
        var asked = _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/compat/embeddings", content, leaving.Token, ("authorization", "Bearer " + Key));
        var first = await _host.Script.NextAsync(_cancelled);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await first.Aborted.WaitAsync(_cancelled);
        Assert.Equal(499, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
        Assert.InRange(_host.Script.Requests.Count, 1, ParallelCalls.MostAtOnce);
    }

    [Fact]
    public async Task Post_ProviderBreaksOff_Is502()
    {
        _host.Script.Then(new UpstreamReply().Header("Content-Type", "application/json").Send("""{"embeddings":"""u8.ToArray()).Cut());

        // Before its first byte is seen or after: that is for the network to say.
        Assert.Equal(502, (await PostAsync("""{"model":"cohere/embed-v4.0","input":"a"}""")).Status);
    }

    [Theory]
    [InlineData("""{"model":"cohere/embed-v4.0","input":[1,2]}""", "input")]
    [InlineData("""{"model":"google/gemini-embedding-001","input":""}""", "input")]
    [InlineData("""{"model":"aws-bedrock/amazon.titan-embed-text-v2:0","input":"a","dimensions":3}""", "dimensions")]
    [InlineData("""{"model":"aws-bedrock/amazon.nova-lite-v1:0","input":"a"}""", "model")]
    public async Task Post_CannotBeTranslated_IsRefusedInOpenAIsFormat(string body, string parameter)
    {
        var answer = await PostAsync(body);

        Assert.Equal((400, parameter), (answer.Status, answer.Json.GetProperty("error").GetProperty("param").GetString()));
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_ProviderWithoutEmbeddings_IsRefused() =>
        (await PostAsync("""{"model":"anthropic/claude","input":"a"}""")).AssertError(400, 2008);

    [Fact]
    public async Task Universal_StepsOfTwoFormats_FallBack()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"down"}}""", 500));
        _host.Script.Then(Reply("cohere-embed.response.json"));

        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "",
            Encoding.UTF8.GetBytes(
                """
                [{"provider":"compat","endpoint":"embeddings","headers":{"authorization":"Bearer sk-1"},"query":{"model":"openai/text-embedding-3-small","input":["a","b"]}},
                 {"provider":"compat","endpoint":"embeddings","headers":{"authorization":"Bearer sk-2"},"query":{"model":"cohere/embed-v4.0","input":["a","b"]}}]
                """),
            ("content-type", "application/json"));

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Equal(2, JsonNode.Parse(answer.Body)!["data"]!.AsArray().Count);
    }

    private static string Texts(int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(number => $"\"{number}\""))}]";

    private static string TextOf(RecordedRequest request) => (string)JsonNode.Parse(request.Body)!["inputText"]!;

    private static UpstreamReply Vector(string text) => UpstreamReply.Json($$"""{"embedding":[{{text}}],"inputTextTokenCount":2}""", 200);

    private static UpstreamReply Reply(string fixture) =>
        UpstreamReply.Json(Encoding.UTF8.GetString(File.ReadAllBytes(RepositoryFiles.PathOf("tests", "Providers.Tests", "Fixtures", fixture))), 200);

    private Task<FrontAnswer> PostAsync(string body, string endpoint = "embeddings") => _host.SendAsync(
        HttpMethod.Post, "compat/" + endpoint, Encoding.UTF8.GetBytes(body), ("authorization", "Bearer " + Key), ("content-type", "application/json"));
}
