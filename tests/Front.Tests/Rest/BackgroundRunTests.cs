using System.Text.Json;
using GatewayActors.Front.Run.Background;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Rest;

/// <summary>Runs whose callers do not wait.</summary>
public sealed class BackgroundRunTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RestHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true);
        _host.Script.Otherwise(request => request.Target == "/hook" ? UpstreamReply.Json("{}") : UpstreamReply.Json(Bodies.Completion));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_Background_AnswersAtOnceAndTellsTheWebhookLater()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("Content-Type", "application/json").Wait(gate).Send(Bodies.Completion));

        var answer = await PostAsync("");
        Assert.Equal(202, answer.Status);
        Assert.Equal(("Queued", true), (answer.Json.GetProperty("state").GetString(), answer.Json.GetProperty("success").GetBoolean()));
        var id = answer.Json.GetProperty("id").GetString();
        Assert.Equal(id, answer.Json.GetProperty("result").GetProperty("id").GetString());
        await _host.Script.NextAsync(_cancelled);
        gate.Open();
        var hook = await _host.Script.NextAsync(_cancelled);

        Assert.Equal(("POST", "/hook", "application/json"), (hook.Method, hook.Target, hook.Header("content-type")));
        Assert.Null(hook.Header("authorization"));
        await hook.BodyReceived;
        var told = JsonElement.Parse(hook.Body);
        Assert.Equal((id, "Completed", "openai", "openai/gpt-4o-mini"), (Text(told, "id"), Text(told, "state"), Text(told, "provider"), Text(told, "model")));
        Assert.Equal(Bodies.Completion.Trim(), told.GetProperty("result").GetRawText());
        Assert.Equal((JsonValueKind.Null, 1000), (told.GetProperty("error").ValueKind, told.GetProperty("usage").GetProperty("prompt_tokens").GetInt32()));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((id, "rest", true, 1000L), (entry.Id.ToString("D"), entry.RequestType, entry.Success, entry.TokensIn));
    }

    [Fact]
    public async Task Post_ChatFormat_WrapsTheEventAsText()
    {
        await PostAsync(""","webhookFormat":"chat" """);
        await _host.Script.NextAsync(_cancelled);
        var hook = await _host.Script.NextAsync(_cancelled);
        await hook.BodyReceived;

        var text = Text(JsonElement.Parse(hook.Body), "text")!;
        Assert.Contains("\n  \"state\": \"Completed\"", text, StringComparison.Ordinal);
        Assert.Equal("openai", Text(JsonElement.Parse(text), "provider"));
    }

    [Theory]
    [InlineData(500, "provider_unavailable")]
    [InlineData(400, "invalid_request_error")]
    public async Task Run_ProviderFails_TellsTheFailure(int status, string code)
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"No.","type":"invalid_request_error"}}""", status));

        await PostAsync("");
        await _host.Script.NextAsync(_cancelled);
        var hook = await _host.Script.NextAsync(_cancelled);
        await hook.BodyReceived;

        var told = JsonElement.Parse(hook.Body);
        Assert.Equal(("Failed", code, "No."), (Text(told, "state"), Text(told.GetProperty("error"), "code"), Text(told.GetProperty("error"), "message")));
        Assert.Equal(JsonValueKind.Null, told.GetProperty("result").ValueKind);
    }

    [Fact]
    public async Task Run_AnswerBreaksOff_TellsTheFailure()
    {
        _host.Script.Then(new UpstreamReply().Header("Content-Type", "application/json").Length(100_000).Send("""{"id":""").Cut());

        await PostAsync("");
        await _host.Script.NextAsync(_cancelled);
        var hook = await _host.Script.NextAsync(_cancelled);
        await hook.BodyReceived;

        Assert.Equal("Failed", Text(JsonElement.Parse(hook.Body), "state"));
    }

    [Fact]
    public async Task Post_MoreThanAnAccountMayHave_Is429()
    {
        var gate = new Gate();
        _host.Script.Otherwise(_ => new UpstreamReply().Wait(gate).Send("{}"));
        for (var run = 0; run < BackgroundRuns.MostPerAccount; run++)
        {
            Assert.Equal(202, (await PostAsync("", webhook: false)).Status);
        }

        (await PostAsync("", webhook: false)).AssertRestError(429, 2003);
        gate.Open();
    }

    [Fact]
    public async Task Post_UnknownModel_IsRefusedAtOnce() =>
        (await _host.RestAsync("run", """{"model":"nobody/x","input":{"messages":[]},"options":{"background":true}}""")).AssertRestError(404, 7003);

    [Fact]
    public async Task Post_WithoutAToken_RunsNothing()
    {
        var answer = await _host.RestAsync(HttpMethod.Post, "run", """{"model":"openai/gpt-4o-mini","input":{"messages":[]},"options":{"background":true}}""");

        answer.AssertRestError(400, 9106);
        Assert.Empty(_host.Script.Requests);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private Task<FrontAnswer> PostAsync(string more, bool webhook = true) => _host.RestAsync(
        "run",
        $$$"""{"model":"openai/gpt-4o-mini","input":{"messages":[{"role":"user","content":"Hello"}]},"options":{"background":true{{{(webhook ? $",\"webhookUrl\":\"{_host.Upstream.BaseUrl}/hook\"" : "")}}}{{{more}}}}}""");
}
