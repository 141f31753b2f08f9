using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Front.Upstreams.Health;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.Universal.UniversalHost;

namespace GatewayActors.Front.Tests.Upstreams.Health;

/// <summary>Which upstreams are left alone, and who knows it.</summary>
public sealed class UpstreamGateTests : IAsyncLifetime
{
    private static readonly CircuitBreakerConfiguration Breaker = new() { Failures = 3, Pause = 30 };

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task UpstreamsThatAreWell_AreNeverReported()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json("{}", 400)).Then(UpstreamReply.Json("{}", 429));

        await _host.ChatAsync();
        await _host.ChatAsync();
        await _host.ChatAsync();

        Assert.Empty(_host.Gateway.Reports);
    }

    [Fact]
    public async Task Breaker_IsOffUnlessSwitchedOn()
    {
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}", 500));
        for (var call = 0; call < 10; call++)
        {
            Assert.Equal(500, (await _host.ChatAsync()).Status);
        }

        Assert.Equal(10, _host.Script.Requests.Count);
        Assert.Empty(_host.Gateway.Reports);
    }

    [Theory]
    [InlineData(null, 503)]
    [InlineData(CompatibilityLevel.Strict, 400)]
    public async Task Breaker_AfterFailuresInARow_Opens(CompatibilityLevel? compatibility, int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker, compatibility: compatibility));
        await FailAsync(3);

        var answer = await _host.ChatAsync();

        answer.AssertError(status, 2005);
        Assert.Equal("30", answer.Header("retry-after"));
        Assert.Equal("The provider 'openai' is left alone for now, because it failed repeatedly or asked for it.", answer.Description);
        Assert.Equal(3, _host.Script.Requests.Count);
        var entry = await LastEntryAsync(4);
        Assert.Equal((status, false), (entry.StatusCode, entry.Success));
        Assert.Contains("\"error\":\"upstream_paused\"", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Breaker_CountsTimeoutsBrokenConnectionsAndStreamErrors()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        _host.Script
            .Then(new UpstreamReply().Reset())
            .Then(UpstreamReply.EventStream().Event("""{"error":{"message":"broken","type":"server_error"}}"""))
            .Then(new UpstreamReply().Stall());
        await _host.ChatAsync();
        await _host.ChatAsync();
        var answering = _host.ChatAsync();
        await WaitForCallAsync(3);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(504, (await answering).Status);

        (await _host.ChatAsync()).AssertError(503, 2005);
    }

    [Fact]
    public async Task Breaker_ClientsThatWaitLessLong_DoNotOpenItForOthers()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        for (var call = 0; call < 5; call++)
        {
            _host.Script.Then(new UpstreamReply().Stall());
            var answering = _host.ChatAsync(("cf-aig-request-timeout", "900"));
            await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(900), _cancelled);
            await WaitForCallAsync(1);
            _host.Clock.Advance(TimeSpan.FromMilliseconds(900));
            Assert.Equal(504, (await answering).Status);
        }

        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        Assert.Equal(200, (await _host.ChatAsync()).Status);
        Assert.Empty(_host.Gateway.Reports);
    }

    [Fact]
    public async Task Breaker_HalfOpen_AnOlderCallThatEndsDoesNotLetAnotherIn()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        _host.Script.Then(new UpstreamReply().Stall());
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        var older = _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), abort.Token, ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));
        await WaitForCallAsync(1);
        await FailAsync(3);
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content("{}"u8.ToArray()));
        var finding = _host.ChatAsync();
        await WaitForCallAsync(4);
        await LastEntryAsync(3);

        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => older);
        Assert.Equal(499, (await LastEntryAsync(1)).StatusCode);

        (await _host.ChatAsync()).AssertError(503, 2005);
        gate.Open();
        Assert.Equal(200, (await finding).Status);
    }

    [Fact]
    public async Task Breaker_HalfOpen_IsOneCallWithoutRetries()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker, attempts: 3, delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}", 500));
        Assert.Equal(500, (await _host.ChatAsync()).Status);
        Assert.Equal(3, _host.Script.Requests.Count);
        _host.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(500, (await _host.ChatAsync()).Status);

        Assert.Equal(4, _host.Script.Requests.Count);
        (await _host.ChatAsync()).AssertError(503, 2005);
    }

    [Fact]
    public async Task Breaker_StillFailingAndTheGrainNotTold_LetsNoOtherInAtOnce()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        await FailAsync(3);
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        _host.Gateway.ReportFailures.Enqueue(new TimeoutException());
        await FailAsync(1);

        (await _host.ChatAsync()).AssertError(503, 2005);

        _host.Clock.Advance(UpstreamProbe.Longest);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        Assert.Equal(200, (await _host.ChatAsync()).Status);
    }

    [Fact]
    public async Task Breaker_AnAnswerInBetween_BeginsToCountAnew()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        await FailAsync(2);
        _host.Script.Then(UpstreamReply.Json("{}", 400)); // Not our request's success, but the upstream is there.
        Assert.Equal(400, (await _host.ChatAsync()).Status);
        await FailAsync(2);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        Assert.Equal(200, (await _host.ChatAsync()).Status);
    }

    [Fact]
    public async Task Breaker_AfterThePause_LetsOneCallFindOut()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        await FailAsync(3);
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content("{}"u8.ToArray()));
        var finding = _host.ChatAsync();
        await WaitForCallAsync(4);

        (await _host.ChatAsync()).AssertError(503, 2005); // The others wait for it.
        gate.Open();
        Assert.Equal(200, (await finding).Status);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        Assert.Equal(200, (await _host.ChatAsync()).Status);
        Assert.Equal(5, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Breaker_StillFailingAfterThePause_OpensAgain()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        await FailAsync(3);
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        await FailAsync(1);

        var answer = await _host.ChatAsync();

        answer.AssertError(503, 2005);
        Assert.Equal("30", answer.Header("retry-after"));
    }

    [Fact]
    public async Task Breaker_TheClientThatWouldFindOutLeaves_AnotherDoes()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        await FailAsync(3);
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        _host.Script.Then(new UpstreamReply().Stall());
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        var finding = _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), abort.Token, ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));
        await WaitForCallAsync(4);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding);
        await LastEntryAsync(4);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        Assert.Equal(200, (await _host.ChatAsync()).Status);
    }

    [Fact]
    public async Task Cooled_StepWithAFallback_IsSkippedUntilItsTime()
    {
        object[] steps = [Chat(model: "gpt-4o"), Chat("groq", model: "llama")];
        _host.Script.Then(TooMany(20)).Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));
        Assert.Equal("1", (await _host.UniversalAsync(steps)).Header("cf-aig-step"));
        _host.Clock.Advance(TimeSpan.FromSeconds(19));

        Assert.Equal("1", (await _host.UniversalAsync(steps)).Header("cf-aig-step"));
        Assert.Equal(["gpt-4o", "llama", "llama"], Models());

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        Assert.Equal("0", (await _host.UniversalAsync(steps)).Header("cf-aig-step"));
    }

    [Theory]
    [InlineData("gpt-4o-mini", "sk-step")]
    [InlineData("gpt-4o", "sk-other")]
    public async Task Cooled_AnotherModelOrKey_IsNot(string model, string key)
    {
        object[] steps = [Chat(model: model, key: key), Chat("groq")];
        _host.Script.Then(TooMany(20)).Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));
        await _host.UniversalAsync(new[] { Chat(model: "gpt-4o"), Chat("groq") });

        Assert.Equal("0", (await _host.UniversalAsync(steps)).Header("cf-aig-step"));
    }

    [Fact]
    public async Task Cooled_EveryStep_TheLastIsCalledAllTheSame()
    {
        object[] steps = [Chat(model: "a"), Chat(model: "b")];
        _host.Script.Then(TooMany(20)).Then(TooMany(30)).Then(UpstreamReply.Json("""{"own":"word"}""", 429));
        await _host.UniversalAsync(steps);

        var answer = await _host.UniversalAsync(steps);

        Assert.Equal((429, """{"own":"word"}""", "1"), (answer.Status, answer.Text, answer.Header("cf-aig-step")));
        Assert.Equal(["a", "b", "b"], Models());
    }

    [Fact]
    public async Task Cooled_SingleTarget_IsCalledUnlessTheBreakerIsOn()
    {
        _host.Script.Then(TooMany(20)).Then(TooMany(20));
        await _host.ChatAsync();
        Assert.Equal(429, (await _host.ChatAsync()).Status);
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));

        var answer = await _host.ChatAsync();

        answer.AssertError(503, 2005);
        Assert.Equal("20", answer.Header("retry-after"));
        Assert.Equal(2, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Cooled_ForTooLong_IsCalledAfterAnHour()
    {
        object[] steps = [Chat(model: "a"), Chat("groq")];
        _host.Script.Then(TooMany(10_000_000)).Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));
        await _host.UniversalAsync(steps);
        _host.Clock.Advance(UpstreamReport.MaxCoolFor);

        Assert.Equal("0", (await _host.UniversalAsync(steps)).Header("cf-aig-step"));
    }

    [Fact]
    public async Task Cooled_OnOneFront_IsKnownToEveryOther()
    {
        await using var other = await DataPlaneHost.StartAsync(beside: _host);
        object[] steps = [Chat(model: "gpt-4o"), Chat("groq", model: "llama")];
        _host.Script.Then(TooMany(20)).Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));
        await _host.UniversalAsync(steps);

        Assert.Equal("1", (await other.UniversalAsync(steps)).Header("cf-aig-step"));

        other.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("0", (await other.UniversalAsync(steps)).Header("cf-aig-step"));
    }

    [Fact]
    public async Task Breaker_OpenedByOneFrontAndClosedByAnother_IsOneBreaker()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        await using var other = await DataPlaneHost.StartAsync(beside: _host);
        await FailAsync(2);
        _host.Script.Then(UpstreamReply.Json("{}", 500));
        await other.ChatAsync(); // The third in a row.
        (await _host.ChatAsync()).AssertError(503, 2005);
        (await other.ChatAsync()).AssertError(503, 2005);
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion)).Then(UpstreamReply.Json(Bodies.Completion));

        Assert.Equal(200, (await other.ChatAsync()).Status);
        Assert.Equal(200, (await _host.ChatAsync()).Status);
    }

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task Report_ThatIsLost_FailsNoRequestAndStopsNoOtherReport(Type failure)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(breaker: Breaker));
        _host.Gateway.ReportFailures.Enqueue((Exception)Activator.CreateInstance(failure)!);
        await FailAsync(4); // One of them nobody has heard of.

        (await _host.ChatAsync()).AssertError(503, 2005);
    }

    [Fact]
    public async Task Report_HoldsNoCredential()
    {
        _host.Script.Then(TooMany(20));
        await _host.ChatAsync();

        var report = Assert.Single(_host.Gateway.Reports);
        Assert.StartsWith($"openai {new Uri(_host.Upstream.BaseUrl).Authority} ", report.Upstream, StringComparison.Ordinal);
        Assert.EndsWith(" gpt-4o-mini", report.Upstream, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-client-key", report.Upstream, StringComparison.Ordinal);
        Assert.Equal((0, TimeSpan.FromSeconds(20)), (report.Failures, report.CoolFor));
    }

    private static UpstreamReply TooMany(int seconds) =>
        new UpstreamReply().Status(429).Header("retry-after", $"{seconds}").Header("content-type", "application/json").Content("{}"u8.ToArray());

    private async Task FailAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            _host.Script.Then(UpstreamReply.Json("{}", 500));
            Assert.Equal(500, (await _host.ChatAsync()).Status);
        }
    }

    private async Task WaitForCallAsync(int number)
    {
        for (var call = 0; call < number; call++)
        {
            await _host.Script.NextAsync(_cancelled);
        }
    }

    private async Task<Abstractions.Logs.LogEntry> LastEntryAsync(int number)
    {
        for (var entry = 1; entry < number; entry++)
        {
            await _host.Logs.NextAsync(_cancelled);
        }

        return (await _host.Logs.NextAsync(_cancelled)).Entry;
    }

    private IEnumerable<string?> Models() => _host.Script.Requests.Select(request => JsonElement.Parse(request.Body).GetProperty("model").GetString());
}
