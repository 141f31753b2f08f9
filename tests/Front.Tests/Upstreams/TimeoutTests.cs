using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

public sealed class TimeoutTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly UpstreamOptions _limits = new();
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(null, 504)]
    [InlineData(CompatibilityLevel.Standard, 504)]
    [InlineData(CompatibilityLevel.Strict, 400)]
    public async Task FirstByte_Late_IsAnError(CompatibilityLevel? compatibility, int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(compatibility: compatibility));
        _host.Script.Then(new UpstreamReply().Stall());
        var answering = _host.ChatAsync(("cf-aig-request-timeout", "1500"));
        await ElapseAsync(1_500);

        var answer = await answering;

        answer.AssertError(status, 2005);
        Assert.Equal("The provider sent nothing within 1500 ms.", answer.Description);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((status, false), (entry.StatusCode, entry.Success));
        Assert.Contains("\"error\":\"upstream_timeout\"", entry.DetailsJson, StringComparison.Ordinal);
        Assert.Equal(1_500, entry.DurationMs);
    }

    [Theory]
    [InlineData(null, 502)]
    [InlineData(CompatibilityLevel.Strict, 400)]
    public async Task Upstream_Unreachable_IsAnError(CompatibilityLevel? compatibility, int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(compatibility: compatibility));
        _host.Script.Then(new UpstreamReply().Reset());

        (await _host.ChatAsync()).AssertError(status, 2005);

        Assert.Contains("\"error\":\"upstream_unreachable\"", (await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_OfTheGatewayItself_AreTheSameInStrictMode()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(compatibility: CompatibilityLevel.Strict));

        (await _host.SendAsync(HttpMethod.Post, "unknown/x", Bodies.Chat)).AssertError(400, 2008);
        (await _host.SendToAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/other/openai/x", null, ("authorization", "Bearer sk"))).AssertError(400, 2001);
        (await _host.SendToAsync(HttpMethod.Post, "/v1/x", null)).AssertError(404, 7000);
    }

    [Fact]
    public async Task FirstByte_HeadWithoutBodyDoesNotCount_TimesOut()
    {
        _host.Script.Then(UpstreamReply.EventStream().Head().Stall());
        var answering = _host.ChatAsync(("cf-aig-request-timeout", "700"));
        await _host.Script.NextAsync(_cancelled);
        await ElapseAsync(700);

        (await answering).AssertError(504, 2005);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    public async Task FirstByte_InTime_LeavesTheRestItsOwnTime(string contentType)
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", contentType).Length(4).Send("ab").Wait(gate).Send("cd"));
        var answering = _host.ChatAsync(("cf-aig-request-timeout", "700"));
        await _host.Clock.SetAsync(_limits.IdleTimeout, _cancelled); // The first bytes are here.
        _host.Clock.Advance(TimeSpan.FromSeconds(60));
        gate.Open();

        var answer = await answering;

        Assert.Equal((200, "abcd"), (answer.Status, answer.Text));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Success);
    }

    [Fact]
    public async Task FirstByte_LateAtEveryAttempt_TheLastIsWaitedFor()
    {
        var gate = new Gate();
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 3, delay: 10, backoff: RetryBackoff.Constant));
        _host.Script
            .Then(new UpstreamReply().Stall())
            .Then(new UpstreamReply().Stall())
            .Then(new UpstreamReply().Wait(gate).Header("content-type", "application/json").Content("{}"u8.ToArray()));
        var answering = _host.ChatAsync(("cf-aig-request-timeout", "500"));
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await _host.Script.NextAsync(_cancelled); // Before its time is up, or the next attempt would get this one's reply.
            await ElapseAsync(500);
            await ElapseAsync(10);
        }

        await _host.Clock.SetAsync(_limits.FirstByteTimeout, _cancelled);
        _host.Clock.Advance(TimeSpan.FromMinutes(5));
        gate.Open();

        Assert.Equal(200, (await answering).Status);
        Assert.Equal(3, _host.Script.Requests.Count);
        var details = (await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson!;
        Assert.Equal(2, details.Split("\"outcome\":\"timeout\"").Length - 1);
    }

    [Fact]
    public async Task FirstByte_OperatorsCeiling_BindsTheLastAttemptToo()
    {
        _host.Script.Then(new UpstreamReply().Stall());
        var answering = _host.ChatAsync(("cf-aig-request-timeout", "999999999"));
        await ElapseAsync((int)_limits.FirstByteTimeout.TotalMilliseconds);

        (await answering).AssertError(504, 2005);
    }

    [Fact]
    public async Task Stream_StallsAfterTheCommit_IsCutAndBooked()
    {
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"choices":[{"delta":{"content":"Hi"}}]}""").Stall());
        using var response = await StartChatAsync(_cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(_cancelled);
        var buffer = new byte[1_024];
        Assert.True(await body.ReadAsync(buffer, _cancelled) > 0);

        await ElapseAsync((int)_limits.IdleTimeout.TotalMilliseconds);

        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(buffer.AsMemory(0, 1), _cancelled));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((200, false), (entry.StatusCode, entry.Success));
        Assert.Contains("\"error\":\"upstream_stalled\"", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThatNeverEnds_IsCutAtTheTotalLimit()
    {
        await using var host = await DataPlaneHost.StartAsync(options =>
        {
            options.Upstream.FirstByteTimeout = TimeSpan.FromSeconds(60);
            options.Upstream.IdleTimeout = TimeSpan.FromSeconds(50);
            options.Upstream.TotalTimeout = TimeSpan.FromSeconds(70);
        });
        var gate = new Gate();
        host.Script.Then(UpstreamReply.EventStream().Event("1").Wait(gate).Event("2").Stall());
        var starting = host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), _cancelled, ("authorization", "Bearer sk"));
        await host.Clock.SetAsync(TimeSpan.FromSeconds(50), _cancelled);
        using var response = await starting;
        await using var body = await response.Content.ReadAsStreamAsync(_cancelled);
        var buffer = new byte[1_024];
        await body.ReadExactlyAsync(buffer.AsMemory(0, "data: 1\n\n".Length), _cancelled);

        host.Clock.Advance(TimeSpan.FromSeconds(40));
        gate.Open();
        await body.ReadExactlyAsync(buffer.AsMemory(0, "data: 2\n\n".Length), _cancelled);
        await host.Clock.SetAsync(TimeSpan.FromSeconds(30), _cancelled); // What is left of the total.
        host.Clock.Advance(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(buffer.AsMemory(0, 1), _cancelled));
    }

    private Task<HttpResponseMessage> StartChatAsync(CancellationToken cancellationToken) => _host.StartAsync(
        HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), cancellationToken, ("authorization", "Bearer sk"));

    private async Task ElapseAsync(int milliseconds)
    {
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(milliseconds), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
    }
}
