using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.Universal.UniversalHost;

namespace GatewayActors.Front.Tests.Upstreams;

/// <summary>A second call beside one that does not answer.</summary>
public sealed class HedgingTests : IAsyncLifetime
{
    private const string Other = """{"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}}""";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task First_DoesNotAnswer_TheSecondDoesAndTheFirstIsDropped()
    {
        _host.Script.Then(new UpstreamReply().Stall()).Then(UpstreamReply.Json(Bodies.Completion));
        var answering = _host.ChatAsync(("cf-aig-hedge-delay", "250"));
        var first = await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(250);

        var answer = await answering;

        Assert.Equal((200, Bodies.Completion), (answer.Status, answer.Text));
        await first.Aborted.WaitAsync(_cancelled);
        Assert.Equal([first.BodyText, first.BodyText], _host.Script.Requests.Select(request => request.BodyText));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((200, true, 0.00021m), (entry.StatusCode, entry.Success, entry.CostUsd));
        Assert.Equal([(1, "cancelled", false), (2, "success", true)], Attempts(entry.DetailsJson).OrderBy(attempt => attempt.Number));
    }

    [Fact]
    public async Task First_AnswersAfterAll_TheSecondIsDropped()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content("{}"u8.ToArray())).Then(new UpstreamReply().Stall());
        var answering = _host.ChatAsync(("cf-aig-hedge-delay", "250"));
        await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(250);
        var second = await _host.Script.NextAsync(_cancelled);
        gate.Open();

        Assert.Equal("{}", (await answering).Text);
        await second.Aborted.WaitAsync(_cancelled);
        Assert.Equal([(1, "success", false), (2, "cancelled", true)], Attempts((await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson).OrderBy(attempt => attempt.Number));
    }

    [Fact]
    public async Task First_AnswersInTime_IsAlone()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));

        Assert.Equal(200, (await _host.ChatAsync(("cf-aig-hedge-delay", "250"))).Status);
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await _host.ChatAsync(("cf-aig-hedge-delay", "250"))).Status);

        Assert.Equal(2, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task First_HasBegunAStream_IsAlone()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Event("1").Wait(gate).Event("2")).Then(UpstreamReply.Json(Bodies.Completion));
        using var response = await _host.StartAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), _cancelled, ("authorization", "Bearer sk"), ("cf-aig-hedge-delay", "250"));
        _host.Clock.Advance(TimeSpan.FromSeconds(60)); // The answer is committed: whatever it takes now, there is no other.
        gate.Open();

        Assert.Equal("data: 1\n\ndata: 2\n\n", await response.Content.ReadAsStringAsync(_cancelled));
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task First_FailsAtOnce_IsAFailureAndNoReasonForASecond()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        Assert.Equal(500, (await _host.ChatAsync(("cf-aig-hedge-delay", "250"))).Status);
        Assert.Single(_host.Script.Requests);
    }

    [Theory]
    [InlineData(500, 200, 200)]
    [InlineData(500, 400, 400)] // An answer that no other call would mend.
    [InlineData(503, 503, 503)]
    public async Task First_FailsWhileTheSecondIsUnderWay_TheSecondDecides(int first, int second, int expected)
    {
        var (one, two) = (new Gate(), new Gate());
        _host.Script
            .Then(new UpstreamReply().Wait(one).Status(first).Header("content-type", "application/json").Content("{}"u8.ToArray()))
            .Then(new UpstreamReply().Wait(two).Status(second).Header("content-type", "application/json").Content("{}"u8.ToArray()));
        var answering = _host.ChatAsync(("cf-aig-hedge-delay", "250"));
        await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(250);
        await _host.Script.NextAsync(_cancelled);
        one.Open();
        two.Open();

        Assert.Equal(expected, (await answering).Status);
    }

    [Fact]
    public async Task Second_CannotConnect_TheFirstDecides()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content("{}"u8.ToArray())).Then(new UpstreamReply().Reset());
        var answering = _host.ChatAsync(("cf-aig-hedge-delay", "250"));
        await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(250);
        await (await _host.Script.NextAsync(_cancelled)).Finished.WaitAsync(_cancelled);
        gate.Open();

        Assert.Equal((200, "{}"), ((await answering).Status, (await answering).Text));
    }

    [Fact]
    public async Task Superseded_ThatStatesItsUsage_IsBilledToo()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration() with
        {
            TokenLimits = new() { Enabled = true, Rules = [new() { Id = "r", Limit = 10_000, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed }] },
        });
        var (one, two) = (new Gate(), new Gate());
        _host.Script
            .Then(UpstreamReply.EventStream().Wait(one).Send(
                """
                event: message_start
                data: {"type":"message_start","message":{"model":"claude-sonnet-4-5","usage":{"input_tokens":1000,"output_tokens":0}}}

                event: error
                data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}


                """))
            .Then(new UpstreamReply().Wait(two).Header("content-type", "application/json").Content(
                """{"model":"claude-sonnet-4-5","usage":{"input_tokens":1000,"output_tokens":100}}"""u8.ToArray()));
        var answering = _host.SendAsync(
            HttpMethod.Post, "anthropic/v1/messages", """{"model":"claude-sonnet-4-5"}"""u8.ToArray(), ("x-api-key", "sk-ant"), ("content-type", "application/json"), ("cf-aig-hedge-delay", "250"));
        await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(250);
        await _host.Script.NextAsync(_cancelled);
        one.Open();
        await _host.Clock.SetAsync(new UpstreamOptions().IdleTimeout, _cancelled); // Its first bytes are here.
        two.Open();

        var answer = await answering;

        Assert.Equal(200, answer.Status);
        Assert.Equal("0.0075", answer.Header("cf-aig-cost")); // 3 and 15 dollars per million: 0.003, and 0.003 + 0.0015.
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((0.0075m, 1_000L, 100L), (entry.CostUsd, entry.TokensIn, entry.TokensOut));
        Assert.Equal(1_000, JsonElement.Parse(entry.DetailsJson!).GetProperty("superseded_usage").GetProperty("input_tokens").GetInt32());
        Assert.Equal(2_100, (await _host.Gateways.Quotas.Values.Single().NextSettledAsync(_cancelled)).Actual);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(250, null, true)]
    [InlineData(250, "0", false)]
    [InlineData(0, null, false)]
    [InlineData(9_000, "250", true)]
    [InlineData(250, "soon", true)]
    public async Task Delay_OfTheHeader_BeatsTheGateways(int? gateway, string? header, bool isHedged)
    {
        var gate = new Gate();
        _host.Gateway.Set(DataPlaneHost.Configuration(hedgeDelay: gateway));
        _host.Script
            .Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content("{}"u8.ToArray()))
            .Then(UpstreamReply.Json(Other));
        var answering = _host.ChatAsync(header is null ? [] : [("cf-aig-hedge-delay", header)]);
        await _host.Script.NextAsync(_cancelled);
        if (isHedged)
        {
            await ElapseAsync(250);
            Assert.Equal(Other, (await answering).Text);
        }
        else
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(60));
            gate.Open();
            Assert.Equal("{}", (await answering).Text);
            Assert.Single(_host.Script.Requests);
        }
    }

    [Fact]
    public async Task Step_MayHaveADelayOfItsOwn()
    {
        _host.Script.Then(new UpstreamReply().Stall()).Then(UpstreamReply.Json(Other));
        var answering = _host.UniversalAsync(new[] { Chat().WithHeader("cf-aig-hedge-delay", "350") }, ("cf-aig-hedge-delay", "0"));
        await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(350);

        Assert.Equal(Other, (await answering).Text);
    }

    [Fact]
    public async Task Calls_AreFiveAtMost()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5, delay: 0, hedgeDelay: 250));
        List<Gate> gates = [.. Enumerable.Range(0, 6).Select(_ => new Gate())];
        foreach (var gate in gates)
        {
            _host.Script.Then(new UpstreamReply().Wait(gate).Status(500).Header("content-type", "application/json").Content("{}"u8.ToArray()));
        }

        var answering = _host.ChatAsync();
        for (var call = 0; call < 4; call += 2)
        {
            await _host.Script.NextAsync(_cancelled);
            await ElapseAsync(250);
            await _host.Script.NextAsync(_cancelled);
            gates[call].Open();
            gates[call + 1].Open();
        }

        await _host.Script.NextAsync(_cancelled);
        gates[4].Open();

        Assert.Equal(500, (await answering).Status);
        Assert.Equal(5, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Body_ThatStreamsIn_IsSentOnce()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content("{}"u8.ToArray()));
        var answering = _host.SendAsync(HttpMethod.Post, "openai/files", new byte[400_000], ("authorization", "Bearer sk"), ("content-type", "application/octet-stream"), ("cf-aig-hedge-delay", "250"));
        await (await _host.Script.NextAsync(_cancelled)).BodyReceived.WaitAsync(_cancelled);
        _host.Clock.Advance(TimeSpan.FromSeconds(60));
        gate.Open();

        Assert.Equal(200, (await answering).Status);
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task Client_Leaves_BothCallsEnd()
    {
        _host.Script.Then(new UpstreamReply().Stall()).Then(new UpstreamReply().Stall());
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        var answering = _host.StartAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), abort.Token, ("authorization", "Bearer sk"), ("cf-aig-hedge-delay", "250"));
        var first = await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(250);
        var second = await _host.Script.NextAsync(_cancelled);
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        await first.Aborted.WaitAsync(_cancelled);
        await second.Aborted.WaitAsync(_cancelled);
        Assert.Equal(499, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task Dropped_IsNoFailureOfTheUpstream()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: new CircuitBreakerConfiguration { Failures = 1, Pause = 30 }, hedgeDelay: 250));
        _host.Script.Then(new UpstreamReply().Stall()).Then(UpstreamReply.Json(Other)).Then(UpstreamReply.Json(Other));
        var answering = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(250);

        Assert.Equal(200, (await answering).Status);
        Assert.Equal(200, (await _host.ChatAsync()).Status);
        Assert.Empty(_host.Gateway.Reports);
    }

    private static IEnumerable<(int Number, string? Outcome, bool IsHedge)> Attempts(string? details) =>
        JsonElement.Parse(details!).GetProperty("attempts").EnumerateArray().Select(attempt =>
            (attempt.GetProperty("attempt").GetInt32(), attempt.GetProperty("outcome").GetString(), attempt.TryGetProperty("hedge", out var hedge) && hedge.GetBoolean()));

    private async Task ElapseAsync(int milliseconds)
    {
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(milliseconds), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
    }
}
