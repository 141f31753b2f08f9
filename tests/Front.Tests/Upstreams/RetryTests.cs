using System.Globalization;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

/// <summary>Attempts against a real upstream, on a clock that moves only when a wait has begun: the waits are exact.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(RetryBackoff.Constant, new[] { 100, 100, 100, 100 })]
    [InlineData(RetryBackoff.Linear, new[] { 100, 200, 300, 400 })]
    [InlineData(RetryBackoff.Exponential, new[] { 100, 200, 400, 800 })]
    public async Task Attempts_OfAFailingUpstream_WaitByTheGatewaysPolicy(RetryBackoff backoff, int[] delays)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5, delay: 100, backoff: backoff));
        Fail(4, 503);
        _host.Script.Then(UpstreamReply.Json("{}"));

        var answer = await RunAsync(delays);

        Assert.Equal(200, answer.Status);
        Assert.Equal(5, _host.Script.Requests.Count);
        Assert.All(_host.Script.Requests, request => Assert.Equal(Bodies.Chat, request.Body));
    }

    [Fact]
    public async Task Attempts_NothingButTheirNumberIsSet_WaitOneSecondAndTwiceThat()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 3));
        Fail(3, 500);

        var answer = await RunAsync([1_000, 2_000]);

        Assert.Equal((500, "failure 3"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Attempts_HeadersOfTheRequest_OverrideTheGatewayEachByItself()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5, delay: 100, backoff: RetryBackoff.Linear));
        Fail(3, 503);

        var answer = await RunAsync([40, 80], ("cf-aig-max-attempts", "3"), ("cf-aig-retry-delay", "40"));

        Assert.Equal((503, "failure 3"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Attempts_RequestAsksForThem_AreMadeWithoutTheGateway()
    {
        Fail(1, 503);
        _host.Script.Then(UpstreamReply.Json("{}"));

        Assert.Equal(200, (await RunAsync([70], ("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "70"), ("cf-aig-backoff", "constant"))).Status);
    }

    [Fact]
    public async Task Attempts_RequestForbidsThem_AreNotMade()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5));
        Fail(1, 503);

        Assert.Equal(503, (await _host.ChatAsync(("cf-aig-max-attempts", "1"))).Status);
        Assert.Single(_host.Script.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    [InlineData(302)]
    public async Task Attempt_StatusThatWouldComeAgain_IsTheAnswer(int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5, delay: 0));
        Fail(1, status);

        Assert.Equal(status, (await _host.ChatAsync()).Status);
        Assert.Single(_host.Script.Requests);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(529)]
    public async Task Attempt_StatusThatMayPass_IsFollowedByAnother(int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        Fail(1, status);
        _host.Script.Then(UpstreamReply.Json("{}"));

        Assert.Equal(200, (await _host.ChatAsync()).Status);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(200, entry.StatusCode);
        Assert.True(entry.Success);
        Assert.Contains($"\"status_code\":{status}", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-should-retry", "false", 503, 1)]
    [InlineData("x-should-retry", "true", 400, 2)]
    public async Task Attempt_UpstreamSaysWhetherToRetry_IsObeyed(string name, string value, int status, int attempts)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        _host.Script.Otherwise(_ => Refusal(status, name, value));

        Assert.Equal(status, (await _host.ChatAsync()).Status);
        Assert.Equal(attempts, _host.Script.Requests.Count);
    }

    [Theory]
    [InlineData("retry-after", "5", 5_000)]
    [InlineData("retry-after", "Wed, 01 Jul 2026 12:00:03 GMT", 3_000)]
    [InlineData("retry-after-ms", "250", 250)]
    [InlineData("retry-after", "0", 100)]
    [InlineData("retry-after", "garbage", 100)]
    [InlineData("retry-after", "-Infinity", 100)]
    public async Task RetryAfter_WithinTheLimit_IsWaitedForIfItIsLonger(string name, string value, int delay)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 100));
        _host.Script.Then(Refusal(429, name, value)).Then(UpstreamReply.Json("{}"));

        Assert.Equal(200, (await RunAsync([delay])).Status);
    }

    [Theory]
    [InlineData("retry-after", "6")]
    [InlineData("retry-after-ms", "5001")]
    [InlineData("retry-after", "Wed, 01 Jul 2026 12:00:06 GMT")]
    public async Task RetryAfter_BeyondTheLimit_EndsTheAttempts(string name, string value)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5, delay: 100));
        _host.Script.Then(Refusal(429, name, value));

        var answer = await _host.ChatAsync();

        Assert.Equal((429, """{"error":"busy"}""", value), (answer.Status, answer.Text, answer.Header(name)));
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task Attempt_ErrorIsTheFirstEventOfAStream_CountsAsFailed()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        _host.Script
            .Then(UpstreamReply.EventStream().Event("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "error"))
            .Then(UpstreamReply.EventStream().Event("""{"type":"message_start","message":{"model":"claude","usage":{"input_tokens":3,"output_tokens":1}}}""", "message_start"));

        var answer = await _host.SendAsync(HttpMethod.Post, "anthropic/v1/messages", Bodies.Chat, ("x-api-key", "sk-ant"), ("content-type", "application/json"));

        Assert.Equal(200, answer.Status);
        Assert.Contains("message_start", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("overloaded", answer.Text, StringComparison.Ordinal);
        Assert.Equal(2, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Attempt_ErrorIsTheFirstEventOfAStreamWithoutRetries_IsPassedOn()
    {
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "error"));

        var answer = await _host.SendAsync(HttpMethod.Post, "anthropic/v1/messages", Bodies.Chat, ("x-api-key", "sk-ant"));

        Assert.Equal(200, answer.Status);
        Assert.Contains("Overloaded", answer.Text, StringComparison.Ordinal);
        Assert.False((await _host.Logs.NextAsync(_cancelled)).Entry.Success);
    }

    [Fact]
    public async Task Attempt_ConnectionIsReset_IsFollowedByAnother()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 50));
        _host.Script.Then(new UpstreamReply().Reset()).Then(UpstreamReply.Json("{}"));

        Assert.Equal(200, (await RunAsync([50])).Status);
        var details = (await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson;
        Assert.Contains("\"outcome\":\"connection_error\"", details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempt_BreaksAfterTheHeadButBeforeTheBody_IsFollowedByAnother()
    {
        var gate = new Gate();
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 50));
        _host.Script.Then(new UpstreamReply().Length(100).Head().Wait(gate).Reset()).Then(UpstreamReply.Json("{}"));
        var answering = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        gate.Open();

        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(50), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal(200, (await answering).Status);
    }

    [Fact]
    public async Task Wait_ClientGoesAway_EndsIt()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 60_000));
        Fail(1, 503);
        using var client = new CancellationTokenSource();
        var answering = _host.StartAsync(HttpMethod.Get, $"/v1/{DataPlaneHost.Account}/main/openai/models", null, client.Token);
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(60_000), _cancelled);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((499, false), (entry.StatusCode, entry.Success));
        Assert.Single(_host.Script.Requests);
    }

    private static UpstreamReply Refusal(int status, string name, string value) => new UpstreamReply()
        .Status(status).Header("content-type", "application/json").Header(name, value).Content("""{"error":"busy"}"""u8.ToArray());

    private void Fail(int times, int status)
    {
        for (var number = 1; number <= times; number++)
        {
            _host.Script.Then(new UpstreamReply().Status(status).Header("content-type", "text/plain").Content(System.Text.Encoding.UTF8.GetBytes($"failure {number}")));
        }
    }

    private async Task<FrontAnswer> RunAsync(int[] delays, params (string Name, string Value)[] headers)
    {
        var limits = new UpstreamOptions();
        var answering = _host.ChatAsync(headers);
        foreach (var delay in delays)
        {
            var wait = await _host.Clock.NextAsync(_cancelled, limits.FirstByteTimeout, limits.IdleTimeout);
            Assert.Equal(delay.ToString(CultureInfo.InvariantCulture), wait.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
            Assert.False(answering.IsCompleted);
            _host.Clock.Advance(wait);
        }

        return await answering;
    }
}
