using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.Universal.UniversalHost;

namespace GatewayActors.Front.Tests.Universal;

/// <summary>Steps in OpenAI's format whose model says which provider is meant.</summary>
public sealed class CompatStepTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("openai/gpt-4o-mini", "chat/completions", "openai", "gpt-4o-mini", "/v1/chat/completions")]
    [InlineData("openai/gpt-4o-mini", "chat/completion", "openai", "gpt-4o-mini", "/v1/chat/completions")]
    [InlineData("openai/gpt-4o-mini", "/v1/chat/completions", "openai", "gpt-4o-mini", "/v1/chat/completions")]
    [InlineData("openai/text-embedding-3-small", "embeddings", "openai", "text-embedding-3-small", "/v1/embeddings")]
    [InlineData("groq/openai/gpt-oss-20b", "chat/completions", "groq", "openai/gpt-oss-20b", "/v1/chat/completions")]
    [InlineData("grok/grok-4", "responses", "grok", "grok-4", "/v1/responses")]
    [InlineData("perplexity/sonar", "chat/completions", "perplexity-ai", "sonar", "/v1/chat/completions")]
    [InlineData("workers-ai/@cf/meta/llama-3.1-8b-instruct", "chat/completions", "workers-ai", "@cf/meta/llama-3.1-8b-instruct", "/v1/chat/completions")]
    public async Task Model_NamesProvider_IsSentBare(string model, string endpoint, string provider, string bare, string target)
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat("compat", endpoint, model) });

        Assert.Equal(200, answer.Status);
        var request = Assert.Single(_host.Script.Requests);
        Assert.Equal((target, $$"""{"model":"{{bare}}","messages":[{"role":"user","content":"Hello"}]}"""), (request.Target, request.BodyText));
        Assert.Equal("Bearer sk-step", request.Header("authorization"));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((provider, bare), (entry.Provider, entry.Model));
    }

    [Theory]
    [InlineData("gpt-4o", 2019)]
    [InlineData("openai/", 2019)]
    [InlineData("/gpt-4o", 2019)]
    [InlineData("nobody/x", 2008)]
    [InlineData("deepgram/nova-3", 2008)]
    public async Task Model_ThatLeadsNowhere_IsAnError(string model, int code)
    {
        var answer = await _host.UniversalAsync(new[] { Chat("compat", model: model) });

        answer.AssertError(400, code);
        if (model.StartsWith("anthropic/", StringComparison.Ordinal))
        {
            Assert.Contains("'anthropic'", answer.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Endpoint_TheProviderDoesNotHave_IsAnError() =>
        (await _host.UniversalAsync(new[] { Chat("compat", "images/generations", "openai/gpt-image-1") })).AssertError(400, 2008);

    [Fact]
    public async Task Fallback_FromOneProviderToAnother_KeepsTheFormat()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 503)).Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat("compat", model: "openai/gpt-4o"), Chat("compat", model: "mistral/mistral-small") });

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Contains("\"model\":\"mistral-small\"", _host.Script.Requests[1].BodyText, StringComparison.Ordinal);
    }
}
