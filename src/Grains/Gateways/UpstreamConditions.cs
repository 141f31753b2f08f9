using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

/// <summary>How the upstreams of one gateway are, by the reports of all fronts. In memory only: after a crash the next calls find out again.</summary>
internal sealed class UpstreamConditions
{
    /// <summary>Most upstreams that are remembered; of more, the one that was reported longest ago is forgotten.</summary>
    public const int MaxUpstreams = 1_000;

    /// <summary>An upstream that nobody calls any more is forgotten after this time.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Condition> _conditions = new(StringComparer.Ordinal);

    /// <summary>The version of what is known; 0 before the first change.</summary>
    public long Version { get; private set; }

    /// <summary>Takes reports in.</summary>
    /// <param name="reports">What a front has seen.</param>
    /// <param name="breaker">The gateway's circuit breaker; null: failures are not counted.</param>
    /// <param name="now">The time.</param>
    public void Report(IReadOnlyList<UpstreamReport> reports, CircuitBreakerConfiguration? breaker, DateTimeOffset now)
    {
        var hasChanged = false;
        foreach (var report in reports)
        {
            hasChanged |= Report(report, breaker, now);
        }

        hasChanged |= Forget(now);
        if (hasChanged)
        {
            Advance(now);
        }
    }

    /// <summary>Decides whether a call may find out about an upstream that is half-open: one at a time, each for a while at most.</summary>
    /// <param name="upstream">The upstream.</param>
    /// <param name="caller">The call. One that asks again, because it has got no answer, is granted the same.</param>
    /// <param name="now">The time.</param>
    public UpstreamProbe AskToProbe(string upstream, Guid caller, DateTimeOffset now)
    {
        if (!_conditions.TryGetValue(upstream, out var condition) || condition.OpenUntil is not { } openUntil || condition.IsForgotten(now))
        {
            return default;
        }

        if (openUntil > now)
        {
            return new() { Wait = openUntil - now };
        }

        if (condition.ProbedUntil > now && condition.Prober != caller)
        {
            return new() { Wait = condition.ProbedUntil - now };
        }

        // Told to all: they need not ask before it has found out.
        _conditions[upstream] = condition with { Prober = caller, ProbedUntil = now + UpstreamProbe.Longest, ReportedAt = now };
        Advance(now);
        return new() { IsGranted = true };
    }

    /// <summary>Everything a caller has to know; null if it holds the current version.</summary>
    public UpstreamHealth? Since(long seenVersion, DateTimeOffset now) => seenVersion == Version ? null : new()
    {
        Version = Version,
        Upstreams = [.. _conditions.Where(entry => !entry.Value.IsWell(now) && !entry.Value.IsForgotten(now)).Select(entry => new UpstreamCondition
        {
            Upstream = entry.Key,
            CoolFor = Left(entry.Value.CooledUntil, now),
            OpenFor = entry.Value.OpenUntil is { } until ? Left(until, now) : null,
            ProbeFor = Left(entry.Value.ProbedUntil, now),
        })],
    };

    private bool Report(in UpstreamReport report, CircuitBreakerConfiguration? breaker, DateTimeOffset now)
    {
        var isKnown = _conditions.TryGetValue(report.Upstream, out var before);
        var after = before with { ReportedAt = now };
        if (report.HasAnswered)
        {
            after = after with { Failures = 0, OpenUntil = null, Prober = Guid.Empty, ProbedUntil = default };
        }

        if (report.Failures > 0 && breaker is not null)
        {
            after = Fail(after, report.Failures, breaker, now);
        }

        if (report.EndedProbe != Guid.Empty && report.EndedProbe == after.Prober)
        {
            after = after with { Prober = Guid.Empty, ProbedUntil = default }; // It knows nothing: another one may find out.
        }

        if (report.CoolFor > TimeSpan.Zero)
        {
            var until = now + (report.CoolFor < UpstreamReport.MaxCoolFor ? report.CoolFor.Value : UpstreamReport.MaxCoolFor);
            after = after with { CooledUntil = until > after.CooledUntil ? until : after.CooledUntil };
        }

        if (after.IsWell(now))
        {
            return _conditions.Remove(report.Upstream);
        }

        _conditions[report.Upstream] = after;
        return !isKnown || after.OpenUntil != before.OpenUntil || after.CooledUntil != before.CooledUntil || after.ProbedUntil != before.ProbedUntil;
    }

    private static Condition Fail(Condition condition, int failures, CircuitBreakerConfiguration breaker, DateTimeOffset now)
    {
        condition = condition with { Failures = (int)Math.Min((long)condition.Failures + failures, int.MaxValue) };

        // Calls that were under way when it opened do not keep it open any longer; one that fails after the pause does.
        var opens = condition.OpenUntil is { } until ? until <= now : condition.Failures >= breaker.Failures;
        return opens ? condition with { OpenUntil = now + TimeSpan.FromSeconds(breaker.Pause), Prober = Guid.Empty, ProbedUntil = default } : condition;
    }

    private bool Forget(DateTimeOffset now)
    {
        var hasForgotten = false;
        foreach (var (upstream, condition) in _conditions)
        {
            if (condition.IsWell(now) || condition.IsForgotten(now))
            {
                hasForgotten |= _conditions.Remove(upstream);
            }
        }

        while (_conditions.Count > MaxUpstreams)
        {
            hasForgotten |= _conditions.Remove(_conditions.MinBy(entry => entry.Value.ReportedAt).Key);
        }

        return hasForgotten;
    }

    // The clock's ticks, so that another activation never gives out a version that fronts hold for something else.
    private void Advance(DateTimeOffset now) => Version = Math.Max(Version + 1, now.UtcTicks);

    private static TimeSpan Left(DateTimeOffset until, DateTimeOffset now) => until > now ? until - now : TimeSpan.Zero;

    private readonly record struct Condition
    {
        public int Failures { get; init; }

        public DateTimeOffset? OpenUntil { get; init; }

        public DateTimeOffset CooledUntil { get; init; }

        /// <summary>The call that finds out whether it is well again, until <see cref="ProbedUntil"/>; empty for none.</summary>
        public Guid Prober { get; init; }

        public DateTimeOffset ProbedUntil { get; init; }

        public DateTimeOffset ReportedAt { get; init; }

        public bool IsWell(DateTimeOffset now) => Failures == 0 && OpenUntil is null && CooledUntil <= now;

        public bool IsForgotten(DateTimeOffset now) => now - ReportedAt > Remembered && CooledUntil <= now && !(OpenUntil > now);
    }
}
