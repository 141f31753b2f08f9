using System.Text;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Compat;

/// <summary>Requests in the formats of OpenAI's Responses and Anthropic's Messages, to providers that speak them.</summary>
public sealed class ClientFormatTests : IAsyncLifetime
{
    private const string Message = """{ "model": "anthropic/claude-haiku-4-5", "max_tokens":5, "messages":[{"role":"user","content":"é"}]}""";

    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("authorization", "Bearer sk-1")]
    [InlineData("x-api-key", "sk-1")]
    public async Task Messages_ToAnthropic_AreRelayedWithTheKeyInItsPlace(string header, string value)
    {
        _host.Script.Then(UpstreamReply.Json("""{"type":"message"}""", 200));

        var answer = await PostAsync("messages", Message, (header, value), ("anthropic-beta", "mine-2025"));

        Assert.Equal((200, """{"type":"message"}"""), (answer.Status, answer.Text));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith("/v1/messages", sent.Target, StringComparison.Ordinal);
        Assert.Equal("""{ "model": "claude-haiku-4-5", "max_tokens":5, "messages":[{"role":"user","content":"é"}]}""", sent.BodyText);
        Assert.Equal(("sk-1", null, "mine-2025", "2023-06-01"), (sent.Header("x-api-key"), sent.Header("authorization"), sent.Header("anthropic-beta"), sent.Header("anthropic-version")));
    }

    [Fact]
    public async Task CountTokens_OfAnthropic_IsRelayed()
    {
        _host.Script.Then(UpstreamReply.Json("""{"input_tokens":7}""", 200));

        var answer = await PostAsync("v1/messages/count_tokens", Message, ("x-api-key", "sk-1"));

        Assert.Equal((200, """{"input_tokens":7}"""), (answer.Status, answer.Text));
        Assert.EndsWith("/v1/messages/count_tokens", Assert.Single(_host.Script.Requests).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_ToOpenAI_AreRelayedUntouched()
    {
        _host.Script.Then(UpstreamReply.Json("""{"object":"response"}""", 200));

        var answer = await PostAsync("responses", """{"input":"é", "model":"openai/gpt-5-mini"}""", ("authorization", "Bearer sk-1"), ("openai-beta", "x"));

        Assert.Equal("""{"object":"response"}""", answer.Text);
        var sent = Assert.Single(_host.Script.Requests);
        Assert.Equal(("""{"input":"é", "model":"gpt-5-mini"}""", "x"), (sent.BodyText, sent.Header("openai-beta")));
    }

    [Theory]
    [InlineData("messages", """{"type":"error","error":{"type":"invalid_request_error","message":"The body's model must be {provider}/{model}."}}""")]
    [InlineData("responses", """{"error":{"message":"The body's model must be {provider}/{model}.","type":"invalid_request_error","param":null,"code":"bad_chat_format"}}""")]
    public async Task Mistake_InAFormat_IsToldInIt(string endpoint, string expected)
    {
        var answer = await PostAsync(endpoint, """{"model":"claude"}""", ("authorization", "Bearer sk-1"));

        Assert.Equal((400, expected), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("v1/responses")]
    public async Task Failure_BeforeRouting_IsToldInTheFormat(string endpoint)
    {
        var answer = await _host.SendAsync(HttpMethod.Get, "compat/" + endpoint, null);

        Assert.Equal(405, answer.Status);
        Assert.Equal("invalid_request_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
    }

    private Task<FrontAnswer> PostAsync(string endpoint, string body, params (string Name, string Value)[] headers) =>
        _host.SendAsync(HttpMethod.Post, "compat/" + endpoint, Encoding.UTF8.GetBytes(body), [("content-type", "application/json"), .. headers]);
}
