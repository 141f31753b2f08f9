namespace GatewayActors.Grains.Limits;

/// <summary>Windows aligned to the clock: at most the limit in each.</summary>
internal sealed class FixedRateWindow(RateRule rule) : RateWindow(rule)
{
    private long _index;
    private long _count;
    private long _latest;

    protected override long Count => _count;

    public override IReadOnlyList<RateCount> Export() => _count == 0 ? [] : [new(_latest, _count)];

    protected override void Advance(long now)
    {
        var index = now / Length;
        if (index > _index)
        {
            _index = index;
            _count = 0;
        }
    }

    protected override void Add(long now, long count)
    {
        _count += count;
        _latest = now;
    }

    protected override long FreeAt(long now) => (_index + 1) * Length;

    protected override void Clear() => (_index, _count) = (0, 0);
}
