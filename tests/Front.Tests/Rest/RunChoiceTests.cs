using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.DynamicRoutes;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.DynamicRoutes.RouteHost;

namespace GatewayActors.Front.Tests.Rest;

/// <summary>Runs of dynamic routes and of the auto router.</summary>
public sealed class RunChoiceTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RestHost.StartAsync();
        await _host.Default.SetRoutesAsync(
            default,
            1,
            [
                new() { Id = RouteId, Name = "r", VersionId = "v", Elements = Valid($"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]") },
                new() { Id = RouteId[..^1] + "2", Name = "e", VersionId = "v", Elements = Valid($"[{Start("text-embedding-3-small")},{Model("text-embedding-3-small")},{End}]") },
            ],
            _cancelled);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("run", """{"model":"dynamic/r","input":{"messages":[{"role":"user","content":"Hello"}]}}""")]
    [InlineData("run/dynamic/r", """{"messages":[{"role":"user","content":"Hello"}]}""")]
    [InlineData("run/dynamic%2Fr", """{"messages":[{"role":"user","content":"Hello"}]}""")]
    public async Task Post_DynamicRoute_AnswersWithARunObjectOfTheModelThatAnswered(string path, string body)
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"down"}}""", 500)).Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.RestAsync(path, body);

        var run = answer.RunResult();
        Assert.Equal(("Completed", "openai", "dynamic/r"), (run.GetProperty("state").GetString(), run.GetProperty("provider").GetString(), run.GetProperty("model").GetString()));
        Assert.Equal(Bodies.Completion, run.GetProperty("result").GetRawText());
        Assert.Equal(("b", "openai", "1"), (answer.Header("cf-aig-model"), answer.Header("cf-aig-provider"), answer.Header("cf-aig-step")));
        Assert.Equal(["a", "b"], _host.Script.Requests.Select(sent => JsonElement.Parse(sent.Body).GetProperty("model").GetString()));
        Assert.Equal("a", (await _host.Logs.NextAsync(_cancelled)).Entry.Model);
        var entry = await _host.Logs.NextAsync(_cancelled);
        Assert.Equal(("rest", "b", "s:next a:failed b:success e:end"), (entry.Entry.RequestType, entry.Entry.Model, Way(entry)));
    }

    [Fact]
    public async Task Post_DynamicRouteThatFails_IsAFailedRun()
    {
        _host.Script.Otherwise(_ => UpstreamReply.Json("""{"error":{"message":"down"}}""", 500));

        var answer = await _host.RestAsync("run", """{"model":"dynamic/r","input":{"messages":[]}}""");

        answer.AssertRestError(500, 2005, "down");
        var failure = answer.Json.GetProperty("result");
        Assert.Equal(("Failed", "provider_unavailable", "dynamic/r"), (failure.GetProperty("state").GetString(), failure.GetProperty("error").GetProperty("code").GetString(), failure.GetProperty("model").GetString()));
    }

    [Theory]
    [InlineData("dynamic/r", "/v1/responses")]
    [InlineData("dynamic/e", "/v1/embeddings")]
    [InlineData("cloudflare/auto", "/v1/responses")]
    public async Task Post_InputOfAChoice_IsForWhatItsModelsAre(string model, string target)
    {
        _host.Default.Set(DataPlaneHost.Configuration(authentication: true) with { AutoRouter = new() { Models = ["openai/gpt-4o-mini"] } });
        _host.Script.Then(UpstreamReply.Json("{}"));

        var answer = await _host.RestAsync("run", $$$"""{"model":"{{{model}}}","input":{"input":"x"}}""");

        Assert.Equal(200, answer.Status);
        Assert.EndsWith(target, Assert.Single(_host.Script.Requests).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_UnknownRoute_Is2019() =>
        (await _host.RestAsync("run", """{"model":"dynamic/nobody","input":{"messages":[]}}""")).AssertRestError(400, 2019, "Dynamic route 'nobody' not found");

    [Fact]
    public async Task Post_StreamOfARoute_PassesRaw()
    {
        _host.Script.Then(UpstreamReply.EventStream().Send("data: {\"a\":1}\n\n").Send("data: [DONE]\n\n"));

        var answer = await _host.RestAsync("run", """{"model":"dynamic/r","input":{"stream":true,"messages":[]}}""");

        Assert.Equal("data: {\"a\":1}\n\ndata: [DONE]\n\n", answer.Text);
    }

    [Fact]
    public async Task Post_OnTheGatewayHost_IsTheSame()
    {
        await _host.Gateways[Abstractions.GrainKeys.Gateway(DataPlaneHost.Account, "main")].SetRoutesAsync(
            default, 1, [new() { Id = RouteId, Name = "r", VersionId = "v", Elements = Valid($"[{Start("a")},{Model("a")},{End}]") }], _cancelled);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.SendAsync(
            HttpMethod.Post, "run", """{"model":"dynamic/r","input":{"messages":[]}}"""u8.ToArray(), ("authorization", "Bearer sk"), ("content-type", "application/json"));

        Assert.Equal(("dynamic/r", "a"), (answer.RunResult().GetProperty("model").GetString(), answer.Header("cf-aig-model")));
    }
}
