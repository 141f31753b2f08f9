using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Limits;

/// <summary>Counts what a rate limit has let through. Without a clock or storage of its own; times are UTC ticks (100 ns since year 1).</summary>
internal abstract class RateWindow(RateRule rule)
{
    /// <summary>The highest limit whose requests are remembered one by one: 8 bytes each.</summary>
    public const int MostExact = 10_000;

    /// <summary>Into how many parts a window is cut where requests are not remembered one by one: none is counted more than 1/128 of a window too long.</summary>
    public const int Parts = 128;

    private long _now;

    /// <summary>Requests per window.</summary>
    public long Limit { get; } = rule.Limit;

    /// <summary>Requests in the window, as of the last <see cref="Advance"/>.</summary>
    protected abstract long Count { get; }

    /// <summary>Length of the window in ticks.</summary>
    protected long Length { get; } = rule.Window.Ticks;

    /// <summary>The window of a rule that goes on with what another one has counted.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="counts">What was counted, in the order of time.</param>
    /// <param name="now">The time.</param>
    public static RateWindow Create(RateRule rule, IReadOnlyList<RateCount> counts, long now)
    {
        RateWindow window = rule switch
        {
            { Technique: LimitTechnique.Fixed } => new FixedRateWindow(rule),
            { Limit: <= MostExact } => new SlidingRateLog(rule),
            _ => new SlidingRateParts(rule),
        };
        foreach (var (time, count) in counts)
        {
            var counted = Math.Min(time, now);
            window.Advance(counted);
            window.Add(counted, count);
        }

        window.Advance(now);
        window._now = now;
        return window;
    }

    /// <summary>Counts one request, if there is room for it.</summary>
    public RateLimitDecision Take(long now)
    {
        now = Straighten(now);
        Advance(now);
        var taken = Count < Limit;
        if (taken)
        {
            Add(now, 1);
        }

        return Decision(taken, now);
    }

    /// <summary>The answer to a request that was counted before.</summary>
    public RateLimitDecision Look(long now)
    {
        now = Straighten(now);
        Advance(now);
        return Decision(isTaken: true, now);
    }

    /// <summary>What was counted, in the order of time, at most a few hundred entries: several requests may stand at the time of the latest.</summary>
    public abstract IReadOnlyList<RateCount> Export();

    /// <summary>Forgets what has left the window. Time never goes back here.</summary>
    protected abstract void Advance(long now);

    /// <summary>Counts requests of the time that <see cref="Advance"/> was called with last.</summary>
    protected abstract void Add(long now, long count);

    /// <summary>When room becomes free.</summary>
    protected abstract long FreeAt(long now);

    /// <summary>Forgets everything.</summary>
    protected abstract void Clear();

    private RateLimitDecision Decision(bool isTaken, long now) => new()
    {
        IsTaken = isTaken,
        Limit = Limit,
        Remaining = Math.Max(0, Limit - Count),
        ResetAfter = TimeSpan.FromTicks(Math.Max(0, FreeAt(now) - now)),
    };

    /// <summary>
    /// A clock that was set back by less than a window stands still here until it has caught up. One that was wrong by more is followed,
    /// and everything counts as of now: forgetting would admit too much, waiting could take years.
    /// </summary>
    private long Straighten(long now)
    {
        if (now >= _now)
        {
            return _now = now;
        }

        if (_now - now > Length)
        {
            var count = Count;
            Clear();
            Advance(now);
            Add(now, count);
            _now = now;
        }

        return _now;
    }
}

/// <summary>Requests that were let through.</summary>
/// <param name="Time">When, in UTC ticks; of several, the latest.</param>
/// <param name="Count">How many.</param>
[GenerateSerializer, Immutable, Alias("gateway.rate-count")]
internal readonly record struct RateCount(long Time, long Count);
