using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Compat;

/// <summary>Requests in the formats of Responses and Messages, to providers that speak others.</summary>
public sealed class InboundTranslationTests : IAsyncLifetime
{
    private const string Key = "sk-client-key";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("x-api-key", Key)]
    [InlineData("authorization", "Bearer " + Key)]
    public async Task Messages_ToOpenAI_AreTranslatedThereAndBack(string header, string value)
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("openai-chat-tools.response.json")), 200));

        var answer = await PostAsync("messages", Messages("openai/gpt-4.1", "\"top_k\":5,\"metadata\":{\"user_id\":\"u\"},"), (header, value), ("anthropic-version", "2023-06-01"), ("anthropic-beta", "b"));

        Assert.Equal((200, "application/json", "top_k"), (answer.Status, answer.Header("content-type"), answer.Header("cf-aig-dropped-params")));
        var message = JsonNode.Parse(answer.Body)!;
        Assert.Equal(("message", "tool_use", "tool_use"), ((string?)message["type"], (string?)message["stop_reason"], (string?)message["content"]!.AsArray()[^1]!["type"]));
        Assert.StartsWith("msg_", (string?)message["id"], StringComparison.Ordinal);
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/v1/chat/completions", sent.Target, StringComparison.Ordinal);
        Assert.Equal(("Bearer " + Key, null, null, null), (sent.Header("authorization"), sent.Header("x-api-key"), sent.Header("anthropic-version"), sent.Header("anthropic-beta")));
        var body = JsonNode.Parse(sent.Body)!;
        Assert.Equal(("gpt-4.1", "x", 9, "u"), ((string?)body["model"], (string?)body["messages"]![0]!["content"], (int?)body["max_completion_tokens"], (string?)body["user"]));
        var logged = await _host.Logs.NextAsync(_cancelled);
        var entry = logged.Entry;
        Assert.Equal(Messages("openai/gpt-4.1", "\"top_k\":5,\"metadata\":{\"user_id\":\"u\"},"), Encoding.UTF8.GetString(logged.RequestBody!));
        Assert.Equal(answer.Body, logged.ResponseBody);
        Assert.Equal("messages", (string?)JsonNode.Parse(entry.DetailsJson!)!["client_endpoint"]);
        Assert.Equal(("openai", "chat/completions", true, true), (entry.Provider, entry.Path, entry.CompatibilityMode, entry.TokensOut > 0));
        Assert.NotNull(entry.CostUsd);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Messages_StreamOfGemini_GoesOutEventByEvent(int piece)
    {
        var stream = Fixture("gemini-generate-stream.response.sse");
        var reply = UpstreamReply.EventStream();
        for (var start = 0; start < stream.Length; start += piece)
        {
            reply.Send(stream.AsMemory(start, Math.Min(piece, stream.Length - start)));
        }

        _host.Script.Then(reply);

        var answer = await PostAsync("v1/messages", Messages("google-ai-studio/gemini-2.5-flash", "\"stream\":true,"), ("x-api-key", Key));

        Assert.Equal((200, "text/event-stream; charset=utf-8"), (answer.Status, answer.Header("content-type")));
        Assert.StartsWith("event: message_start\ndata: {", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(Key, Assert.Single(_host.Script.Requests).Header("x-goog-api-key"));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.TokensOut > 0);
    }

    [Fact]
    public async Task Messages_Stream_FirstWordGoesOutBeforeTheLastIsThere()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""")
            .Wait(gate)
            .Event("""{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""));

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Messages("openai/gpt-4.1", "\"stream\":true,")));
        content.Headers.TryAddWithoutValidation("content-type", "application/json");
        using var response = await _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/compat/messages", content, _cancelled, ("x-api-key", Key));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_cancelled));

        Assert.Equal("event: message_start", await reader.ReadLineAsync(_cancelled));
        gate.Open();
        Assert.Contains("event: message_stop", await reader.ReadToEndAsync(_cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_StreamOfAnthropic_GoesOutEventByEvent()
    {
        _host.Script.Then(UpstreamReply.EventStream().Send(Fixture("anthropic-messages-stream-tools.response.sse")));

        var answer = await PostAsync("responses", """{"model":"anthropic/claude-haiku-4-5","input":"Tides?","stream":true}""", ("authorization", "Bearer " + Key), ("openai-beta", "b"));

        Assert.Equal((200, "text/event-stream; charset=utf-8"), (answer.Status, answer.Header("content-type")));
        Assert.StartsWith("event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_", answer.Text, StringComparison.Ordinal);
        Assert.Contains("event: response.completed\n", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Text, StringComparison.Ordinal);
        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal((Key, null, null), (sent.Header("x-api-key"), sent.Header("authorization"), sent.Header("openai-beta")));
    }

    [Theory]
    [InlineData("responses", """{"model":"anthropic/claude-haiku-4-5","input":"x","stream":true}""", """{"error":{"message":"Overloaded","type":"overloaded_error","param":null,"code":"overloaded_error"}}""")]
    [InlineData("messages", """{"model":"openai/gpt-4.1","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"x"}]}""", """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""")]
    public async Task Stream_BeginsWithAnError_IsToldByAStatus(string endpoint, string body, string expected)
    {
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"type":"error","error":{"type":"overloaded_error","status":529,"message":"Overloaded"}}""", "error"));

        var answer = await PostAsync(endpoint, body, ("authorization", "Bearer " + Key));

        Assert.Equal((529, "application/json", expected), (answer.Status, answer.Header("content-type"), answer.Text));
    }

    [Fact]
    public async Task Conversation_WithThoughtsOfAnotherProvider_IsShownToAnthropicWithoutThem()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 200));

        await PostAsync("messages", """{"model":"anthropic/claude","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"gw1.e30="},{"type":"text","text":"a"}]}]}""", ("x-api-key", Key));

        Assert.Equal("""{"model":"claude","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"text","text":"a"}]}]}""", Assert.Single(_host.Script.Requests).BodyText);
    }

    [Fact]
    public async Task Name_ThatNoHeaderTakes_IsNotShown()
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("openai-chat-plain.response.json")), 200));

        var answer = await PostAsync("messages", """{"model":"openai/gpt-4.1","max_tokens":9,"é\r\nx: y":1,"messages":[{"role":"user","content":"x"}]}""", ("x-api-key", Key));

        Assert.Equal((200, "?"), (answer.Status, answer.Header("cf-aig-dropped-params")));
    }

    [Fact]
    public async Task Responses_ToBedrock_HaveAnIdOfTheirOwn()
    {
        _host.Script.Then(new UpstreamReply().Header("Content-Type", "application/json").Header("x-amzn-requestid", "aws-1").Send(Fixture("bedrock-converse-plain.response.json")));

        var answer = await PostAsync("responses", """{"model":"aws-bedrock/amazon.nova-lite-v1:0","input":"Tides?"}""", ("authorization", "Bearer " + Key));

        Assert.StartsWith("resp_", answer.Json.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("completed", answer.Json.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("messages", """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""")]
    [InlineData("responses", """{"error":{"message":"Overloaded","type":"overloaded_error","param":null,"code":"overloaded_error"}}""")]
    public async Task ProvidersError_IsToldInTheClientsFormatWithItsStatus(string endpoint, string expected)
    {
        _host.Script.Then(UpstreamReply.Json("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", 529));
        var body = endpoint == "messages" ? Messages("cohere/command-a", "") : """{"model":"cohere/command-a","input":"x"}""";

        var answer = await PostAsync(endpoint, body, ("authorization", "Bearer " + Key));

        Assert.Equal((529, expected), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("messages", """{"model":"openai/gpt-4.1","messages":[{"role":"user","content":"x"}]}""", """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: It is required."}}""")]
    [InlineData("responses", """{"model":"anthropic/claude","input":"x","previous_response_id":"r"}""", """{"error":{"message":"Responses of this model are not stored: send the whole conversation as input.","type":"invalid_request_error","param":"previous_response_id","code":"unsupported_parameter"}}""")]
    public async Task Mistake_OfTheBody_IsToldInTheClientsFormat(string endpoint, string body, string expected)
    {
        var answer = await PostAsync(endpoint, body, ("authorization", "Bearer " + Key));

        Assert.Equal((400, expected), (answer.Status, answer.Text));
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Credential_ThatIsMissing_IsToldInTheClientsFormat()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));

        var answer = await PostAsync("messages", Messages("openai/gpt-4.1", ""), ("cf-aig-authorization", "Bearer " + _host.Token));

        Assert.Equal(400, answer.Status);
        Assert.Equal("error", answer.Json.GetProperty("type").GetString());
        Assert.Contains("none stored for 'openai'", answer.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CountTokens_OfAProviderThatDoesNotCount_IsEstimated()
    {
        var answer = await PostAsync("messages/count_tokens", """{"model":"openai/gpt-4.1","messages":[{"role":"user","content":"one two three four"}]}""", ("x-api-key", Key));

        Assert.Equal(200, answer.Status);
        Assert.InRange(answer.Json.GetProperty("input_tokens").GetInt32(), 4, 20);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task UniversalSteps_InTheFormatOfMessages_FallBackAcrossProviders()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500));
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("openai-chat-plain.response.json")), 200));

        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "",
            Encoding.UTF8.GetBytes($$"""
                [{"provider":"compat","endpoint":"v1/messages","headers":{"x-api-key":"sk-1"},"query":{{Messages("anthropic/claude-haiku-4-5", "")}}},
                 {"provider":"compat","endpoint":"messages","headers":{"x-api-key":"sk-2"},"query":{{Messages("openai/gpt-4.1", "")}}}]
                """),
            ("content-type", "application/json"));

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Equal("message", answer.Json.GetProperty("type").GetString());
        Assert.Equal("Bearer sk-2", _host.Script.Requests[1].Header("authorization"));
    }

    private static string Messages(string model, string members) => $$"""{"model":"{{model}}",{{members}}"max_tokens":9,"messages":[{"role":"user","content":"x"}]}""";

    private static byte[] Fixture(string name) => File.ReadAllBytes(RepositoryFiles.PathOf("tests", "Providers.Tests", "Fixtures", name));

    private Task<FrontAnswer> PostAsync(string endpoint, string body, params (string Name, string Value)[] headers) =>
        _host.SendAsync(HttpMethod.Post, "compat/" + endpoint, Encoding.UTF8.GetBytes(body), [("content-type", "application/json"), .. headers]);
}
