using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Compat;

/// <summary>Requests in OpenAI's format whose model names the provider.</summary>
public sealed class CompatTests : IAsyncLifetime
{
    private const string Key = "sk-client-key";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("openai/gpt-4o-mini", "chat/completions", "/v1/chat/completions", "gpt-4o-mini")]
    [InlineData("openai/gpt-4o-mini", "v1/chat/completions", "/v1/chat/completions", "gpt-4o-mini")]
    [InlineData("openai/gpt-4o-mini", "chat/completion", "/v1/chat/completions", "gpt-4o-mini")]
    [InlineData("openai/text-embedding-3-small", "embeddings", "/v1/embeddings", "text-embedding-3-small")]
    [InlineData("xai/grok-4", "chat/completions", "/v1/chat/completions", "grok-4")]
    [InlineData("perplexity/sonar", "chat/completions", "/v1/chat/completions", "sonar")]
    [InlineData("openrouter/meta/llama-4", "chat/completions", "/v1/chat/completions", "meta/llama-4")]
    public async Task Post_ProviderSpeaksOpenAI_IsRelayedWithTheBareModel(string model, string endpoint, string target, string upstreamModel)
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await PostAsync($$"""{"model":"{{model}}","messages":[{"role":"user","content":"é"}]}""", endpoint);

        Assert.Equal((200, Bodies.Completion), (answer.Status, answer.Text));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith(target, sent.Target, StringComparison.Ordinal);
        Assert.Equal($$"""{"model":"{{upstreamModel}}","messages":[{"role":"user","content":"é"}]}""", sent.BodyText);
        Assert.Equal("Bearer " + Key, sent.Header("authorization"));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.CompatibilityMode);
    }

    [Fact]
    public async Task Post_Anthropic_IsTranslatedThereAndBack()
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("anthropic-messages-tools.response.json")), 200));

        var answer = await PostAsync("""{"model":"anthropic/claude-haiku-4-5","max_tokens":300,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Tides?"}]}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Header("content-type"));
        AssertSame(Fixture("anthropic-messages-tools.expected-openai.json"), answer.Body);
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/v1/messages", sent.Target, StringComparison.Ordinal);
        Assert.Equal((Key, null, "2023-06-01"), (sent.Header("x-api-key"), sent.Header("authorization"), sent.Header("anthropic-version")));
        var body = JsonNode.Parse(sent.Body)!;
        Assert.Equal(("claude-haiku-4-5", 300, "Tides?"), ((string?)body["model"], (int?)body["max_tokens"], (string?)body["messages"]![0]!["content"]![0]!["text"]));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("anthropic", true, 598L, 92L), (entry.Provider, entry.CompatibilityMode, entry.TokensIn, entry.TokensOut));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Post_AnthropicStream_IsTranslatedEventByEvent(int piece)
    {
        var stream = Fixture("anthropic-messages-stream-tools.response.sse");
        var reply = UpstreamReply.EventStream();
        for (var start = 0; start < stream.Length; start += piece)
        {
            reply.Send(stream.AsMemory(start, Math.Min(piece, stream.Length - start)));
        }

        _host.Script.Then(reply);

        var answer = await PostAsync("""{"model":"anthropic/claude-haiku-4-5","stream":true,"messages":[{"role":"user","content":"Tides?"}]}""");

        Assert.Equal((200, "text/event-stream; charset=utf-8"), (answer.Status, answer.Header("content-type")));
        Assert.Equal(Events(Fixture("anthropic-messages-stream-tools.expected-openai.sse")), Events(answer.Body));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.TokensOut > 0);
    }

    [Fact]
    public async Task Post_AnthropicStream_FirstWordGoesOutBeforeTheLastIsThere()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}""", "message_start")
            .Wait(gate)
            .Event("""{"type":"message_stop"}""", "message_stop"));

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"model":"anthropic/claude","stream":true,"messages":[{"role":"user","content":"x"}]}"""));
        content.Headers.TryAddWithoutValidation("content-type", "application/json");
        using var response = await _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/compat/chat/completions", content, _cancelled, ("authorization", "Bearer " + Key));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));

        Assert.Contains("\"role\":\"assistant\"", await reader.ReadLineAsync(_cancelled), StringComparison.Ordinal);
        gate.Open();
        Assert.DoesNotContain("[DONE]", await reader.ReadToEndAsync(_cancelled), StringComparison.Ordinal); // No reason was given: the client must notice.
    }

    [Fact]
    public async Task Post_Gemini_IsTranslatedThereAndBack()
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("gemini-generate-plain.response.json")), 200));

        var answer = await PostAsync("""{"model":"google-ai-studio/gemini-2.5-flash","messages":[{"role":"user","content":"Tides?"}]}""");

        AssertSame(Fixture("gemini-generate-plain.expected-openai.json"), answer.Body);
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/models/gemini-2.5-flash:generateContent", sent.Target, StringComparison.Ordinal);
        Assert.Equal((Key, null), (sent.Header("x-goog-api-key"), sent.Header("authorization")));
    }

    [Fact]
    public async Task Post_BedrockStream_IsReadOutOfItsFramesAndNamedByTheRequestId()
    {
        _host.Script.Then(new UpstreamReply().Header("Content-Type", "application/vnd.amazon.eventstream").Header("x-amzn-requestid", "aws-1")
            .Send(Fixture("bedrock-converse-stream.response.eventstream")));

        var answer = await PostAsync("""{"model":"aws-bedrock/anthropic.claude-haiku-4-5-20251001-v1:0","stream":true,"messages":[{"role":"user","content":"Tides?"}]}""");

        Assert.Equal((200, "text/event-stream; charset=utf-8"), (answer.Status, answer.Header("content-type")));
        Assert.Contains("\"id\":\"aws-1\"", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal("Bearer " + Key, Assert.Single(_host.Script.Requests).Header("authorization"));
    }

    [Fact]
    public async Task Post_Anthropic_ClientsOwnHeadersStay()
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("anthropic-messages-plain.response.json")), 200));

        await _host.SendAsync(
            HttpMethod.Post,
            "compat/chat/completions",
            Encoding.UTF8.GetBytes("""{"model":"anthropic/claude-haiku-4-5","messages":[{"role":"user","content":"x"}]}"""),
            ("authorization", "Bearer " + Key), ("content-type", "application/json"), ("anthropic-version", "2024-01-01"), ("anthropic-beta", "mine-2025,other"));

        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal("2024-01-01", sent.Header("anthropic-version"));
        Assert.StartsWith("mine-2025,other", sent.Header("anthropic-beta"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ProviderRefuses_IsToldInOpenAIsFormatWithItsStatus()
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("anthropic-messages-error-529.response.json")), 529));

        var answer = await PostAsync("""{"model":"anthropic/claude","messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal(529, answer.Status);
        AssertSame(Fixture("anthropic-messages-error-529.expected-openai.json"), answer.Body);
    }

    [Fact]
    public async Task Post_StreamBeginsWithAnError_IsToldByAStatus()
    {
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "error"));

        var answer = await PostAsync("""{"model":"anthropic/claude","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal((529, "application/json"), (answer.Status, answer.Header("content-type")));
        Assert.Equal("overloaded_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("anthropic/claude-haiku-4-5")]
    [InlineData("google-ai-studio/gemini-2.5-flash")]
    [InlineData("google-vertex-ai/google/gemini-2.5-flash")]
    [InlineData("aws-bedrock/amazon.nova-lite-v1:0")]
    [InlineData("cohere/command-a-03-2025")]
    public async Task Post_HalfACharacter_IsRefusedNotADefect(string model)
    {
        foreach (var member in (string[])["\"service_tier\"", "\"user\"", "\"metadata\":{\"k\":\"\\ud800\"},\"stop\""])
        {
            var answer = await PostAsync($$"""{"model":"{{model}}","messages":[{"role":"user","content":"\ud800"}],{{member}}:"\ud800"}""");
            Assert.Equal(400, answer.Status);
        }

        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_ProvidersErrorHoldsHalfACharacter_IsToldWithItsStatus()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"\ud800","type":"x"}}""", 422));

        Assert.Equal(422, (await PostAsync("""{"model":"anthropic/claude","messages":[{"role":"user","content":"x"}]}""")).Status);
    }

    [Fact]
    public async Task Post_ProviderStateAKey_IsHiddenInAStreamToo()
    {
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}""", "message_start")
            .Event("""{"type":"error","error":{"type":"api_error","message":"no such key sk-ant-0123456789abcdef"}}""", "error"));

        var answer = await PostAsync("""{"model":"anthropic/claude","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Contains("[hidden]", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_StreamStatesAnError_TheClientDoesNotWaitForTheRest()
    {
        var never = new Gate();
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}""", "message_start")
            .Event("""{"type":"error","error":{"type":"api_error","message":"broken"}}""", "error")
            .Event("""{"type":"ping"}""", "ping")
            .Wait(never));

        var answer = await PostAsync("""{"model":"anthropic/claude","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Contains("broken", answer.Text, StringComparison.Ordinal);
        await Assert.Single(_host.Script.Requests).Aborted.WaitAsync(_cancelled);
    }

    [Theory]
    [InlineData("application/json", "{\"id\":\"msg_1\",", false)]
    [InlineData("text/event-stream", "event: message_start\ndata: {\"type\":", true)]
    public async Task Post_ProviderStallsWhileItsAnswerIsTranslated_IsToldByAStatus(string contentType, string beginning, bool isStream)
    {
        var idle = new UpstreamOptions().IdleTimeout;
        _host.Script.Then(new UpstreamReply().Header("content-type", contentType).Send(beginning).Stall());
        var answering = PostAsync($$"""{"model":"anthropic/claude","stream":{{(isStream ? "true" : "false")}},"messages":[{"role":"user","content":"x"}]}""");

        // Set twice: with the first bytes, and by the translation that waits for the rest. The clock may not move in between, or the
        // second time would begin where the first has ended.
        await _host.Clock.SetAsync(idle, _cancelled);
        await _host.Clock.SetAsync(idle, _cancelled);
        _host.Clock.Advance(idle);
        var answer = await answering;

        Assert.Equal((504, "application/json"), (answer.Status, answer.Header("content-type")));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((504, false), (entry.StatusCode, entry.Success));
        await Assert.Single(_host.Script.Requests).Aborted.WaitAsync(_cancelled);
    }

    [Fact]
    public async Task Post_AnswerIsNoJson_Is502()
    {
        _host.Script.Then(UpstreamReply.Json("<html>", 200));

        var answer = await PostAsync("""{"model":"anthropic/claude","messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal(502, answer.Status);
        Assert.Equal("malformed_answer", answer.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Post_MemberThatTheProviderLacks_IsLeftOutAndNamed()
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("anthropic-messages-plain.response.json")), 200));

        var answer = await PostAsync("""{"model":"anthropic/claude-haiku-4-5","logit_bias":{"5":1},"messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal(200, answer.Status);
        Assert.Contains("logit_bias", answer.Header("cf-aig-dropped-params"), StringComparison.Ordinal);
        Assert.Contains("logit_bias", (await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":"anthropic/claude","messages":[]}""", "messages")]
    [InlineData("""{"model":"anthropic/claude","n":2,"messages":[{"role":"user","content":"x"}]}""", "n")]
    [InlineData("""{"model":"anthropic/claude","messages":[{"role":"robot","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"anthropic/claude","temperature":"hot","messages":[{"role":"user","content":"x"}]}""", "temperature")]
    public async Task Post_CannotBeTranslated_IsRefusedInOpenAIsFormat(string body, string parameter)
    {
        var answer = await PostAsync(body);

        Assert.Equal(400, answer.Status);
        var error = answer.Json.GetProperty("error");
        Assert.Equal(("invalid_request_error", parameter), (error.GetProperty("type").GetString(), error.GetProperty("param").GetString()));
        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o-mini"}""", 2019)]
    [InlineData("""{"messages":[]}""", 2019)]
    [InlineData("not json", 2019)]
    [InlineData("""{"model":"/gpt"}""", 2019)]
    [InlineData("""{"model":"nobody/gpt"}""", 2008)]
    [InlineData("""{"model":"deepgram/nova"}""", 2008)]
    public async Task Post_NamesNoProviderThatCan_IsRefused(string body, int code)
    {
        (await PostAsync(body)).AssertError(400, code);
        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData("compat/models")]
    [InlineData("compat/v1/models")]
    [InlineData("compat//models/")]
    public async Task Get_Models_ListsWhatCanBeCalledWithItsPrices(string path)
    {
        var answer = await _host.SendAsync(HttpMethod.Get, path, null);

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("content-type")));
        var models = answer.Json.GetProperty("data").EnumerateArray().ToDictionary(model => model.GetProperty("id").GetString()!);
        var model = models["openai/gpt-4o-mini"];
        Assert.Equal((0.00000015m, 0.0000006m), (model.GetProperty("cost_in").GetDecimal(), model.GetProperty("cost_out").GetDecimal()));
        Assert.Equal(("model", "openai"), (model.GetProperty("object").GetString(), model.GetProperty("owned_by").GetString()));
        Assert.Contains(models.Keys, id => id.StartsWith("anthropic/claude-", StringComparison.Ordinal));
        Assert.DoesNotContain(models.Keys, id => id.StartsWith("deepgram/", StringComparison.Ordinal)); // It cannot be called here.
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Get_ModelsOfAClosedGatewayWithoutAToken_IsRefused()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));

        (await _host.SendAsync(HttpMethod.Get, "compat/models", null)).AssertError(401, 2009);
        Assert.Equal(200, (await _host.SendAsync(HttpMethod.Get, "compat/models", null, ("authorization", "Bearer " + _host.Token))).Status);
    }

    [Fact]
    public async Task Get_IsRefused() =>
        (await _host.SendAsync(HttpMethod.Get, "compat/chat/completions", null)).AssertError(405, 7000);

    [Fact]
    public async Task Post_NoProviderKeyBehindAClosedGateway_AsksForOne()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));

        var answer = await _host.SendAsync(
            HttpMethod.Post, "compat/chat/completions", Encoding.UTF8.GetBytes("""{"model":"anthropic/claude","messages":[{"role":"user","content":"x"}]}"""),
            ("authorization", "Bearer " + _host.Token), ("content-type", "application/json"));

        answer.AssertError(400, 2040);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Post_Twice_IsAnsweredOutOfTheCacheTranslatedAgain()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: false) with { CacheTtl = 3600 });
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("anthropic-messages-tools.response.json")), 200));
        const string Body = """{"model":"anthropic/claude-haiku-4-5","messages":[{"role":"user","content":"Tides?"}]}""";

        var first = await PostAsync(Body);
        var second = await PostAsync(Body);

        Assert.Equal(("MISS", "HIT"), (first.Header("cf-aig-cache-status"), second.Header("cf-aig-cache-status")));
        AssertSame(Fixture("anthropic-messages-tools.expected-openai.json"), second.Body);
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task Universal_CompatStepsOfTwoFormats_FallBackAndAnswerInOne()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"down"}}""", 500));
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("anthropic-messages-tools.response.json")), 200));

        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "",
            Encoding.UTF8.GetBytes(
                """
                [{"provider":"compat","endpoint":"chat/completions","headers":{"authorization":"Bearer sk-1"},"query":{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"x"}]}},
                 {"provider":"compat","endpoint":"chat/completions","headers":{"authorization":"Bearer sk-2"},"query":{"model":"anthropic/claude-haiku-4-5","messages":[{"role":"user","content":"x"}]}}]
                """),
            ("content-type", "application/json"));

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        AssertSame(Fixture("anthropic-messages-tools.expected-openai.json"), answer.Body);
        Assert.Equal("sk-2", _host.Script.Requests[1].Header("x-api-key"));
    }

    private Task<FrontAnswer> PostAsync(string body, string endpoint = "chat/completions") => _host.SendAsync(
        HttpMethod.Post, "compat/" + endpoint, Encoding.UTF8.GetBytes(body), ("authorization", "Bearer " + Key), ("content-type", "application/json"));

    private static byte[] Fixture(string name) => File.ReadAllBytes(RepositoryFiles.PathOf("tests", "Providers.Tests", "Fixtures", name));

    private static void AssertSame(byte[] expected, byte[] actual)
    {
        var (wanted, got) = (Loosely(expected), Loosely(actual));
        Assert.True(JsonNode.DeepEquals(wanted, got), $"Expected {wanted?.ToJsonString()} but was {got?.ToJsonString()}.");
    }

    private static List<string> Events(byte[] stream) =>
    [
        .. Encoding.UTF8.GetString(stream).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Trim())
            .Where(text => text.StartsWith("data: ", StringComparison.Ordinal)).Select(text => text["data: ".Length..])
            .Select(data => data == "[DONE]" ? data : JsonSerializer.Serialize(Sorted(Loosely(Encoding.UTF8.GetBytes(data))))),
    ];

    // When it was made is the gateway's to say.
    private static JsonNode? Loosely(byte[] json)
    {
        var node = JsonNode.Parse(json);
        if (node is JsonObject root && root.ContainsKey("created"))
        {
            root["created"] = 0;
        }

        return node;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
