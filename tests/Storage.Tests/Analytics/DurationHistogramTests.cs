using GatewayActors.Abstractions.Analytics;

namespace GatewayActors.Storage.Tests.Analytics;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Percentile_OfNothing_IsNull() => Assert.Null(new DurationHistogram().Percentile(0.5));

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void Percentile_OfAnyDurations_IsOffByLessThanTwoPercent(double share)
    {
        var random = new Random(7);
        long[] durations = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 22))];
        var histogram = new DurationHistogram();
        foreach (var duration in durations)
        {
            histogram.Add(duration);
        }

        Array.Sort(durations);
        var exact = durations[(int)Math.Ceiling(share * durations.Length) - 1];
        Assert.InRange(histogram.Percentile(share)!.Value, (exact * 0.984) - 0.5, (exact * 1.016) + 0.5);
    }

    [Fact]
    public void Add_StoredHistograms_GivesThatOfAllDurations()
    {
        var (all, first, second, sum) = (new DurationHistogram(), new DurationHistogram(), new DurationHistogram(), new DurationHistogram());
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var duration = (long)Math.Exp(random.NextDouble() * 25);
            all.Add(duration);
            (i % 3 == 0 ? first : second).Add(duration);
        }

        sum.Add(first.ToBytes());
        sum.Add(second.ToBytes());

        Assert.Equal(all.ToBytes(), sum.ToBytes());
        Assert.Equal(5_000, sum.Count);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(long.MaxValue)]
    public void Add_AnyDuration_IsCounted(long duration)
    {
        var histogram = new DurationHistogram();

        histogram.Add(duration);

        Assert.InRange(histogram.Percentile(1)!.Value, Math.Max(0, duration) * 0.98, Math.Max(0, duration) * 1.02);
    }

    [Fact]
    public void Add_BytesThatAreNoHistogram_Fails() => Assert.Throws<InvalidDataException>(() => new DurationHistogram().Add([0x80]));
}
