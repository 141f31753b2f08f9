namespace GatewayActors.Grains.Limits;

/// <summary>
/// At most the limit in any window that ends now, counted by parts of it: a part counts as a whole while any moment of it is in the
/// window. So never over the limit, and under a steady load at most 1/<see cref="RateWindow.Parts"/> under it.
/// </summary>
internal sealed class SlidingRateParts(RateRule rule) : RateWindow(rule)
{
    // One more than the window has parts, since it seldom begins with a part, and one for the rounding of their width.
    private readonly long[] _parts = new long[Parts + 2];
    private readonly long _width = (rule.Window.Ticks + Parts - 1) / Parts;
    private long _oldest;
    private long _newest;
    private long _latest;
    private long _count;

    protected override long Count => _count;

    public override IReadOnlyList<RateCount> Export()
    {
        List<RateCount> counts = [];
        for (var part = _oldest; part <= _newest; part++)
        {
            if (Of(part) is > 0 and var count)
            {
                counts.Add(new(Math.Min(LastOf(part), _latest), count));
            }
        }

        return counts;
    }

    protected override void Advance(long now)
    {
        var newest = now / _width;
        var oldest = Math.Max(0, (now - Length + 1) / _width); // The first whose last moment is less than a window ago.
        if (oldest > _newest)
        {
            Array.Clear(_parts);
            _count = 0;
            (_oldest, _newest) = (oldest, newest);
            return;
        }

        for (; _oldest < oldest; _oldest++)
        {
            _count -= Of(_oldest);
            Of(_oldest) = 0;
        }

        _newest = newest;
    }

    protected override void Add(long now, long count)
    {
        Of(now / _width) += count;
        _count += count;
        _latest = now;
    }

    protected override long FreeAt(long now)
    {
        for (var part = _oldest; part <= _newest; part++)
        {
            if (Of(part) > 0)
            {
                return LastOf(part) + Length;
            }
        }

        return now;
    }

    protected override void Clear()
    {
        Array.Clear(_parts);
        (_oldest, _newest, _count) = (0, 0, 0);
    }

    private ref long Of(long part) => ref _parts[part % _parts.Length];

    private long LastOf(long part) => ((part + 1) * _width) - 1;
}
