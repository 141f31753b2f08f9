using System.Net;
using System.Text.Json;
using GatewayActors.Client;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Client;

/// <summary>The client package runs steps.</summary>
public sealed class RunClientTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly OwnHttpClient _http = new();
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _host.DisposeAsync();
    }

    [Fact]
    public async Task Run_FirstStepFails_AnswersWithTheSecondUnderItsOptions()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(Bodies.Completion, 200));

        using var run = await Gateway().RunAsync([Step(), Step()], new() { EventId = "mine", Metadata = new() { ["team"] = "é" }, CollectLog = true, MaxAttempts = 1, SkipCache = true }, _cancelled);

        Assert.Equal(Bodies.Completion, (await run.ReadJsonAsync(_cancelled)).GetRawText());
        Assert.Equal(1, run.Step);
        var (first, second) = (await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled));
        Assert.Equal(run.LogId, second.Entry.Id.ToString("D"));
        Assert.All([first, second], written => Assert.Equal(("mine", "é"), (written.Entry.EventId, JsonElement.Parse(written.Entry.MetadataJson!).GetProperty("team").GetString())));
    }

    [Fact]
    public async Task Run_Streamed_HandsOutTheFirstEventBeforeTheLastIsIn()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Status(200).Head().Send("data: o").Send("ne\n\n").Wait(gate).Send("event: x\ndata: two\n\n"));

        using var run = await Gateway().RunAsync(Step(), cancellationToken: _cancelled);
        await using var events = run.ReadEventsAsync(_cancelled).GetAsyncEnumerator(_cancelled);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("one", events.Current.Data);
        gate.Open();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("x", "two"), (events.Current.EventType, events.Current.Data));
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Run_Refused_ThrowsWhenTheAnswerIsRead()
    {
        using var run = await Gateway("nobody").RunAsync(Step(), cancellationToken: _cancelled);

        var refused = await Assert.ThrowsAsync<AiGatewayException>(() => run.ReadJsonAsync(_cancelled));
        Assert.Equal((HttpStatusCode.BadRequest, 2001), (refused.Status, refused.Code));
        Assert.NotNull(refused.RequestId);
    }

    private static GatewayStep Step() => new()
    {
        Provider = "openai",
        Endpoint = "chat/completions",
        Headers = new Dictionary<string, string> { ["authorization"] = "Bearer sk-step" },
        Query = JsonElement.Parse("""{"model":"gpt-4o-mini","messages":[]}"""),
    };

    private GatewayClient Gateway(string id = "main") =>
        new AiGatewayClient(_http.Client, new() { BaseAddress = _host.Address, AccountId = DataPlaneHost.Account, Token = _host.Token }).Gateway(id);
}
