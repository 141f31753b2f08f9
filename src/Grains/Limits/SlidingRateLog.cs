namespace GatewayActors.Grains.Limits;

/// <summary>At most the limit in any window that ends now: the time of every request in it is remembered.</summary>
internal sealed class SlidingRateLog(RateRule rule) : RateWindow(rule)
{
    private const int MostExported = 2 * Parts;

    private readonly Queue<long> _times = new();

    protected override long Count => _times.Count;

    public override IReadOnlyList<RateCount> Export()
    {
        // Few are kept as they are; of many those that are close together, as one count at the time of the last of them.
        var width = _times.Count <= MostExported ? 1 : Math.Max(1, Length / Parts);
        List<RateCount> counts = [];
        foreach (var time in _times)
        {
            if (counts is [.., var last] && time / width == last.Time / width)
            {
                counts[^1] = new(time, last.Count + 1);
            }
            else
            {
                counts.Add(new(time, 1));
            }
        }

        return counts;
    }

    protected override void Advance(long now)
    {
        while (_times.TryPeek(out var oldest) && oldest <= now - Length)
        {
            _times.Dequeue();
        }
    }

    protected override void Add(long now, long count)
    {
        // More than the limit are there when another rule has counted them. The oldest of too many can go: the newest decide.
        for (var i = Math.Min(count, MostExact); i > 0; i--)
        {
            if (_times.Count == MostExact)
            {
                _times.Dequeue();
            }

            _times.Enqueue(now);
        }
    }

    protected override long FreeAt(long now) => _times.Count <= Limit
        ? _times.TryPeek(out var oldest) ? oldest + Length : now
        : _times.ElementAt((int)(_times.Count - Limit)) + Length;

    protected override void Clear() => _times.Clear();
}
