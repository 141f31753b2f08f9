using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Rest;

/// <summary>The run routes: a model of any kind, named in the body or in the path.</summary>
public sealed class RunTests : IAsyncLifetime
{
    private const string HostedAnswer = """{"result":{"response":"Hi","usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}},"success":true,"errors":[],"messages":[]}""";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RestHost.StartAsync(options => options.Providers["workers-ai"].BaseUrl += "/accounts/cf/ai/run");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_ModelInTheBody_AnswersWithARunObjectInTheEnvelope()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await _host.RestAsync("run", """{"input":{"messages":[{"role":"user","content":"é"}],"stop":["}"]},"model":"openai/gpt-4o-mini"}""");

        var run = answer.RunResult();
        Assert.Equal(("Completed", "openai", "openai/gpt-4o-mini"), (run.GetProperty("state").GetString(), run.GetProperty("provider").GetString(), run.GetProperty("model").GetString()));
        Assert.Equal(Bodies.Completion, run.GetProperty("result").GetRawText());
        Assert.Equal("Unified", run.GetProperty("gatewayMetadata").GetProperty("keySource").GetString());
        Assert.Equal(("1000", "100"), (answer.Header("cf-aig-tokens-in"), answer.Header("cf-aig-tokens-out")));
        Assert.NotNull(answer.Header("cf-aig-log-id"));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/v1/chat/completions", sent.Target, StringComparison.Ordinal);
        Assert.Equal("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"é"}],"stop":["}"]}""", sent.BodyText);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("rest", "openai", "gpt-4o-mini", 1000L), (entry.RequestType, entry.Provider, entry.Model, entry.TokensIn));
    }

    [Theory]
    [InlineData("openai/gpt-4o-mini", """{"messages":[]}""", "/v1/chat/completions")]
    [InlineData("openai/gpt-4o-mini", """{"input":"x"}""", "/v1/responses")]
    [InlineData("openai/text-embedding-3-small", """{"input":"x"}""", "/v1/embeddings")]
    [InlineData("google/gemini-2.5-flash", """{"messages":[{"role":"user","content":"x"}]}""", "/models/gemini-2.5-flash:generateContent")]
    [InlineData("anthropic/claude-sonnet-4.5", """{"messages":[{"role":"user","content":"x"}],"max_tokens":5}""", "/v1/messages")]
    public async Task Post_Input_SaysWhatKindOfCallItIs(string model, string input, string target)
    {
        _host.Script.Then(UpstreamReply.Json("{}", 200));

        await _host.RestAsync("run", $$"""{"model":"{{model}}","input":{{input}}}""");

        Assert.EndsWith(target, Assert.Single(_host.Script.Requests).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_AnthropicModel_TakesAndAnswersMessagesNatively()
    {
        var reply = File.ReadAllText(RepositoryFiles.PathOf("tests", "Providers.Tests", "Fixtures", "anthropic-messages-plain.response.json"));
        _host.Script.Then(UpstreamReply.Json(reply, 200));

        var answer = await _host.RestAsync("run", """{"model":"anthropic/claude-haiku-4.5","input":{"max_tokens":5,"system":"Be brief.","messages":[{"role":"user","content":"x"}]}}""");

        Assert.Equal(JsonElement.Parse(reply).GetRawText(), answer.RunResult().GetProperty("result").GetRawText());
        Assert.Equal("""{"model":"claude-haiku-4-5","max_tokens":5,"system":"Be brief.","messages":[{"role":"user","content":"x"}]}""", Assert.Single(_host.Script.Requests).BodyText);
    }

    [Theory]
    [InlineData("run/openai/gpt-4o-mini")]
    [InlineData("run/openai%2Fgpt-4o-mini")]
    public async Task Post_ModelInThePath_TakesTheBodyForTheInput(string path)
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await _host.RestAsync(path, """{"messages":[],"model":"ignored/model"}""");

        Assert.Equal("openai/gpt-4o-mini", answer.RunResult().GetProperty("model").GetString());
        Assert.Equal("""{"messages":[],"model":"gpt-4o-mini"}""", Assert.Single(_host.Script.Requests).BodyText);
    }

    [Theory]
    [InlineData("run/@cf/meta/llama-3.1-8b-instruct?x=1", """{"prompt":"Hi"}""")]
    [InlineData("run/@cf%2Fmeta%2Fllama-3.1-8b-instruct?x=1", """{"prompt":"Hi"}""")]
    public async Task Post_HostedModelInThePath_IsPassedThroughBothWays(string path, string body)
    {
        _host.Script.Then(UpstreamReply.Json(HostedAnswer, 200));

        var answer = await _host.RestAsync(path, body);

        Assert.Equal((200, HostedAnswer), (answer.Status, answer.Text));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/accounts/cf/ai/run/@cf/meta/llama-3.1-8b-instruct?x=1", sent.Target, StringComparison.Ordinal);
        Assert.Equal((body, "Bearer " + RestHost.OperatorKey), (sent.BodyText, sent.Header("authorization")));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("workers-ai", "@cf/meta/llama-3.1-8b-instruct", 11L), (entry.Provider, entry.Model, entry.TokensIn + entry.TokensOut));
    }

    [Theory]
    [InlineData("@cf/meta/llama-3.1-8b-instruct")]
    [InlineData("workers-ai/@cf/meta/llama-3.1-8b-instruct")]
    public async Task Post_HostedModelInTheBody_GetsItsInputAlone(string model)
    {
        _host.Script.Then(UpstreamReply.Json(HostedAnswer, 200));

        var answer = await _host.RestAsync("run", $$$"""{"model":"{{{model}}}","input":{"prompt":"Hi"}}""");

        Assert.Equal((200, HostedAnswer), (answer.Status, answer.Text));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/ai/run/@cf/meta/llama-3.1-8b-instruct", sent.Target, StringComparison.Ordinal);
        Assert.Equal(("""{"prompt":"Hi"}""", "application/json"), (sent.BodyText, sent.Header("content-type")));
    }

    [Fact]
    public async Task Post_HostedModelThatForbidsTheOperatorsCredential_IsServedByIt()
    {
        _host.Default.Set(DataPlaneHost.Configuration(authentication: true) with { ByokOnly = true });
        _host.Script.Then(UpstreamReply.Json(HostedAnswer, 200));

        Assert.Equal(200, (await _host.RestAsync("run/@cf/meta/llama-3.1-8b-instruct", "{}", ("cf-aig-no-wholesale", "true"))).Status);
    }

    [Fact]
    public async Task Post_Sound_IsPassedThroughAsItComes()
    {
        var sound = Enumerable.Range(0, 300_000).Select(number => (byte)number).ToArray();
        _host.Script.Then(new UpstreamReply().Header("Content-Type", "image/png").Content(new byte[] { 1, 2, 3 }));

        using var content = new ByteArrayContent(sound);
        content.Headers.TryAddWithoutValidation("content-type", "audio/mpeg");
        var answer = await _host.SendToAsync(HttpMethod.Post, RestHost.Target("run/@cf/openai/whisper"), content, ("authorization", "Bearer " + _host.Token));

        Assert.Equal((200, "image/png"), (answer.Status, answer.Header("content-type")));
        Assert.Equal([1, 2, 3], answer.Body);
        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal(("audio/mpeg", 300_000L), (sent.Header("content-type"), sent.BodyLength));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    public async Task Post_Stream_IsPassedThroughWhereverItIsCut(int piece)
    {
        const string Events = "data: {\"choices\":[{\"delta\":{\"content\":\"é\"}}]}\n\ndata: [DONE]\n\n";
        var stream = Encoding.UTF8.GetBytes(Events);
        var reply = UpstreamReply.EventStream();
        for (var start = 0; start < stream.Length; start += piece)
        {
            reply.Send(stream.AsMemory(start, Math.Min(piece, stream.Length - start)));
        }

        _host.Script.Then(reply);

        var answer = await _host.RestAsync("run", """{"model":"openai/gpt-4o-mini","input":{"stream":true,"messages":[]}}""");

        Assert.Equal((200, Events), (answer.Status, answer.Text));
        Assert.StartsWith("text/event-stream", answer.Header("content-type"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    public async Task Post_AnswerInPieces_IsSetIntoTheEnvelopeWhileItPasses(int piece)
    {
        var gate = new Gate();
        var body = Encoding.UTF8.GetBytes(Bodies.Completion);
        var reply = new UpstreamReply().Header("Content-Type", "application/json").Send(body.AsMemory(0, 1)).Wait(gate);
        for (var start = 1; start < body.Length; start += piece)
        {
            reply.Send(body.AsMemory(start, Math.Min(piece, body.Length - start)));
        }

        _host.Script.Then(reply);
        using var content = new StringContent("""{"model":"openai/gpt-4o-mini","input":{"messages":[]}}""", Encoding.UTF8, "application/json");

        using var response = await _host.StartAsync(HttpMethod.Post, RestHost.Target("run"), content, _cancelled, ("authorization", "Bearer " + _host.Token));
        gate.Open(); // The head was there before the rest.
        var json = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(_cancelled));

        Assert.Equal(Bodies.Completion, json.GetProperty("result").GetProperty("result").GetRawText());
        Assert.True(json.GetProperty("success").GetBoolean());
        Assert.Equal(1000, (await _host.Logs.NextAsync(_cancelled)).Entry.TokensIn);
    }

    [Fact]
    public async Task Post_ProviderBreaksOff_ClosesTheConnectionBeforeTheEnd()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("Content-Type", "application/json").Send("{\"a\":").Wait(gate).Reset());
        using var content = new StringContent("""{"model":"openai/gpt-4o-mini","input":{"messages":[]}}""", Encoding.UTF8, "application/json");

        using var response = await _host.StartAsync(HttpMethod.Post, RestHost.Target("run"), content, _cancelled, ("authorization", "Bearer " + _host.Token));
        gate.Open();

        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(_cancelled));
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"bad temperature"}}""", 400, 7003, "invalid_request_error", "Model execution failed (User Input Error): bad temperature")]
    [InlineData(404, """{"error":{"message":"no such model"}}""", 404, 7003, "not_found_error", "Model not found: no such model")]
    [InlineData(402, """{"error":{"message":"pay"}}""", 402, 2021, "insufficient_quota", "pay")]
    [InlineData(429, """{"error":{"message":"slow down"}}""", 429, 2005, "rate_limit_error", "slow down")]
    [InlineData(500, "oops", 500, 2005, "provider_unavailable", "oops")]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"busy"}}""", 529, 2005, "provider_unavailable", "busy")]
    public async Task Post_ProviderFails_IsARunThatFailed(int upstream, string body, int status, int code, string word, string message)
    {
        _host.Script.Then(UpstreamReply.Json(body, upstream));

        var answer = await _host.RestAsync("run", """{"model":"openai/gpt-4o-mini","input":{"messages":[]}}""");

        answer.AssertRestError(status, code, message);
        var run = answer.Json.GetProperty("result");
        Assert.Equal(("Failed", "openai/gpt-4o-mini", word), (run.GetProperty("state").GetString(), run.GetProperty("model").GetString(), run.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(status, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task Post_HostedModelFails_IsToldAsItsProviderTellsIt()
    {
        const string Failure = """{"errors":[{"code":3040,"message":"AiError: no capacity"}],"success":false,"result":{},"messages":[]}""";
        _host.Script.Then(UpstreamReply.Json(Failure, 429));

        var answer = await _host.RestAsync("run/@cf/x/y", "{}");

        Assert.Equal((429, Failure), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Post_CannotBeTranslated_IsARunThatFailed()
    {
        var answer = await _host.RestAsync("run", """{"model":"google/gemini-2.5-flash","input":{"messages":[{"role":"robot","content":"x"}]}}""");

        answer.AssertRestError(400, 7003, "messages[0].role");
        Assert.Equal("Failed", answer.Json.GetProperty("result").GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("""{"input":{}}""", "model is required")]
    [InlineData("""{"model":"","input":{}}""", "model is required")]
    [InlineData("""{"model":null,"input":{}}""", "model is required")]
    [InlineData("""{"model":7,"input":{}}""", "model must be a string")]
    [InlineData("""{"model":"openai/x"}""", "input is required")]
    [InlineData("""{"model":"openai/x","input":[]}""", "input must be an object")]
    [InlineData("""{"model":"openai/x","input":{}} x""", "not valid JSON")]
    [InlineData("""{"model":"openai/x","input":{}}""", "must have messages")]
    [InlineData("""{"model":"openai/x","input":{},"options":[]}""", "options must be an object")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"gateway":"x"}}""", "options.gateway must be an object")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"gateway":{"id":7}}}""", "options.gateway.id must be a string")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"gateway":{"id":"a/b"}}}""", "options.gateway.id must have")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"gateway":{"cacheTtl":[]}}}""", "options.gateway.cacheTtl must be")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"gateway":{"retries":1}}}""", "options.gateway.retries must be an object")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"background":1}}""", "options.background must be true or false")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"background":true,"webhookUrl":"http://x.com"}}""", "options.webhookUrl: the URL must begin with https://")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"background":true,"webhookUrl":"https://10.0.0.1/"}}""", "options.webhookUrl: the host must be on the public internet")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"background":true,"webhookUrl":"https://x.com","webhookFormat":"xml"}}""", "options.webhookFormat must be raw or chat")]
    [InlineData("""{"model":"dynamic/r","provider":"openai","input":{"messages":[]}}""", "provider cannot be given for 'dynamic/r'")]
    [InlineData("""{"model":"dynamic/r","input":{"prompt":"x"}}""", "messages, or input")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"webhookUrl":"https://x"}}""", "options.webhookUrl needs options.background")]
    [InlineData("""{"model":"openai/x","input":{},"options":{"webhookFormat":"raw"}}""", "options.webhookFormat needs options.webhookUrl")]
    public async Task Post_BodyIsWrong_NamesTheMember(string body, string words)
    {
        (await _host.RestAsync("run", body)).AssertRestError(400, 7001, words);
        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData("run", """{"model":"nobody/x","input":{}}""")]
    [InlineData("run", """{"model":"x","input":{}}""")]
    [InlineData("run", """{"model":"openai/x","provider":"nobody","input":{}}""")]
    [InlineData("run", """{"model":"@cf/a b","input":{}}""")]
    [InlineData("run/@cf/%0d%0aX-Injected:%201", "{}")]
    [InlineData("run/nobody/x", "{}")]
    public async Task Post_NobodyServesTheModel_IsNotFound(string path, string body)
    {
        (await _host.RestAsync(path, body)).AssertRestError(404, 7003, "Model not found");
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_DotsInTheModel_GoNowhere()
    {
        Assert.Equal(400, (await _host.RestAsync("run", """{"model":"@cf/../../accounts","input":{}}""")).Status);
        Assert.Equal(400, (await _host.RestAsync("run/@cf/%2e%2e/x", "{}")).Status);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_GatewayOptionsInTheBody_BeatTheHeaders()
    {
        _host.Gateways[GrainKeys.Gateway(DataPlaneHost.Account, "other")].Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await _host.RestAsync(
            "run",
            """
            {"model":"openai/gpt-4o-mini","input":{"messages":[]},"options":{"gateway":{"id":"other","eventId":"mine","cacheKey":"k","cacheTtl":60,"skipCache":false,
             "metadata":{"team":"é","n":1},"retries":{"maxAttempts":2,"retryDelayMs":0,"backoff":"constant"},"requestTimeoutMs":5000,"collectLog":true,"unknown":[]}}}
            """,
            ("cf-aig-gateway-id", "default"), ("cf-aig-event-id", "header's"));

        Assert.Equal((200, "mine"), (answer.Status, answer.Header("cf-aig-event-id")));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("other", """{"team":"\u00E9","n":1}"""), (entry.GatewayId, entry.MetadataJson));
        Assert.Equal(2, _host.Script.Requests.Count);
        Assert.Single(_host.Gateways.CacheShards(GrainKeys.Gateway(DataPlaneHost.Account, "other")), shard => !shard.Stored.IsEmpty);
    }

    [Fact]
    public async Task Post_ProviderNamed_ServesTheModelInPlaceOfItsAuthor()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await _host.RestAsync("run", """{"model":"openai/gpt-4o-mini","provider":"openrouter","input":{"messages":[]}}""");

        Assert.Equal("openrouter", answer.RunResult().GetProperty("provider").GetString());
    }

    [Fact]
    public async Task Post_OnTheGatewayHost_AnswersAlike()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));
        const string Body = """{"model":"openai/gpt-4o-mini","input":{"messages":[]}}""";

        var answer = await _host.SendAsync(HttpMethod.Post, "run", Encoding.UTF8.GetBytes(Body), ("cf-aig-authorization", "Bearer " + _host.Token));
        var refused = await _host.SendAsync(HttpMethod.Get, "run", null);
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        var anonymous = await _host.SendAsync(HttpMethod.Post, "run", Encoding.UTF8.GetBytes(Body));

        Assert.Equal(Bodies.Completion, answer.RunResult().GetProperty("result").GetRawText());
        refused.AssertRestError(405, 7000);
        anonymous.AssertRestError(401, 2009);
        Assert.Single(_host.Script.Requests);
    }
}
