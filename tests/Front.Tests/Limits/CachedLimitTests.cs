using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Limits;

/// <summary>An answer out of the cache takes nothing from any limit.</summary>
public sealed class CachedLimitTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;
    private int _taken;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        _host.Gateway.Set(DataPlaneHost.Configuration() with
        {
            CacheTtl = 600,
            RateLimitingLimit = 2,
            RateLimitingInterval = 60,
            SpendLimits = new() { Enabled = true, Rules = [new() { Id = "r", Limit = 1, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed }] },
        });
        _host.Gateway.Rate = () => new()
        {
            IsTaken = Interlocked.Increment(ref _taken) <= 2,
            Limit = 2,
            Remaining = Math.Max(0, 2 - _taken),
            ResetAfter = TimeSpan.FromSeconds(9),
        };
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Hits_TakeNothing_AndAreServedWhenLimitsAreUsedUp()
    {
        Assert.Equal("MISS", (await _host.ChatAsync()).Header("cf-aig-cache-status"));
        Assert.Equal("MISS", (await _host.ChatAsync(("cf-aig-cache-key", "other"))).Header("cf-aig-cache-status"));
        (await _host.ChatAsync(("cf-aig-cache-key", "third"))).AssertError(429, 2003);
        foreach (var quota in _host.Gateways.Quotas.Values)
        {
            quota.RefusesFor = TimeSpan.FromSeconds(1);
        }

        for (var i = 0; i < 5; i++)
        {
            var hit = await _host.ChatAsync();
            Assert.Equal((200, "HIT", null), (hit.Status, hit.Header("cf-aig-cache-status"), hit.Header("x-ratelimit-limit")));
        }

        Assert.Equal(3, _taken);
        var asked = _host.Gateways.Quotas.Values.Single();
        Assert.Equal(2, asked.Asked.Count);
        Assert.Equal(0.00021m, (await asked.NextSettledAsync(_cancelled)).Actual);
        Assert.Equal(0.00021m, (await asked.NextSettledAsync(_cancelled)).Actual);
        Assert.False(asked.HasSettled);
    }

    [Fact]
    public async Task StaleAnswerForAFailingProvider_CostsNothing()
    {
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(601));
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var stale = await _host.ChatAsync(("cf-aig-cache-stale-if-error", "600"));

        Assert.Equal((200, "true"), (stale.Status, stale.Header("cf-aig-cache-stale")));
        var quota = _host.Gateways.Quotas.Values.Single();
        Assert.Equal((1, 0.00021m), await quota.NextSettledAsync(_cancelled));
        Assert.Equal((2, 0m), await quota.NextSettledAsync(_cancelled));
    }

    [Fact]
    public async Task IdenticalRequestsAtOnce_CountOnceTogether()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Wait(gate).Content(System.Text.Encoding.UTF8.GetBytes(Bodies.Completion)));
        var first = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        var others = Enumerable.Range(0, 10).Select(_ => _host.ChatAsync()).ToArray();
        gate.Open();

        Assert.Equal(200, (await first).Status);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, _taken);
        Assert.Single(_host.Gateways.Quotas.Values.Single().Asked);
    }

    [Fact]
    public async Task IdenticalRequestsAtOnce_AreEachRefusedByTheRateLimit()
    {
        _taken = 2;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _host.ChatAsync()));

        Assert.All(answers, answer => answer.AssertError(429, 2003));
        Assert.Empty(_host.Script.Requests);
    }
}
