using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Rest;

/// <summary>The routes below <c>ai/v1</c>: a vendor's format in and out, whatever provider the model names.</summary>
public sealed class RestFormatTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("openai/gpt-4o-mini", "v1/chat/completions", "/v1/chat/completions", "gpt-4o-mini")]
    [InlineData("openai/gpt-4o-mini", "v1/v1/chat/completions", "/v1/chat/completions", "gpt-4o-mini")]
    [InlineData("openai/gpt-4o-mini", "v1//chat/completions/", "/v1/chat/completions", "gpt-4o-mini")]
    [InlineData("openai/text-embedding-3-small", "v1/embeddings", "/v1/embeddings", "text-embedding-3-small")]
    [InlineData("openai/gpt-4o-mini", "v1/responses", "/v1/responses", "gpt-4o-mini")]
    [InlineData("xai/grok-4", "v1/chat/completions", "/v1/chat/completions", "grok-4")]
    [InlineData("alibaba/qwen-plus", "v1/chat/completions", "/v1/chat/completions", "qwen-plus")]
    [InlineData("minimax/MiniMax-M2", "v1/chat/completions", "/v1/chat/completions", "MiniMax-M2")]
    [InlineData("@cf/meta/llama-3.1-8b-instruct", "v1/chat/completions", "/v1/chat/completions", "@cf/meta/llama-3.1-8b-instruct")]
    [InlineData("workers-ai/@cf/meta/llama-3.1-8b-instruct", "v1/chat/completions", "/v1/chat/completions", "@cf/meta/llama-3.1-8b-instruct")]
    public async Task Post_ProviderSpeaksTheFormat_IsRelayedRawWithTheOperatorsKey(string model, string path, string target, string upstreamModel)
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await _host.RestAsync(path, $$"""{"model":"{{model}}","messages":[{"role":"user","content":"é"}]}""");

        Assert.Equal((200, Bodies.Completion), (answer.Status, answer.Text));
        Assert.NotNull(answer.Header("cf-aig-log-id"));
        Assert.Equal(("MISS", "0"), (answer.Header("cf-aig-cache-status"), answer.Header("cf-aig-step")));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith(target, sent.Target, StringComparison.Ordinal);
        Assert.Equal($$"""{"model":"{{upstreamModel}}","messages":[{"role":"user","content":"é"}]}""", sent.BodyText);
        Assert.Equal("Bearer " + RestHost.OperatorKey, sent.Header("authorization"));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("rest", "default", true, true), (entry.RequestType, entry.GatewayId, entry.Wholesale, entry.Authentication));
    }

    [Fact]
    public async Task Post_AnthropicModelByItsCatalogueName_IsTranslated()
    {
        _host.Script.Then(UpstreamReply.Json(Fixture("anthropic-messages-plain.response.json"), 200));

        var answer = await _host.RestAsync("v1/chat/completions", """{"model":"anthropic/claude-sonnet-4.5","messages":[{"role":"user","content":"Tides?"}]}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("chat.completion", answer.Json.GetProperty("object").GetString());
        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal("claude-sonnet-4-5", JsonElement.Parse(sent.Body).GetProperty("model").GetString());
        Assert.Equal((RestHost.OperatorKey, null), (sent.Header("x-api-key"), sent.Header("authorization")));
    }

    [Theory]
    [InlineData("v1/messages")]
    [InlineData("v1/v1/messages")]
    public async Task Post_MessagesToAnthropic_ArePassedOnByteForByteButForTheModel(string path)
    {
        var reply = Fixture("anthropic-messages-plain.response.json");
        _host.Script.Then(UpstreamReply.Json(reply, 200));

        var answer = await _host.RestAsync(
            HttpMethod.Post, path, """{ "model":"anthropic/claude-haiku-4.5", "max_tokens":5,"messages":[{"role":"user","content":"x"}],"unknown":1.50}""", ("x-api-key", _host.Token), ("anthropic-beta", "mine"));

        Assert.Equal((200, reply), (answer.Status, answer.Text));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/v1/messages", sent.Target, StringComparison.Ordinal);
        Assert.Equal("""{ "model":"claude-haiku-4-5", "max_tokens":5,"messages":[{"role":"user","content":"x"}],"unknown":1.50}""", sent.BodyText);
        Assert.Equal((RestHost.OperatorKey, "2023-06-01", "mine"), (sent.Header("x-api-key"), sent.Header("anthropic-version"), sent.Header("anthropic-beta")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public async Task Post_Stream_IsPassedOnWhereverItIsCut(int piece)
    {
        const string Events = "data: {\"choices\":[{\"delta\":{\"content\":\"é\"}}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}\n\ndata: [DONE]\n\n";
        var stream = Encoding.UTF8.GetBytes(Events);
        var reply = UpstreamReply.EventStream();
        for (var start = 0; start < stream.Length; start += piece)
        {
            reply.Send(stream.AsMemory(start, Math.Min(piece, stream.Length - start)));
        }

        _host.Script.Then(reply);

        var answer = await _host.RestAsync("v1/chat/completions", """{"model":"openai/gpt-4o-mini","stream":true,"messages":[]}""");

        Assert.Equal((200, Events), (answer.Status, answer.Text));
        Assert.Equal(3, (await _host.Logs.NextAsync(_cancelled)).Entry.TokensOut);
    }

    [Fact]
    public async Task Post_ProvidersKeyBesideTheToken_IsUsedInPlaceOfTheOperators()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        await _host.RestAsync(
            HttpMethod.Post, "v1/chat/completions", RestHost.Chat, ("cf-aig-authorization", "Bearer " + _host.Token), ("authorization", "Bearer sk-own-key"));

        Assert.Equal("Bearer sk-own-key", Assert.Single(_host.Script.Requests).Header("authorization"));
        Assert.False((await _host.Logs.NextAsync(_cancelled)).Entry.Wholesale);
    }

    [Fact]
    public async Task Post_Twice_IsAnsweredOutOfTheCache()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var first = await _host.RestAsync("v1/chat/completions", RestHost.Chat, ("cf-aig-cache-ttl", "60"));
        var second = await _host.RestAsync("v1/chat/completions", RestHost.Chat, ("cf-aig-cache-ttl", "60"));

        Assert.Equal(("MISS", "HIT"), (first.Header("cf-aig-cache-status"), second.Header("cf-aig-cache-status")));
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_ProviderFailsOnce_IsTriedAgain()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"down"}}""", 503)).Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await _host.RestAsync("v1/chat/completions", RestHost.Chat, ("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "0"));

        Assert.Equal((200, 2), (answer.Status, _host.Script.Requests.Count));
    }

    [Fact]
    public async Task Post_RateLimitUsedUp_IsToldInTheEnvelope()
    {
        _host.Default.Set(DataPlaneHost.Configuration(authentication: true) with { RateLimitingLimit = 1, RateLimitingInterval = 60 });
        _host.Default.Rate = () => new() { IsTaken = false, Limit = 1, Remaining = 0, ResetAfter = TimeSpan.FromSeconds(30) };
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion, 200));
        await _host.RestAsync("v1/chat/completions", RestHost.Chat); // The first one brings the configuration.

        var answer = await _host.RestAsync("v1/chat/completions", RestHost.Chat);

        answer.AssertRestError(429, 2003, "Rate limited");
        Assert.Equal("30", answer.Header("retry-after"));
    }

    [Theory]
    [InlineData("""{"model":"nobody/gpt","messages":[]}""", 404, 7003, "Model not found: nobody/gpt")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[]}""", 404, 7003, "Model not found: gpt-4o-mini")]
    [InlineData("""{"messages":[]}""", 400, 7001, "model")]
    [InlineData("not json", 400, 7001, "model")]
    [InlineData("""{"model":7}""", 400, 7001, "model")]
    [InlineData("""{"model":"deepgram/nova"}""", 400, 2008, "Invalid provider")]
    public async Task Post_NamesNoModelThatIsServed_IsToldInTheEnvelope(string body, int status, int code, string words)
    {
        (await _host.RestAsync("v1/chat/completions", body)).AssertRestError(status, code, words);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_ProviderRefusesTheCallersKey_IsNotMistakenForTheToken()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"Incorrect API key provided: sk-own-secret-key."}}""", 401));

        var answer = await _host.RestAsync(
            HttpMethod.Post, "v1/chat/completions", RestHost.Chat, ("cf-aig-authorization", "Bearer " + _host.Token), ("authorization", "Bearer sk-own-secret-key"));

        answer.AssertRestError(401, 2009, "The provider refused the credential");
        Assert.DoesNotContain("sk-own-secret-key", answer.Text, StringComparison.Ordinal);
        Assert.Equal(401, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task Post_ProviderRefusesTheOperatorsKey_IsNotTheCallersFault()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"no"}}""", 401));

        (await _host.RestAsync("v1/chat/completions", RestHost.Chat)).AssertRestError(503, 2009, "operator");
    }

    [Fact]
    public async Task Post_ProvidersOtherErrors_PassRaw()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"slow down","type":"rate"}}""", 429));

        var answer = await _host.RestAsync("v1/chat/completions", RestHost.Chat);

        Assert.Equal((429, """{"error":{"message":"slow down","type":"rate"}}"""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("other", "other")]
    [InlineData("", null)]
    public async Task Gateway_IsTheHeadersOrTheDefault(string? header, string? expected)
    {
        _host.Gateways[GrainKeys.Gateway(DataPlaneHost.Account, "other")].Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await _host.RestAsync("v1/chat/completions", RestHost.Chat, header is null ? [] : [("cf-aig-gateway-id", header)]);

        Assert.Equal(200, answer.Status);
        Assert.Equal(expected ?? "default", (await _host.Logs.NextAsync(_cancelled)).Entry.GatewayId);
        Assert.Null(Assert.Single(_host.Script.Requests).Header("cf-aig-gateway-id"));
    }

    [Theory]
    [InlineData("unknown", 2001, "AI gateway not found")]
    [InlineData("a/b", 7001, "cf-aig-gateway-id")]
    public async Task Gateway_ThatIsNone_IsRefused(string header, int code, string words) =>
        (await _host.RestAsync("v1/chat/completions", RestHost.Chat, ("cf-aig-gateway-id", header))).AssertRestError(400, code, words);

    [Fact]
    public async Task Get_Models_ListsWhatCanBeCalled()
    {
        var answer = await _host.RestAsync(HttpMethod.Get, "v1/models", null, ("authorization", "Bearer " + _host.Token));

        Assert.Equal(200, answer.Status);
        Assert.Equal("list", answer.Json.GetProperty("object").GetString());
        Assert.Contains(answer.Json.GetProperty("data").EnumerateArray(), model => model.GetProperty("id").GetString() == "openai/gpt-4o-mini");
    }

    private static string Fixture(string name) => File.ReadAllText(RepositoryFiles.PathOf("tests", "Providers.Tests", "Fixtures", name));
}
