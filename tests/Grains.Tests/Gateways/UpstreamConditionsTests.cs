using GatewayActors.Abstractions.Gateways;
using GatewayActors.Grains.Gateways;
using Xunit;

namespace GatewayActors.Grains.Tests.Gateways;

public sealed class UpstreamConditionsTests
{
    private static readonly CircuitBreakerConfiguration Breaker = new() { Failures = 3, Pause = 30 };
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly UpstreamConditions _conditions = new();

    [Fact]
    public void Since_NothingReported_SaysNothing()
    {
        Assert.Equal(0, _conditions.Version);
        Assert.Null(_conditions.Since(0, Start));
        Assert.Empty(_conditions.Since(7, Start)!.Upstreams); // What a front holds of an activation that is gone.
    }

    [Fact]
    public void Failures_InARow_OpenTheBreaker()
    {
        Fail("a", 2);
        Assert.Null(Condition("a")!.OpenFor);
        Fail("a", 1);
        Assert.Equal(TimeSpan.FromSeconds(30), Condition("a")!.OpenFor);
        Assert.Equal(TimeSpan.FromSeconds(10), Condition("a", after: 20)!.OpenFor);
        Assert.Equal(TimeSpan.Zero, Condition("a", after: 30)!.OpenFor);
    }

    [Fact]
    public void Failures_AfterAnAnswer_CountAnew()
    {
        Fail("a", 2);
        Report(new() { Upstream = "a", HasAnswered = true, Failures = 2 });
        Assert.Null(Condition("a")!.OpenFor);
        Report(new() { Upstream = "a", HasAnswered = true });
        Assert.Null(Condition("a"));
    }

    [Fact]
    public void Failures_OfCallsUnderWay_DoNotKeepItOpen()
    {
        Fail("a", 3);
        Fail("a", 5, after: 20);
        Assert.Equal(TimeSpan.FromSeconds(5), Condition("a", after: 25)!.OpenFor);

        Fail("a", 1, after: 40); // The one that was to find out.
        Assert.Equal(TimeSpan.FromSeconds(30), Condition("a", after: 40)!.OpenFor);
    }

    [Fact]
    public void Since_WhatIsOver_IsNotToldAnyMore()
    {
        _conditions.Report([new() { Upstream = "cooled", CoolFor = TimeSpan.FromSeconds(20) }, new() { Upstream = "failed", Failures = 3 }], Breaker, Start);

        Assert.Equal(2, _conditions.Since(0, Start)!.Upstreams.Count);
        Assert.Equal("failed", Assert.Single(_conditions.Since(0, Start.AddSeconds(20))!.Upstreams).Upstream);
        Assert.Empty(_conditions.Since(0, Start + UpstreamConditions.Remembered + TimeSpan.FromSeconds(1))!.Upstreams);
    }

    [Fact]
    public void AskToProbe_HalfOpen_GrantsOneAtATime()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Fail("a", 3);
        Assert.Equal(TimeSpan.FromSeconds(10), Ask("a", first, after: 20).Wait);
        Assert.False(Ask("a", first, after: 20).IsGranted);

        Assert.True(Ask("a", first, after: 30).IsGranted);

        Assert.Equal((false, TimeSpan.FromSeconds(8)), (Ask("a", second, after: 32).IsGranted, Ask("a", second, after: 32).Wait));
        Assert.Equal(TimeSpan.FromSeconds(6), Condition("a", after: 34)!.ProbeFor); // Nobody else needs to ask.
        Assert.True(Ask("a", first, after: 33).IsGranted); // Its answer was lost.
        Assert.True(Ask("a", second, after: 43).IsGranted); // The first gives no sign of life.
        Assert.False(Ask("a", first, after: 43).IsGranted);
    }

    [Fact]
    public void AskToProbe_UpstreamThatIsWell_NeedsNobody()
    {
        Fail("failed", 1);

        Assert.Equal(default, Ask("unknown", Guid.CreateVersion7(), 0));
        Assert.Equal(default, Ask("failed", Guid.CreateVersion7(), 0));
        Assert.Null(Condition("unknown"));
    }

    [Fact]
    public void Probe_ThatIsOver_LetsTheNextOneBegin()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Fail("a", 3);
        Ask("a", first, after: 30);
        var version = _conditions.Version;

        Report(new() { Upstream = "a", EndedProbe = second }, after: 31); // Not the one.
        Assert.False(Ask("a", second, after: 31).IsGranted);
        Report(new() { Upstream = "a", EndedProbe = first }, after: 31);
        Assert.True(_conditions.Version > version);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (Condition("a", after: 31)!.ProbeFor, Condition("a", after: 31)!.OpenFor));
        Assert.True(Ask("a", second, after: 31).IsGranted);

        Fail("a", 1, after: 32);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(30)), (Condition("a", after: 32)!.ProbeFor, Condition("a", after: 32)!.OpenFor));
        Assert.True(Ask("a", first, after: 62).IsGranted);
        Report(new() { Upstream = "a", HasAnswered = true }, after: 63);
        Assert.Null(Condition("a", after: 63));
    }

    [Fact]
    public void Failures_WithoutABreaker_AreNotRemembered()
    {
        _conditions.Report([new() { Upstream = "a", Failures = 100 }], null, Start);

        Assert.Equal(0, _conditions.Version);
    }

    [Fact]
    public void CoolFor_TheLongestCounts_UpToAnHour()
    {
        Report(new() { Upstream = "a", CoolFor = TimeSpan.FromSeconds(20) });
        Report(new() { Upstream = "a", CoolFor = TimeSpan.FromSeconds(10) });
        Assert.Equal(TimeSpan.FromSeconds(15), Condition("a", after: 5)!.CoolFor);

        Report(new() { Upstream = "a", CoolFor = TimeSpan.FromDays(10) });
        Assert.Equal(UpstreamReport.MaxCoolFor, Condition("a")!.CoolFor);
    }

    [Fact]
    public void Version_GrowsWithWhatChangesOnly()
    {
        Fail("a", 1);
        var first = _conditions.Version;
        Fail("a", 1);
        Assert.Equal(first, _conditions.Version); // Everybody knows that it has failed.
        Report(new() { Upstream = "unknown", HasAnswered = true });
        Assert.Equal(first, _conditions.Version);
        Fail("a", 1);
        Assert.True(_conditions.Version > first);

        var later = new UpstreamConditions();
        later.Report([new() { Upstream = "b", CoolFor = TimeSpan.FromSeconds(1) }], null, Start.AddSeconds(1));
        Assert.True(later.Version > _conditions.Version); // Another activation repeats none.
    }

    [Fact]
    public void Upstreams_ThatNobodyCalls_AreForgotten()
    {
        Fail("a", 3);
        Report(new() { Upstream = "b", CoolFor = TimeSpan.FromMinutes(30) });
        var later = UpstreamConditions.Remembered.TotalSeconds + 1;
        Fail("c", 1, later);

        Assert.Null(Condition("a", later));
        Assert.NotNull(Condition("b", later));
    }

    [Fact]
    public void Upstreams_TooMany_TheOldestIsForgotten()
    {
        for (var number = 0; number <= UpstreamConditions.MaxUpstreams; number++)
        {
            Fail($"{number}", 1, after: number / 10.0);
        }

        Assert.Null(Condition("0"));
        Assert.NotNull(Condition("1"));
        Assert.Equal(UpstreamConditions.MaxUpstreams, _conditions.Since(0, Start)!.Upstreams.Count);
    }

    private void Fail(string upstream, int failures, double after = 0) => Report(new() { Upstream = upstream, Failures = failures }, after);

    private void Report(UpstreamReport report, double after = 0) => _conditions.Report([report], Breaker, Start.AddSeconds(after));

    private UpstreamProbe Ask(string upstream, Guid caller, double after) => _conditions.AskToProbe(upstream, caller, Start.AddSeconds(after));

    private UpstreamCondition? Condition(string upstream, double after = 0) =>
        _conditions.Since(-1, Start.AddSeconds(after))!.Upstreams.SingleOrDefault(condition => condition.Upstream == upstream);
}
