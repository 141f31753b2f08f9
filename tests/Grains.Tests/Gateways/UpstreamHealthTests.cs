using GatewayActors.Abstractions.Gateways;
using Xunit;

namespace GatewayActors.Grains.Tests.Gateways;

/// <summary>What one front reports about upstreams, every other one is told with its next admission.</summary>
[Collection<ClusterTests>]
public sealed class UpstreamHealthTests(ClusterFixture cluster)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_ThroughOneDoor_IsToldThroughAll()
    {
        var account = await cluster.CreateAccountAsync();
        await cluster.Gateway(account).CreateAsync(ClusterFixture.Configuration(authentication: false), _cancelled);
        Assert.Null((await AdmitAsync(cluster.Gateway(account), 0)).Health);

        await Door(account, 0).ReportUpstreamsAsync([new() { Upstream = "a", CoolFor = TimeSpan.FromMinutes(5) }], _cancelled);

        var seen = 0L;
        for (var door = 0; door < cluster.Doors.Count; door++)
        {
            var health = (await AdmitAsync(Door(account, door), 0)).Health!;
            var condition = Assert.Single(health.Upstreams);
            Assert.Equal("a", condition.Upstream);
            Assert.InRange(condition.CoolFor, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
            Assert.Null(condition.OpenFor); // This gateway has no circuit breaker.
            seen = health.Version;
        }

        Assert.Null((await AdmitAsync(Door(account, 1), seen)).Health); // Told once.
    }

    [Fact]
    public async Task AskToProbe_ThroughManyDoorsAtOnce_IsGrantedToOne()
    {
        var account = await cluster.CreateAccountAsync();
        await cluster.Gateway(account).CreateAsync(ClusterFixture.Configuration(authentication: false) with { CircuitBreaker = new() { Failures = 1, Pause = 0 } }, _cancelled);
        await Door(account, 0).ReportUpstreamsAsync([new() { Upstream = "a", Failures = 1 }], _cancelled);

        var asked = await Task.WhenAll(Enumerable.Range(0, 20).Select(async call =>
            await Door(account, call % cluster.Doors.Count).AskToProbeAsync("a", Guid.CreateVersion7(), _cancelled)));

        Assert.Single(asked, probe => probe.IsGranted);
        Assert.All(asked.Where(probe => !probe.IsGranted), probe => Assert.InRange(probe.Wait, TimeSpan.FromTicks(1), UpstreamProbe.Longest));
        for (var door = 0; door < cluster.Doors.Count; door++)
        {
            Assert.InRange(Assert.Single((await AdmitAsync(Door(account, door), 0)).Health!.Upstreams).ProbeFor, TimeSpan.FromTicks(1), UpstreamProbe.Longest);
        }
    }

    [Fact]
    public async Task Report_AboutNoGateway_IsNothing() =>
        await cluster.Gateway(ClusterFixture.NewAccountId()).ReportUpstreamsAsync([new() { Upstream = "a", Failures = 1 }], _cancelled);

    private IGatewayGrain Door(string account, int door) => cluster.Doors[door].GetGrain<IGatewayGrain>(Abstractions.GrainKeys.Gateway(account, "main"));

    private ValueTask<Admission> AdmitAsync(IGatewayGrain gateway, long seenHealth) =>
        gateway.AdmitAsync(new() { SeenVersion = 0, Caller = Caller.Anonymous, SeenHealth = seenHealth }, _cancelled);
}
