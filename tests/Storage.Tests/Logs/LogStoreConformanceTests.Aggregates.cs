using GatewayActors.Abstractions.Logs;
using Xunit;

namespace GatewayActors.Storage.Tests.Logs;

public abstract partial class LogStoreConformanceTests
{
    private static readonly LogFilter[] NoFilter = [];

    [Fact]
    public async Task AggregateAsync_Entries_AreSummedExactly()
    {
        await WriteAsync(
            Entry(entry => (entry.CostUsd, entry.DurationMs, entry.Feedback) = (0.1m, 1.5, 1)),
            Entry(entry => (entry.CostUsd, entry.DurationMs, entry.Feedback) = (0.2m, 2, -1)),
            Entry(entry => (entry.CostUsd, entry.DurationMs, entry.Feedback) = (0.000000000001m, 0.001, 0)),
            Entry(entry => (entry.CostUsd, entry.DurationMs, entry.Feedback) = (null, 4, null)));

        var sums = await Store.AggregateAsync(_account, Gateway, [NoFilter], Cancellation);

        Assert.Equal(
            new() { Entries = 4, WithCost = 3, CostUsd = 0.300000000001m, DurationMs = 7.501m, WithFeedback = 3, ThumbsUp = 1 }, sums);
    }

    [Fact]
    public async Task AggregateAsync_CostsWhoseSumIsLargerThanAColumn_AreSummed()
    {
        var largest = long.MaxValue / 1_000_000_000_000m;
        await WriteAsync(Entry(entry => entry.CostUsd = largest), Entry(entry => entry.CostUsd = largest), Entry(entry => entry.CostUsd = largest));

        Assert.Equal(3 * largest, (await Store.AggregateAsync(_account, Gateway, [NoFilter], Cancellation)).CostUsd);
    }

    [Fact]
    public async Task AggregateAsync_Alternatives_CountEachEntryOnce()
    {
        await WriteAsync(
            Entry(entry => (entry.Model, entry.CostUsd) = ("a", 1)),
            Entry(entry => (entry.Model, entry.CostUsd) = ("b", 2)),
            Entry(entry => (entry.Model, entry.CostUsd) = ("c", 4)));

        var sums = await Store.AggregateAsync(
            _account,
            Gateway,
            [
                [new(LogFilterKey.Model, LogFilterOperator.Equal, ["a"])],
                [new(LogFilterKey.Cost, LogFilterOperator.LessThan, [3m]), new(LogFilterKey.Model, LogFilterOperator.NotEqual, ["c"])],
            ],
            Cancellation);

        Assert.Equal((2, 3m), (sums.Entries, sums.CostUsd));
    }

    [Fact]
    public async Task AggregateAsync_MetadataFilters_ArePairedWithinTheirAlternative()
    {
        await WriteAsync(
            Entry(entry => entry.MetadataJson = """{"team":"a","other":"b"}"""),
            Entry(entry => entry.MetadataJson = """{"team":"b"}"""));
        LogFilter[] teamB =
        [
            new(LogFilterKey.MetadataKey, LogFilterOperator.Equal, ["team"]), new(LogFilterKey.MetadataValue, LogFilterOperator.Equal, ["b"]),
        ];

        Assert.Equal(1, (await Store.AggregateAsync(_account, Gateway, [teamB], Cancellation)).Entries);
        Assert.Equal(2, (await Store.AggregateAsync(_account, Gateway, [teamB, NoFilter], Cancellation)).Entries);
    }

    [Fact]
    public async Task AggregateAsync_NothingMatches_IsNone()
    {
        Assert.Equal(LogAggregate.None, await Store.AggregateAsync(_account, Gateway, [NoFilter], Cancellation));
        await WriteAsync(Entry(_ => { }), Entry(_ => { }, gateway: "other"));

        Assert.Equal(LogAggregate.None, await Store.AggregateAsync(_account, Gateway, [], Cancellation));
        Assert.Equal(
            LogAggregate.None,
            await Store.AggregateAsync(_account, Gateway, [[new(LogFilterKey.Model, LogFilterOperator.Equal, ["none"])]], Cancellation));
        Assert.Equal(LogAggregate.None, await Store.AggregateAsync(Guid.CreateVersion7().ToString("N"), Gateway, [NoFilter], Cancellation));
        Assert.Equal(1, (await Store.AggregateAsync(_account, Gateway, [NoFilter], Cancellation)).Entries);
    }
}
