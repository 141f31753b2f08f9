using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public abstract partial class LogStoreConformanceTests
{
    [Fact]
    public async Task List_Default_IsTheNewestFirst()
    {
        var entries = await WriteFourAsync();

        var page = await Store.ListAsync(Query(), Cancellation);

        Assert.Equal(entries.Reverse().Select(entry => entry.Id), page.Entries.Select(entry => entry.Id));
        Assert.Equal(4, page.TotalCount);
        Assert.Null(page.Ranges);
    }

    public static TheoryData<LogOrder> Orders { get; } = [.. Enum.GetValues<LogOrder>()];

    [Theory, MemberData(nameof(Orders))]
    public async Task List_AnyOrder_PagesHoldEachEntryOnceInOrder(LogOrder order)
    {
        // Few distinct values, so that ties cross pages.
        var entries = Enumerable.Range(0, 60).Select(i => Entry(
            values =>
            {
                values.Provider = i % 2 == 0 ? "openai" : "anthropic";
                values.Model = $"model-{i % 3}";
                values.ModelType = i % 4 == 0 ? null : $"type-{i % 4}";
                values.StatusCode = i % 5 == 0 ? 500 : 200;
                values.Cached = i % 3 == 0;
                values.CostUsd = i % 4 == 0 ? null : i % 4;
                values.TokensIn = i % 3 == 0 ? null : i % 3;
                values.TokensOut = i % 3;
                values.DurationMs = i % 4;
                values.Feedback = i % 3 == 0 ? null : 1;
            },
            afterSeconds: i / 4)).ToArray();
        await WriteAsync(entries);

        foreach (var descending in (bool[])[true, false])
        {
            var found = new List<LogEntry>();
            for (var number = 1; number <= 6; number++)
            {
                var page = await Store.ListAsync(
                    Query() with { OrderBy = order, Descending = descending, Page = number, PerPage = 11 }, Cancellation);
                Assert.Equal(60, page.TotalCount);
                found.AddRange(page.Entries);
            }

            var sorted = entries.OrderBy(entry => Key(entry, order)).ThenBy(entry => entry.Id.ToString(), StringComparer.Ordinal).Select(entry => entry.Id);
            Assert.Equal(descending ? sorted.Reverse() : sorted, found.Select(entry => entry.Id));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public async Task List_PagePastTheEnd_IsEmptyWithTheCount(int page)
    {
        await WriteFourAsync();

        var result = await Store.ListAsync(Query() with { Page = page, PerPage = 2 }, Cancellation);

        Assert.Empty(result.Entries);
        Assert.Equal(4, result.TotalCount);
    }

    [Fact]
    public async Task List_UnknownGateway_IsEmpty()
    {
        var page = await Store.ListAsync(Query() with { WithRanges = true }, Cancellation);

        Assert.Empty(page.Entries);
        Assert.Equal(0, page.TotalCount);
        Assert.Equal(new LogRanges(null, null, null, null, null, null, null, null, null, null), page.Ranges);
    }

    [Fact]
    public async Task List_WithRanges_CoverAllThatMatch()
    {
        await WriteFourAsync();

        var all = await Store.ListAsync(Query() with { WithRanges = true, PerPage = 1 }, Cancellation);
        var some = await Store.ListAsync(Query(new LogFilter(LogFilterKey.StatusCode, LogFilterOperator.Equal, [429m])) with { WithRanges = true }, Cancellation);
        var none = await Store.ListAsync(Query(new LogFilter(LogFilterKey.StatusCode, LogFilterOperator.Equal, [1m])) with { WithRanges = true }, Cancellation);

        Assert.Equal(new LogRanges(0m, 0.000001234567m, 1, 5_000, 0, 100, 0, 10, 0, 110), all.Ranges);
        Assert.Equal(new LogRanges(0m, 0m, 20, 20, 50, 50, null, null, 50, 50), some.Ranges);
        Assert.Equal(new LogRanges(null, null, null, null, null, null, null, null, null, null), none.Ranges);
    }

    [Fact]
    public async Task List_SameQueryAgain_SeesWhatWasWrittenMeanwhile()
    {
        await WriteAsync(Entry(_ => { }));
        Assert.Equal(1, (await Store.ListAsync(Query(), Cancellation)).TotalCount);

        await WriteAsync(Entry(_ => { }));

        Assert.Equal(2, (await Store.ListAsync(Query(), Cancellation)).Entries.Count);
    }

    private static IComparable? Key(LogEntry entry, LogOrder order) => order switch
    {
        LogOrder.CreatedAt => entry.CreatedAt,
        LogOrder.Provider => entry.Provider,
        LogOrder.Model => entry.Model,
        LogOrder.ModelType => entry.ModelType,
        LogOrder.Success => entry.Success,
        LogOrder.Cached => entry.Cached,
        LogOrder.Cost => entry.CostUsd,
        LogOrder.TokensIn => entry.TokensIn,
        LogOrder.TokensOut => entry.TokensOut,
        LogOrder.Duration => entry.DurationMs,
        LogOrder.Feedback => entry.Feedback,
    };
}
