using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Abstractions;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Supplies;

/// <summary>Requests that lack something for their provider, from the client to the provider.</summary>
public sealed class SuppliedRequestTests : IAsyncLifetime
{
    private const string Answer = """{"output":{"message":{"role":"assistant","content":[{"text":"a"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1}}""";
    private const string GeminiCall = """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}""";
    private const string GeminiText = """{"candidates":[{"content":{"parts":[{"text":"done"}]},"finishReason":"STOP"}]}""";
    private const string Tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";

    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 1];

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;
    private FakeUpstream _pictures = null!;

    public async ValueTask InitializeAsync()
    {
        _pictures = await FakeUpstream.StartAsync(_cancelled);
        _host = await DataPlaneHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _pictures.DisposeAsync();
    }

    [Fact]
    public async Task Image_ByUrl_ReachesAProviderThatTakesBytes()
    {
        _pictures.Default.Then(new UpstreamReply().Header("Content-Type", "image/png").Content(Png));
        _host.Script.Then(UpstreamReply.Json(Answer));

        var answer = await PostAsync("messages", Image("aws-bedrock/amazon.nova-pro-v1:0", _pictures.BaseUrl + "/a.png?sig=1"));

        Assert.Equal(200, answer.Status);
        var fetched = Assert.Single(_pictures.Default.Requests);
        Assert.Equal(("GET", "/a.png?sig=1", null), (fetched.Method, fetched.Target, fetched.Header("authorization")));
        Assert.Equal(
            Convert.ToBase64String(Png),
            (string?)JsonNode.Parse(Assert.Single(_host.Script.Requests).Body)!["messages"]![0]!["content"]![0]!["image"]!["source"]!["bytes"]);
    }

    [Fact]
    public async Task Image_ThatCannotBeFetched_IsRefusedAtItsMember()
    {
        _pictures.Default.Then(new UpstreamReply().Status(404).Length(0));

        var answer = await PostAsync("messages", Image("aws-bedrock/amazon.nova-pro-v1:0", _pictures.BaseUrl + "/a.png"));

        Assert.Equal(
            (400, """{"type":"error","error":{"type":"invalid_request_error","message":"messages[0].content[0].source.url: The URL could not be fetched: it answered with status 404."}}"""),
            (answer.Status, answer.Text));
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Image_OfATypeThatTheProviderDoesNotTake_IsRefused()
    {
        _pictures.Default.Then(new UpstreamReply().Header("Content-Type", "image/tiff").Content(new byte[] { 1, 2, 3 }));

        var answer = await PostAsync("messages", Image("aws-bedrock/amazon.nova-pro-v1:0", _pictures.BaseUrl + "/a.tiff"));

        Assert.Equal(400, answer.Status);
        Assert.Contains("An image must be JPEG, PNG, GIF or WebP.", answer.Text, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Request_ThatIsRefusedForSomethingElse_FetchesNothing()
    {
        var answer = await PostAsync("chat/completions", $$$"""{"model":"aws-bedrock/amazon.nova-pro-v1:0","n":2,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{_pictures.BaseUrl}}}/a.png"}}]}]}""");

        Assert.Equal((400, "n"), (answer.Status, answer.Json.GetProperty("error").GetProperty("param").GetString()));
        Assert.Empty(_pictures.Default.Requests);
    }

    [Fact]
    public async Task Caller_WithoutACredential_FetchesNothing()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));

        var answer = await _host.SendAsync(
            HttpMethod.Post, "compat/messages", Encoding.UTF8.GetBytes(Image("aws-bedrock/amazon.nova-pro-v1:0", _pictures.BaseUrl + "/a.png")),
            ("content-type", "application/json"), ("cf-aig-authorization", "Bearer " + _host.Token));

        Assert.Equal(400, answer.Status);
        Assert.Empty(_pictures.Default.Requests);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Fetching_ThatTheOperatorForbidsOrThatLeadsInside_DoesNotHappen(bool isOn, bool isGuarded)
    {
        await using var host = await DataPlaneHost.StartAsync(options =>
        {
            options.Translation.FetchMedia = isOn;
            options.Upstream.AllowPrivateNetworks = !isGuarded;
        });

        var answer = await PostAsync("messages", Image("google-ai-studio/gemini-3-flash", _pictures.BaseUrl + "/a.png"), host);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith("messages[0].content[0].source.url: ", answer.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(_pictures.Default.Requests);
        Assert.Empty(host.Script.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Signature_ThatTheClientLost_ComesBackWithItsCall(bool streams)
    {
        _host.Script.Then(streams ? UpstreamReply.EventStream().Event(GeminiCall) : UpstreamReply.Json(GeminiCall)).Then(UpstreamReply.Json(GeminiText));
        var id = await CallAsync(streams);

        await PostAsync("chat/completions", Next(id));

        Assert.Equal("c2ln", Signature(_host.Script.Requests[1]));
        var kept = Assert.Single(_host.Gateways.CacheShards(GrainKeys.Gateway(DataPlaneHost.Account, "main")).SelectMany(shard => shard.Stored));
        Assert.Equal(TimeSpan.FromHours(1), kept.Ttl);
        Assert.DoesNotContain("c2ln", Encoding.Latin1.GetString(kept.Body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain(id, Encoding.Latin1.GetString(kept.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signature_ThatTheClientBringsBack_IsNotLookedUp()
    {
        _host.Script.Then(UpstreamReply.Json(GeminiText));

        await PostAsync("chat/completions", Next("g1", ",\"extra_content\":{\"google\":{\"thought_signature\":\"b3du\"}}"));

        Assert.Equal("b3du", Signature(Assert.Single(_host.Script.Requests)));
        Assert.Empty(_host.Gateways.CacheShards(GrainKeys.Gateway(DataPlaneHost.Account, "main")).SelectMany(shard => shard.Queries));
    }

    [Fact]
    public async Task Signature_AfterItsTime_IsGone()
    {
        _host.Script.Then(UpstreamReply.Json(GeminiCall)).Then(UpstreamReply.Json(GeminiText));
        var id = await CallAsync(streams: false);
        _host.Clock.Advance(TimeSpan.FromHours(1));

        await PostAsync("chat/completions", Next(id));

        Assert.Equal("skip_thought_signature_validator", Signature(_host.Script.Requests[1]));
    }

    [Fact]
    public async Task Signature_OfAnotherGateway_IsNotFound()
    {
        _host.Gateways[GrainKeys.Gateway(DataPlaneHost.Account, "other")].Set(DataPlaneHost.Configuration());
        _host.Script.Then(UpstreamReply.Json(GeminiCall)).Then(UpstreamReply.Json(GeminiText));
        var id = await CallAsync(streams: false);

        await _host.SendToAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/other/compat/chat/completions", new ByteArrayContent(Encoding.UTF8.GetBytes(Next(id))), ("content-type", "application/json"), ("authorization", "Bearer k"));

        Assert.Equal("skip_thought_signature_validator", Signature(_host.Script.Requests[1]));
    }

    [Fact]
    public async Task Keeping_ThatTheOperatorSwitchesOff_DoesNotHappen()
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Translation.KeepReasoning = TimeSpan.Zero);
        host.Script.Then(UpstreamReply.Json(GeminiCall)).Then(UpstreamReply.Json(GeminiText));
        var answer = await PostAsync("chat/completions", First(streams: false), host);

        await PostAsync("chat/completions", Next(IdOf(answer.Text)), host);

        Assert.Equal("skip_thought_signature_validator", Signature(host.Script.Requests[1]));
        Assert.Empty(host.Gateways.CacheShards(GrainKeys.Gateway(DataPlaneHost.Account, "main")).SelectMany(shard => shard.Stored));
    }

    [Fact]
    public async Task Shard_ThatDoesNotAnswer_CostsTheThoughtsAndNotTheAnswer()
    {
        _host.Script.Then(UpstreamReply.Json(GeminiText));
        foreach (var shard in _host.Gateways.CacheShards(GrainKeys.Gateway(DataPlaneHost.Account, "main")))
        {
            shard.Failures.Enqueue(new TimeoutException());
        }

        Assert.Equal(200, (await PostAsync("chat/completions", Next("g1"))).Status);
    }

    [Fact]
    public async Task Thinking_ThatTheClientLost_GoesOnAndIsNotCalledLeftOut()
    {
        _host.Script.Then(UpstreamReply.Json("""
            {"id":"m","type":"message","model":"c","content":[{"type":"thinking","thinking":"Hm.","signature":"s1"},{"type":"tool_use","id":"toolu_1","name":"f","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}
            """)).Then(UpstreamReply.Json("""{"id":"m","type":"message","model":"c","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""));
        await PostAsync("responses", """{"model":"anthropic/claude-sonnet-4-5","reasoning":{"effort":"high"},"tools":[{"type":"function","name":"f"}],"input":"x"}""");

        var answer = await PostAsync("responses", """
            {"model":"anthropic/claude-sonnet-4-5","reasoning":{"effort":"high"},"tools":[{"type":"function","name":"f"}],
             "input":[{"role":"user","content":"x"},{"type":"function_call","call_id":"toolu_1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"toolu_1","output":"1"}]}
            """);

        Assert.Equal((200, null), (answer.Status, answer.Header("cf-aig-dropped-params")));
        var sent = JsonNode.Parse(_host.Script.Requests[1].Body)!;
        Assert.Equal("""{"type":"thinking","thinking":"Hm.","signature":"s1"}""", sent["messages"]![1]!["content"]![0]!.ToJsonString());
        Assert.Equal("enabled", (string?)sent["thinking"]!["type"]);
    }

    [Theory]
    [InlineData("google-ai-studio/gemini-3-flash", """{"totalTokens":7}""", ":countTokens")]
    [InlineData("aws-bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", """{"inputTokens":7}""", "/count-tokens")]
    public async Task CountTokens_WhereTheProviderCounts_IsItsCount(string model, string counted, string path)
    {
        _host.Script.Then(UpstreamReply.Json(counted));

        var answer = await PostAsync("messages/count_tokens", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]}""");

        Assert.Equal((200, """{"input_tokens":7}"""), (answer.Status, answer.Text));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith(path, sent.Target, StringComparison.Ordinal);
        Assert.Null(sent.Header("anthropic-version"));
        Assert.Equal((true, true), ((await _host.Logs.NextAsync(_cancelled)).Entry is var entry && entry.Success, entry.CompatibilityMode));
    }

    [Theory]
    [InlineData(429, """{"error":{"code":429,"message":"Slow down","status":"RESOURCE_EXHAUSTED"}}""", 429, """{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}""")]
    [InlineData(200, "{}", 502, """{"type":"error","error":{"type":"api_error","message":"The provider\u0027s answer cannot be read."}}""")]
    public async Task CountTokens_ThatFails_IsToldInAnthropicsFormat(int status, string answered, int expectedStatus, string expected)
    {
        _host.Script.Then(UpstreamReply.Json(answered, status));

        var answer = await PostAsync("messages/count_tokens", """{"model":"google-ai-studio/gemini-3-flash","messages":[{"role":"user","content":"Hello"}]}""");

        Assert.Equal((expectedStatus, expected), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task CountTokens_OfAPictureByUrl_IsEstimatedAndNotFetched()
    {
        var answer = await PostAsync("messages/count_tokens", Image("google-ai-studio/gemini-3-flash", _pictures.BaseUrl + "/a.png"));

        Assert.Equal(200, answer.Status);
        Assert.True(answer.Json.GetProperty("input_tokens").GetInt32() > 1_000);
        Assert.Empty(_pictures.Default.Requests);
        Assert.Empty(_host.Script.Requests);
    }

    private static string Image(string model, string url) => $$$"""{"model":"{{{model}}}","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"{{{url}}}"}}]}]}""";

    private static string First(bool streams) => $$"""{"model":"google-ai-studio/gemini-3-flash",{{(streams ? "\"stream\":true," : "")}}{{Tools}},"messages":[{"role":"user","content":"x"}]}""";

    private static string Next(string id, string extra = "") => $$$"""
        {"model":"google-ai-studio/gemini-3-flash",{{{Tools}}},"messages":[{"role":"user","content":"x"},
         {"role":"assistant","tool_calls":[{"id":"{{{id}}}","type":"function","function":{"name":"f","arguments":"{}"}{{{extra}}}}]},{"role":"tool","tool_call_id":"{{{id}}}","content":"1"}]}
        """;

    private static string? Signature(RecordedRequest sent) => (string?)JsonNode.Parse(sent.Body)!["contents"]![1]!["parts"]![0]!["thoughtSignature"];

    private static string IdOf(string answer)
    {
        var start = answer.IndexOf("\"id\":\"call_", StringComparison.Ordinal) + "\"id\":\"".Length;
        return answer[start..answer.IndexOf('"', start)];
    }

    private async Task<string> CallAsync(bool streams) => IdOf((await PostAsync("chat/completions", First(streams))).Text);

    private Task<FrontAnswer> PostAsync(string endpoint, string body, DataPlaneHost? host = null) => (host ?? _host).SendAsync(
        HttpMethod.Post, "compat/" + endpoint, Encoding.UTF8.GetBytes(body), ("content-type", "application/json"), ("authorization", "Bearer k"), ("anthropic-version", "2023-06-01"));
}
