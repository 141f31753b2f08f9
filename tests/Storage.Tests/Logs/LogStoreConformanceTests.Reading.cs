using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public abstract partial class LogStoreConformanceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_PageByPage_HoldsEachEntryOnceInTheOrderOfTime(bool descending)
    {
        // Many of one time, so that pages end among them.
        var entries = Enumerable.Range(0, 40).Select(i => Entry(values => values.Model = i % 2 == 0 ? "even" : "odd", afterSeconds: i / 9)).ToArray();
        await WriteAsync(entries);

        var query = Query(new LogFilter(LogFilterKey.Model, LogFilterOperator.Equal, ["even"])) with { Descending = descending };
        List<LogEntry> found = [];
        LogPosition? last = null;
        while (await Store.ReadAsync(query, last, 3, Cancellation) is [.., var end] page)
        {
            found.AddRange(page);
            last = LogPosition.Of(end);
        }

        var sorted = entries.Where(entry => entry.Model == "even").OrderBy(entry => entry.CreatedAt).ThenBy(entry => entry.Id.ToString(), StringComparer.Ordinal).Select(entry => entry.Id);
        Assert.Equal(descending ? sorted.Reverse() : sorted, found.Select(entry => entry.Id));
    }

    [Fact]
    public async Task Read_WhileEntriesComeAndGo_NeitherRepeatsNorMissesOne()
    {
        var entries = Enumerable.Range(0, 10).Select(i => Entry(_ => { }, afterSeconds: i)).ToArray();
        await WriteAsync(entries);
        var first = await Store.ReadAsync(Query(), after: null, 5, Cancellation);

        await WriteAsync(Entry(_ => { }, afterSeconds: 100)); // Before the first page; an offset would repeat an entry.
        await Store.DeleteAsync(Query(new LogFilter(LogFilterKey.Id, LogFilterOperator.Equal, [first[^1].Id.ToString("D")])), 1, Cancellation);
        var second = await Store.ReadAsync(Query(), LogPosition.Of(first[^1]), 50, Cancellation);

        Assert.Equal(entries.Reverse().Select(entry => entry.Id), first.Concat(second).Select(entry => entry.Id));
    }

    [Fact]
    public async Task Read_ByIds_FindsThoseOfTheGatewayOnly()
    {
        var (mine, other) = (Entry(_ => { }), Entry(_ => { }, gateway: "other"));
        await WriteAsync(mine, other);

        var found = await Store.ReadAsync(Query(new LogFilter(LogFilterKey.Id, LogFilterOperator.Equal, [mine.Id.ToString("D"), other.Id.ToString("D")])), null, 10, Cancellation);

        Assert.Equal(mine.Id, Assert.Single(found).Id);
    }
}
