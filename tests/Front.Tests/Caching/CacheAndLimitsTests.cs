using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>What an answer out of the cache does not take.</summary>
public sealed class CacheAndLimitsTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;
    private int _left;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.AnswerWithNumbers();
        _host.Gateway.Rate = () => new() { IsTaken = Interlocked.Decrement(ref _left) >= 0, Limit = 2, Remaining = Math.Max(0, _left), ResetAfter = TimeSpan.FromSeconds(3) };
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Hits_TakeNoRate_AndAreServedWhenThereIsNoneLeft()
    {
        _left = 2;
        _host.Gateway.Set(CachingHost.Configuration() with { RateLimitingLimit = 2, RateLimitingInterval = 60 });

        Assert.Equal((200, "1"), await RateAsync("1"));
        Assert.Equal((200, "0"), await RateAsync("2"));
        Assert.Equal((429, "0"), await RateAsync("3"));
        foreach (var _ in Enumerable.Range(0, 5))
        {
            Assert.Equal((200, null), await RateAsync("1"));
        }

        Assert.Equal((429, "0"), await RateAsync("3"));
    }

    [Fact]
    public async Task SkippedCache_TakesTheRateWithItsAdmission()
    {
        _left = 10;
        _host.Gateway.Set(CachingHost.Configuration() with { RateLimitingLimit = 10, RateLimitingInterval = 60 });
        await _host.ChatAsync();
        var calls = _host.Gateway.RateCalls;

        Assert.Equal("8", (await _host.ChatAsync(("cf-aig-skip-cache", "true"))).Header("x-ratelimit-remaining"));

        Assert.Equal(calls, _host.Gateway.RateCalls);
    }

    [Fact]
    public async Task Hits_ReserveNothing()
    {
        _host.Gateway.Rate = () => null;
        _host.Gateway.Set(CachingHost.Configuration() with { SpendLimits = Spend() });
        await _host.ChatAsync();
        var quota = _host.Gateways.Quotas.Values.Single();
        Assert.Equal((1, 0.00021m), await quota.NextSettledAsync(_cancelled));
        quota.RefusesFor = TimeSpan.FromMinutes(1);

        Assert.Equal("HIT", (await _host.ChatAsync()).Status());

        Assert.Single(quota.Asked);
        (await _host.PostAsync("another")).AssertError(429, 2045);
    }

    [Fact]
    public async Task LimitRefusesTheOneWhoFetches_TheNextOneFetches()
    {
        _host.Gateway.Rate = () => null;
        _host.Gateway.Set(CachingHost.Configuration() with { SpendLimits = Spend() });
        _host.Gateways.OnQuota = quota => quota.RefusesFor = TimeSpan.FromMinutes(1);
        (await _host.ChatAsync()).AssertError(429, 2045);
        _host.Gateways.Quotas.Values.Single().RefusesFor = null;

        var answer = await _host.ChatAsync();

        Assert.Equal((200, "MISS"), (answer.Status, answer.Status()));
        Assert.All(_host.Shards, shard => Assert.Equal(0, shard.Reservations));
    }

    [Fact]
    public async Task ManyAtOnce_OneRateLeft_AllAreServedByTheOneCall()
    {
        _left = 1;
        _host.Gateway.Set(CachingHost.Configuration() with { RateLimitingLimit = 1, RateLimitingInterval = 60 });
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Wait(gate).Content("{}"u8.ToArray()));
        var answering = Enumerable.Range(0, 20).Select(_ => _host.ChatAsync()).ToArray();
        await _host.Script.NextAsync(_cancelled);
        gate.Open();

        Assert.All(await Task.WhenAll(answering), answer => Assert.Equal((200, "{}"), (answer.Status, answer.Text)));
        Assert.Single(_host.Script.Requests);
    }

    private async Task<(int Status, string? Remaining)> RateAsync(string body)
    {
        var answer = await _host.PostAsync(body);
        return (answer.Status, answer.Header("x-ratelimit-remaining"));
    }

    private static SpendLimitsConfiguration Spend() => new()
    {
        Enabled = true,
        Rules = [new() { Id = "r", Limit = 1, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed }],
    };
}
