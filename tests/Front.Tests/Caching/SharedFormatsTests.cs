using System.Text.Json.Nodes;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>One entry for requests with and without <c>stream</c>, where the gateway has it so.</summary>
public sealed class SharedFormatsTests : IAsyncLifetime
{
    private const string Plain = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Streamed = """{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";
    private const string StreamedWithUsage = """{"stream":true,"stream_options":{"include_usage":true},"model":"gpt-4o-mini", "messages":[{"role":"user","content":"Hello"}]}""";
    private const string UsageChunk = """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}""";

    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        Configure();
        _host.Script.Otherwise(request => request.Header("x-form") switch
        {
            "usage" => Stream(withUsage: true),
            "stream" => Stream(withUsage: false),
            _ => UpstreamReply.Json(Bodies.Completion),
        });
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(Streamed, false)]
    [InlineData(StreamedWithUsage, true)]
    public async Task KeptWhole_AnswersAStream(string request, bool hasUsage)
    {
        Assert.Equal("MISS", (await AskAsync(Plain)).Status());

        var answer = await AskAsync(request);

        Assert.Equal((200, "HIT", "text/event-stream; charset=utf-8"), (answer.Status, answer.Status(), answer.Header("content-type")));
        var events = answer.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events[..^1].Select(data => JsonNode.Parse(data[6..])!).ToArray();
        Assert.Equal(("Hi", "stop"), ((string?)chunks[0]["choices"]![0]!["delta"]!["content"], (string?)chunks[1]["choices"]![0]!["finish_reason"]));
        Assert.Equal(hasUsage ? 1100 : null, (int?)chunks.ElementAtOrDefault(2)?["usage"]!["total_tokens"]);
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task KeptAsAStreamWithUsage_AnswersEveryForm()
    {
        Assert.Equal("MISS", (await AskAsync(StreamedWithUsage)).Status());

        var whole = await AskAsync(Plain);
        var stream = await AskAsync(Streamed);
        var same = await AskAsync(StreamedWithUsage);

        Assert.Equal(("HIT", "HIT", "HIT"), (whole.Status(), stream.Status(), same.Status()));
        Assert.Equal("application/json", whole.Header("content-type"));
        Assert.Equal(("chat.completion", "Hi", 1100), ((string?)JsonNode.Parse(whole.Text)!["object"], Content(whole), (int)JsonNode.Parse(whole.Text)!["usage"]!["total_tokens"]!));
        Assert.DoesNotContain("total_tokens", stream.Text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", stream.Text, StringComparison.Ordinal);
        Assert.Contains("total_tokens", same.Text, StringComparison.Ordinal);
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task KeptAsAStreamWithoutUsage_AWholeAnswerIsFetchedAndTakesItsPlace()
    {
        Assert.Equal("MISS", (await AskAsync(Streamed)).Status());
        Assert.Equal("HIT", (await AskAsync(Streamed)).Status());

        Assert.Equal(("MISS", "Hi"), (await AskAsync(Plain) is var whole ? (whole.Status(), Content(whole)) : default));

        Assert.Equal(("HIT", "HIT", "HIT"), ((await AskAsync(Plain)).Status(), (await AskAsync(Streamed)).Status(), (await AskAsync(StreamedWithUsage)).Status()));
        Assert.Equal(2, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task StreamsAreNotCached_KeptWholeAnswersStandForThemAllTheSame()
    {
        Configure(streaming: false);
        Assert.Equal("MISS", (await AskAsync(Streamed)).Status());
        Assert.Equal("MISS", (await AskAsync(Streamed)).Status());
        Assert.Equal("MISS", (await AskAsync(Plain)).Status());

        Assert.Equal("HIT", (await AskAsync(Streamed)).Status());
    }

    [Fact]
    public async Task OffByDefault_KeepsThemApart()
    {
        _host.Gateway.Set(CachingHost.Configuration(streaming: true));
        await AskAsync(Plain);

        var answer = await AskAsync(Streamed);

        Assert.Equal(("MISS", 2), (answer.Status(), _host.Script.Requests.Count));
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello "}]}""")]
    [InlineData("""{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello"}],"n":1}""")]
    [InlineData("""{"model":"gpt-4o-mini","stream":"true","messages":[{"role":"user","content":"Hello"}]}""")]
    public async Task OtherBodies_AreOtherAnswers(string body)
    {
        await AskAsync(Plain);

        Assert.Equal("MISS", (await AskAsync(body)).Status());
    }

    [Fact]
    public async Task OtherCredential_IsAnotherAnswer()
    {
        await AskAsync(Plain);

        Assert.Equal("MISS", (await AskAsync(Streamed, ("authorization", "Bearer sk-of-somebody-else"))).Status());
    }

    [Fact]
    public async Task ClientsKey_AnswersBothForms()
    {
        await AskAsync(Plain, ("cf-aig-cache-key", "greeting"));

        var answer = await AskAsync("""{"model":"gpt-4o-mini","stream":true,"messages":[]}""", ("cf-aig-cache-key", "greeting"));

        Assert.Equal(("HIT", "text/event-stream; charset=utf-8"), (answer.Status(), answer.Header("content-type")));
    }

    [Fact]
    public async Task AskedForInBothFormsAtOnce_TheWholeOneWaitsForTheStream()
    {
        var gate = new Gate();
        _host.Script.Then(Stream(withUsage: true, gate));
        var stream = AskAsync(StreamedWithUsage);
        await _host.Script.NextAsync(TestContext.Current.CancellationToken);

        await _host.Gateways.CacheQueries.ReadAsync(TestContext.Current.CancellationToken);

        var whole = AskAsync(Plain);
        await _host.Gateways.CacheQueries.ReadAsync(TestContext.Current.CancellationToken);

        gate.Open();
        Assert.Equal(("MISS", "HIT", "Hi"), ((await stream).Status(), (await whole).Status(), Content(await whole)));
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task ProviderFails_AStaleAnswerStandsInInTheOtherForm()
    {
        Configure(staleIfError: 600);
        await AskAsync(Plain);
        _host.Clock.Advance(TimeSpan.FromSeconds(3_700));
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var answer = await AskAsync(Streamed);

        Assert.Equal((200, "true", "text/event-stream; charset=utf-8"), (answer.Status, answer.Header("cf-aig-cache-stale"), answer.Header("content-type")));
    }

    /// <summary>Posts a body, and tells the upstream beside it which form it asks for.</summary>
    private Task<FrontAnswer> AskAsync(string body, params (string, string)[] headers) => _host.PostAsync(
        body,
        [("x-form", body.Contains("include_usage", StringComparison.Ordinal) ? "usage" : body.Contains("\"stream\":true", StringComparison.Ordinal) ? "stream" : "whole"), .. headers]);

    private static string? Content(FrontAnswer answer) => (string?)JsonNode.Parse(answer.Text)!["choices"]![0]!["message"]!["content"];

    private static UpstreamReply Stream(bool withUsage, Gate? gate = null)
    {
        var reply = gate is null ? UpstreamReply.EventStream() : UpstreamReply.EventStream().Wait(gate);
        reply = reply
            .Event("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"H"},"finish_reason":null}]}""")
            .Event("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"i"},"finish_reason":"stop"}]}""");
        return (withUsage ? reply.Event(UsageChunk) : reply).Event("[DONE]");
    }

    private void Configure(bool streaming = true, long? staleIfError = null) =>
        _host.Gateway.Set(CachingHost.Configuration(streaming: streaming, staleIfError: staleIfError) with { CacheSharedFormats = true });
}
