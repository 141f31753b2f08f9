using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Harness;

/// <summary>What the tests against the fake upstream share: a script, a request that finds it, and its log entry.</summary>
public abstract class FaultTest(GatewayFixture fixture)
{
    protected const string Chat = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""";
    protected const string ChatStream = """{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";
    protected const string Completion = """{"id":"c","object":"chat.completion","model":"gpt-4o-mini","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}""";
    protected const string Delta = """{"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"Hi"}}]}""";

    protected static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    protected GatewayClient Client => fixture.Client;

    protected UpstreamScript Script { get; } = fixture.Upstream.Script();

    /// <summary>The event id of this test's requests.</summary>
    protected string EventId { get; } = "e-" + Guid.CreateVersion7().ToString("N");

    /// <summary>A chat request for this test's script.</summary>
    protected HttpRequestMessage Request(string body = Chat, string path = "openai/chat/completions", params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = Client.Request(path, body, Script);
        request.Headers.Add("cf-aig-event-id", EventId);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>Asserts the gateway's own error.</summary>
    protected static void AssertError(GatewayAnswer answer, int status, int code)
    {
        Assert.Equal((status, code), (answer.StatusCode, answer.ErrorCode));
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.False(answer.Json.GetProperty("success").GetBoolean());
    }

    /// <summary>Reads the rest of a body that must end in an error.</summary>
    protected static async Task AssertBrokenAsync(Stream body)
    {
        var failure = await Record.ExceptionAsync(() => body.CopyToAsync(Stream.Null, CancellationToken));
        Assert.True(failure is IOException or HttpRequestException, $"The body ended with {failure?.ToString() ?? "no failure"}.");
    }
}
