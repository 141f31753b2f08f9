using System.Text;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Compat;

/// <summary>Providers that serve some of their models in OpenAI's format and others not.</summary>
public sealed class CompatPerModelTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("openai/gpt-5-pro", "/v1/responses", "openai-responses-plain.response.json", "Minerals wash in and stay behind.", 12, 79)]
    [InlineData("workers-ai/@hf/nousresearch/hermes-2-pro-mistral-7b", "/v1/@hf/nousresearch/hermes-2-pro-mistral-7b", "workers-ai-run-plain.response.json", "Minerals from rivers build up.", 31, 7)]
    public async Task Post_ModelWithAFormatOfItsOwn_IsTranslatedAndBooked(string model, string target, string fixture, string text, int tokensIn, int tokensOut)
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture(fixture))));

        var answer = await PostAsync(model, isStream: false);

        Assert.Equal(200, answer.Status);
        Assert.Equal(text, answer.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith(target, sent.Target, StringComparison.Ordinal); // The test's base URL stands for …/ai/run.
        Assert.Equal("Bearer sk-client-key", sent.Header("authorization"));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((true, tokensIn, tokensOut), (entry.CompatibilityMode, entry.TokensIn, entry.TokensOut));
    }

    [Theory]
    [InlineData("openai/gpt-5-pro", "openai-responses-stream.response.sse", "stay behind.")]
    [InlineData("workers-ai/@hf/nousresearch/hermes-2-pro-mistral-7b", "workers-ai-run-stream.response.sse", "再见")]
    public async Task Post_StreamByteByByte_IsTranslatedEventByEvent(string model, string fixture, string text)
    {
        var reply = UpstreamReply.EventStream();
        foreach (var value in Fixture(fixture))
        {
            reply.Send(new[] { value });
        }

        _host.Script.Then(reply);

        var answer = await PostAsync(model, isStream: true);

        Assert.Equal((200, "text/event-stream; charset=utf-8"), (answer.Status, answer.Header("content-type")));
        Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", answer.Text, StringComparison.Ordinal);
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.TokensOut > 0);
    }

    [Theory]
    [InlineData("openai/gpt-5-mini", "/v1/chat/completions")]
    [InlineData("workers-ai/@cf/meta/llama-3.3-70b-instruct-fp8-fast", "/v1/chat/completions")]
    public async Task Post_OtherModelsOfTheSameProvider_AreRelayed(string model, string target)
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        Assert.Equal(Bodies.Completion, (await PostAsync(model, isStream: false)).Text);

        Assert.EndsWith(target, Assert.Single(_host.Script.Requests).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_WorkersAIRefuses_IsToldWithItsStatus()
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture("workers-ai-run-error-429.response.json")), 429));

        var answer = await PostAsync("workers-ai/@hf/a/b", isStream: false);

        Assert.Equal((429, "rate_limit_error"), (answer.Status, answer.Json.GetProperty("error").GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("anthropic/claude-haiku-4-5", "anthropic-messages-error-429", "rate_limit_error", "This request would exceed the rate limit for your organization of 4,000 requests per minute.")]
    [InlineData("cohere/command-a-03-2025", "cohere-chat-error-429", "rate_limit_error", "Trial key call limit of this minute reached.")]
    [InlineData("google-ai-studio/gemini-2.5-flash", "gemini-generate-error-429", "rate_limit_error", "Quota for this project and model is used up for the current minute.")]
    [InlineData("aws-bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock-error-429", "rate_limit_error", "Too many requests, please wait before trying again.")]
    public async Task Post_TranslatedProviderRefuses_IsToldInOpenAIsFormatWithItsDelay(string model, string fixture, string type, string message)
    {
        _host.Script.Then(UpstreamReply.Json(Encoding.UTF8.GetString(Fixture(fixture + ".response.json")), 429, ("retry-after", "17")));

        var answer = await PostAsync(model, isStream: false);

        var error = answer.Json.GetProperty("error");
        Assert.Equal((429, "17"), (answer.Status, answer.Header("retry-after")));
        Assert.Equal((type, message), (error.GetProperty("type").GetString(), error.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("openai/gpt-4.1-mini", "openai-chat-error-401", 401)]
    [InlineData("openai/gpt-4.1-mini", "openai-chat-error-429", 429)]
    [InlineData("mistral/mistral-small-latest", "mistral-chat-error-422", 422)]
    public async Task Post_RelayedProviderRefuses_IsToldAsItIs(string model, string fixture, int status)
    {
        var told = Encoding.UTF8.GetString(Fixture(fixture + ".response.json"));
        _host.Script.Then(UpstreamReply.Json(told, status));

        var answer = await PostAsync(model, isStream: false);

        Assert.Equal((status, told), (answer.Status, answer.Text));
    }

    private Task<FrontAnswer> PostAsync(string model, bool isStream) => _host.SendAsync(
        HttpMethod.Post,
        "compat/chat/completions",
        Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","stream":{{(isStream ? "true" : "false")}},"messages":[{"role":"user","content":"Tides?"}]}"""),
        ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));

    private static byte[] Fixture(string name) => File.ReadAllBytes(RepositoryFiles.PathOf("tests", "Providers.Tests", "Fixtures", name));
}
