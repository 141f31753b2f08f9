using System.Text;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public abstract partial class LogStoreConformanceTests
{
    [Fact]
    public async Task Delete_WithLimit_DeletesTheFirstInOrder()
    {
        var entries = await WriteFourAsync();

        Assert.Equal(3, await Store.DeleteAsync(Query() with { Descending = false }, 3, Cancellation));

        var left = await Store.ListAsync(Query(), Cancellation);
        Assert.Equal(("d", 1), (Names(entries, left), left.TotalCount));
    }

    [Fact]
    public async Task Delete_WithFilter_DeletesOnlyWhatMatches()
    {
        var entries = await WriteFourAsync();

        Assert.Equal(2, await Store.DeleteAsync(Query(new LogFilter(LogFilterKey.Success, LogFilterOperator.Equal, [false])), 100, Cancellation));

        var left = await Store.ListAsync(Query(), Cancellation);
        Assert.Equal(("ac", 2), (Names(entries, left), left.TotalCount));
        Assert.Equal(1, (await Store.ListAsync(Query() with { GatewayId = "other" }, Cancellation)).TotalCount);
    }

    [Fact]
    public async Task Delete_NothingMatches_IsZero()
    {
        Assert.Equal(0, await Store.DeleteAsync(Query(), 10, Cancellation));
        await WriteFourAsync();
        Assert.Equal(0, await Store.DeleteAsync(Query(), 0, Cancellation));
    }

    [Fact]
    public async Task Delete_SomeOfABatch_LeavesTheBodiesOfTheOthers()
    {
        var entries = Enumerable.Range(0, 100)
            .Select(i => Entry(values => (values.RequestBody, values.ResponseBody) = ($"request {i}", $"response {i}"), afterSeconds: i))
            .ToArray();
        await WriteAsync(entries);

        Assert.Equal(60, await Store.DeleteAsync(Query() with { Descending = false }, 60, Cancellation));

        Assert.Null(await ReadBodyAsync(entries[59], LogBodySide.Request));
        Assert.Equal("request 60", Text(await ReadBodyAsync(entries[60], LogBodySide.Request)));
        Assert.Equal("response 99", Text(await ReadBodyAsync(entries[99], LogBodySide.Response)));
    }

    [Fact]
    public async Task Delete_Entries_LeavesTheRollups()
    {
        await WriteFourAsync();
        var before = SumRollups(_account, Gateway);

        await Store.DeleteAsync(Query(), 100, Cancellation);

        Assert.Equal(before, SumRollups(_account, Gateway));
    }

    [Fact]
    public async Task DeleteAll_OfAGateway_LeavesTheOthers()
    {
        await WriteFourAsync();

        await Store.DeleteAllAsync(_account, Gateway, Cancellation);

        Assert.Equal(0, (await Store.ListAsync(Query(), Cancellation)).TotalCount);
        Assert.Equal(0, SumRollups(_account, Gateway).Requests);
        Assert.Equal(1, (await Store.ListAsync(Query() with { GatewayId = "other" }, Cancellation)).TotalCount);
        Assert.Equal(1, SumRollups(_account, "other").Requests);
    }

    [Fact]
    public async Task DeleteAll_OfAnAccount_LeavesOtherAccounts()
    {
        await WriteFourAsync();
        var foreign = LogEntries.Plain(Guid.CreateVersion7().ToString("N"), Gateway);
        await WriteAsync(foreign);

        await Store.DeleteAllAsync(_account, null, Cancellation);

        Assert.Equal(0, (await Store.ListAsync(Query(), Cancellation)).TotalCount);
        Assert.Equal(0, (await Store.ListAsync(Query() with { GatewayId = "other" }, Cancellation)).TotalCount);
        AssertSame(foreign, await FindAsync(foreign));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(25)]
    public async Task Write_AtTheCapacityOfAGateway_StopsInserting(int atOnce)
    {
        LogEntry[] entries = [.. Enumerable.Range(0, 25).Select(i => Entry(values => values.Capacity = new(10, DeletesOldest: false), afterSeconds: i))];
        foreach (var batch in entries.Chunk(atOnce))
        {
            await WriteAsync(batch);
        }

        await WriteAsync(Entry(_ => { }, gateway: "other"));

        var page = await Store.ListAsync(Query() with { Descending = false, PerPage = 50 }, Cancellation);
        Assert.Equal(entries.Take(10).Select(entry => entry.Id), page.Entries.Select(entry => entry.Id));
        Assert.Equal(25, SumRollups(_account, Gateway).Requests);
        Assert.Equal(1, (await Store.ListAsync(Query() with { GatewayId = "other" }, Cancellation)).TotalCount);

        await Store.DeleteAsync(Query() with { Descending = false }, 4, Cancellation);
        await WriteAsync(entries[24], Entry(values => values.Capacity = new(10, DeletesOldest: false), afterSeconds: 99));
        Assert.Equal(8, (await Store.ListAsync(Query(), Cancellation)).TotalCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(25)]
    public async Task Write_AtTheCapacityOfAGateway_DeletesTheOldest(int atOnce)
    {
        LogEntry[] entries =
        [
            .. Enumerable.Range(0, 25).Select(i => Entry(
                values => (values.Capacity, values.RequestBody, values.MetadataJson) = (new(10, DeletesOldest: true), $"body {i}", """{"team":"a"}"""), afterSeconds: i)),
        ];
        foreach (var batch in entries.Chunk(atOnce))
        {
            await WriteAsync(batch);
        }

        var page = await Store.ListAsync(Query() with { Descending = false, PerPage = 50 }, Cancellation);
        Assert.Equal(entries.Skip(15).Select(entry => entry.Id), page.Entries.Select(entry => entry.Id));
        Assert.Equal(10, page.TotalCount);
        Assert.Null(await Store.ReadBodyAsync(_account, Gateway, entries[14].Id, LogBodySide.Request, Cancellation));
        Assert.Equal("body 15", Encoding.UTF8.GetString((await Store.ReadBodyAsync(_account, Gateway, entries[15].Id, LogBodySide.Request, Cancellation))!.Value.Span));
        Assert.Equal(25, SumRollups(_account, Gateway).Requests);
        Assert.Equal(10, (await Analytics.QueryAsync(Ask() with { Source = Abstractions.Analytics.AnalyticsSource.Metadata }, Cancellation)).Single().Count);
    }

    [Fact]
    public async Task Write_AfterDeleteAll_StartsAnew()
    {
        await WriteFourAsync();
        await Store.DeleteAllAsync(_account, Gateway, Cancellation);

        await WriteAsync(Entry(_ => { }));

        Assert.Equal(1, (await Store.ListAsync(Query(), Cancellation)).TotalCount);
        Assert.Equal(1, SumRollups(_account, Gateway).Requests);
    }

    [Fact]
    public async Task Rollups_AfterSeveralBatches_AreTheSumsOfTheEntries()
    {
        var entries = Enumerable.Range(0, 500).Select(i => Entry(
            values =>
            {
                values.Model = $"model-{i % 7}";
                values.Provider = i % 2 == 0 ? "openai" : "anthropic";
                values.StatusCode = i % 5 == 0 ? 500 : 200;
                values.Cached = i % 3 == 0;
                values.CostUsd = i % 4 == 0 ? null : i * 0.000000000007m;
                values.TokensIn = i % 6 == 0 ? null : i;
                values.TokensOut = i;
                values.DurationMs = i / 8d;
                values.TimeToFirstByteMs = i % 2 == 0 ? null : i / 16d;
            },
            afterSeconds: i * 60)).ToArray();
        foreach (var batch in entries.Chunk(90))
        {
            await WriteAsync(batch);
        }

        var sums = SumRollups(_account, Gateway);

        Assert.Equal(500, sums.Requests);
        Assert.Equal(entries.Count(entry => !entry.Success), sums.Errors);
        Assert.Equal(entries.Count(entry => entry.Cached), sums.Cached);
        Assert.Equal(entries.Sum(entry => entry.TokensIn ?? 0), sums.TokensIn);
        Assert.Equal(entries.Sum(entry => entry.TokensOut ?? 0), sums.TokensOut);
        Assert.Equal(entries.Sum(entry => entry.CostUsd ?? 0), sums.CostUsd);
        Assert.Equal(entries.Sum(entry => entry.DurationMs), sums.DurationMs, 3);
        Assert.Equal(entries.Sum(entry => Math.Round(entry.TimeToFirstByteMs ?? 0, 3)), sums.FirstByteMs, 1);
        Assert.Equal(entries.Count(entry => entry.TimeToFirstByteMs is not null), sums.FirstBytes);
    }
}
