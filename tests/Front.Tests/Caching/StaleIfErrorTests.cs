using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>Answers that are too old, and served because the provider fails.</summary>
public sealed class StaleIfErrorTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(CachingHost.Configuration(ttl: 60, staleIfError: 600));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(429, true)]
    [InlineData(400, false)] // The provider works, and does not want this request.
    [InlineData(401, false)]
    [InlineData(0, true)] // No answer at all.
    public async Task Provider_FailsWhenTheAnswerIsTooOld_IsStoodInFor(int status, bool isServed)
    {
        _host.Script.Then(UpstreamReply.Json("""{"old":1}"""));
        await _host.ChatAsync();
        await _host.Logs.NextAsync(_cancelled);
        _host.Clock.Advance(TimeSpan.FromSeconds(61));
        _host.Script.Then(status == 0 ? new UpstreamReply().Reset() : UpstreamReply.Json("""{"error":1}""", status));

        var answer = await _host.ChatAsync();
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;

        Assert.Equal(
            isServed ? (200, """{"old":1}""", "HIT", "true") : (status, """{"error":1}""", "MISS", null),
            (answer.Status, answer.Text, answer.Status(), answer.Header("cf-aig-cache-stale")));
        Assert.Equal((isServed, isServed), (entry.Cached, entry.Success));
        Assert.Equal(isServed ? 0m : null, entry.CostUsd);
        Assert.Contains("\"attempts\":[{\"attempt\":1", entry.DetailsJson, StringComparison.Ordinal);
        Assert.Equal(isServed, entry.DetailsJson!.Contains("\"cache_stale\":true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Provider_Works_IsAsked()
    {
        _host.Script.Then(UpstreamReply.Json("""{"old":1}""")).Then(UpstreamReply.Json("""{"new":1}"""));
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(61));

        var answer = await _host.ChatAsync();

        Assert.Equal(("""{"new":1}""", "MISS", null), (answer.Text, answer.Status(), answer.Header("cf-aig-cache-stale")));
    }

    [Theory]
    [InlineData(600L, null, 659, true)]
    [InlineData(600L, null, 661, false)]
    [InlineData(null, null, 61, false)]
    [InlineData(0L, null, 61, false)]
    [InlineData(600L, "0", 61, false)]
    [InlineData(600L, "30", 89, true)]
    [InlineData(600L, "30", 91, false)]
    public async Task Answer_ByGatewayHeaderAndAge_IsServed(long? gateway, string? header, int age, bool isServed)
    {
        _host.Gateway.Set(CachingHost.Configuration(ttl: 60, staleIfError: gateway));
        _host.Script.Then(UpstreamReply.Json("""{"old":1}""")).Then(UpstreamReply.Json("""{"error":1}""", 500));
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(age));

        var answer = header is null ? await _host.ChatAsync() : await _host.ChatAsync(("cf-aig-cache-stale-if-error", header));

        Assert.Equal(isServed ? (200, "true") : (500, null), (answer.Status, answer.Header("cf-aig-cache-stale")));
    }

    [Fact]
    public async Task Provider_IsLeftAlone_IsStoodInFor()
    {
        _host.Gateway.Set(CachingHost.Configuration(ttl: 60, staleIfError: 600) with { CircuitBreaker = new() { Failures = 5, Pause = 30 } });
        _host.Script.Then(UpstreamReply.Json("""{"old":1}"""));
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(61));
        _host.Script.Then(new UpstreamReply().Status(429).Header("retry-after", "30").Header("content-type", "application/json").Content("{}"u8.ToArray()));
        Assert.Equal(429, (await _host.PostAsync("""{"model":"gpt-4o-mini","other":1}""")).Status);
        var calls = _host.Script.Requests.Count;

        var answer = await _host.ChatAsync();

        Assert.Equal((200, """{"old":1}""", "true"), (answer.Status, answer.Text, answer.Header("cf-aig-cache-stale")));
        Assert.Equal(calls, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Retries_ComeFirst()
    {
        _host.Script.Then(UpstreamReply.Json("""{"old":1}""")).Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("""{"new":1}"""));
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("""{"new":1}""", (await _host.ChatAsync(("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "0"))).Text);
    }
}
