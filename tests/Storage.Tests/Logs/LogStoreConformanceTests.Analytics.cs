using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public abstract partial class LogStoreConformanceTests
{
    /// <summary>The store as it answers questions about many entries.</summary>
    protected abstract IAnalyticsStore Analytics { get; }

    [Fact]
    public async Task Analytics_WithoutEntries_GivesNoGroups() => Assert.Empty(await Analytics.QueryAsync(Ask(), Cancellation));

    [Theory]
    [InlineData(new AnalyticsDimension[0])]
    [InlineData(new[] { AnalyticsDimension.Date })]
    [InlineData(new[] { AnalyticsDimension.Hour, AnalyticsDimension.Provider })]
    [InlineData(new[] { AnalyticsDimension.Minute, AnalyticsDimension.Model })]
    [InlineData(new[] { AnalyticsDimension.FiveMinutes })]
    [InlineData(new[] { AnalyticsDimension.FifteenMinutes, AnalyticsDimension.Cached, AnalyticsDimension.Error })]
    [InlineData(new[] { AnalyticsDimension.StatusCode, AnalyticsDimension.RateLimited, AnalyticsDimension.Wholesale })]
    [InlineData(new[] { AnalyticsDimension.Gateway, AnalyticsDimension.Model })]
    [InlineData(new[] { AnalyticsDimension.UserAgent })]
    [InlineData(new[] { AnalyticsDimension.Second, AnalyticsDimension.Provider })]
    [InlineData(new[] { AnalyticsDimension.Cost, AnalyticsDimension.TokensIn, AnalyticsDimension.DurationMs })]
    [InlineData(new[] { AnalyticsDimension.MetadataKeys, AnalyticsDimension.MetadataValues, AnalyticsDimension.MetadataRaw })]
    public async Task Analytics_OfManyEntries_AreTheSumsOfEachGroup(AnalyticsDimension[] dimensions)
    {
        var entries = await WriteManyAsync();
        var (from, to) = (LogEntries.Start.AddMinutes(47), LogEntries.Start.AddMinutes(47 + 300));

        var groups = await Analytics.QueryAsync(Ask(dimensions) with { From = from, To = to, WithDurations = true }, Cancellation);

        var expected = entries
            .Where(entry => entry.CreatedAt >= from && entry.CreatedAt < to)
            .GroupBy(entry => string.Join('|', dimensions.Select(dimension => Text(Of(entry, dimension)))))
            .ToDictionary(group => group.Key, group => group.ToList());
        Assert.True(expected.Count > (dimensions is [] or [AnalyticsDimension.Date] ? 0 : 1));
        Assert.Equal(expected.Keys.Order(), groups.Select(group => string.Join('|', group.Dimensions.Select(Text))).Order());
        foreach (var group in groups)
        {
            var of = expected[string.Join('|', group.Dimensions.Select(Text))];
            Assert.Equal(of.Count, group.Count);
            Assert.Equal(of.Sum(entry => entry.CostUsd ?? 0), group.CostUsd);
            Assert.Equal(of.Count(entry => entry.Cached), group.CachedRequests);
            Assert.Equal(of.Count(entry => !entry.Success), group.ErroredRequests);
            Assert.Equal(of.Where(entry => entry.Cached).Sum(entry => entry.TokensIn ?? 0), group.CachedTokensIn);
            Assert.Equal(of.Where(entry => !entry.Cached).Sum(entry => entry.TokensIn ?? 0), group.UncachedTokensIn);
            Assert.Equal(of.Where(entry => entry.Cached).Sum(entry => entry.TokensOut ?? 0), group.CachedTokensOut);
            Assert.Equal(of.Where(entry => !entry.Cached).Sum(entry => entry.TokensOut ?? 0), group.UncachedTokensOut);
            Assert.Equal(of.Sum(entry => entry.CacheReadTokens ?? 0), group.CacheReadTokens);
            Assert.Equal(of.Count, group.Durations!.Count);
            var longest = of.Max(entry => entry.DurationMs) * 1000;
            Assert.InRange(group.Durations.Percentile(1)!.Value, longest * 0.98, longest * 1.02);
        }
    }

    [Fact]
    public async Task Analytics_ByConditions_CountOnlyWhatMeetsThem()
    {
        var entries = await WriteManyAsync();
        (AnalyticsCondition Condition, Func<LogEntry, bool> Meets)[] conditions =
        [
            (Is(AnalyticsDimension.Provider, AnalyticsOperator.In, "openai"), entry => entry.Provider == "openai"),
            (Is(AnalyticsDimension.Provider, AnalyticsOperator.NotIn, "openai"), entry => entry.Provider != "openai"),
            (Is(AnalyticsDimension.Model, AnalyticsOperator.Like, "model-_"), _ => true),
            (Is(AnalyticsDimension.Model, AnalyticsOperator.NotLike, "%3"), entry => !entry.Model.EndsWith('3')),
            (Is(AnalyticsDimension.StatusCode, AnalyticsOperator.AtLeast, 429L), entry => entry.StatusCode >= 429),
            (Is(AnalyticsDimension.Error, AnalyticsOperator.In, 0L), entry => entry.Success),
            (Is(AnalyticsDimension.Gateway, AnalyticsOperator.In, "other"), entry => entry.GatewayId == "other"),
            (Is(AnalyticsDimension.Gateway, AnalyticsOperator.GreaterThan, "main"), entry => entry.GatewayId == "other"),
            (Is(AnalyticsDimension.UserAgent, AnalyticsOperator.NotIn, "agent/1"), entry => entry.UserAgent != "agent/1"),
            (Is(AnalyticsDimension.Cost, AnalyticsOperator.GreaterThan, 0.0001m), entry => entry.CostUsd > 0.0001m),
            (Is(AnalyticsDimension.TokensIn, AnalyticsOperator.LessThan, 50L), entry => (entry.TokensIn ?? 0) < 50),
            (Is(AnalyticsDimension.MetadataKeys, AnalyticsOperator.HasAll, "team", "n"), entry => entry.MetadataJson?.Contains("\"n\"", StringComparison.Ordinal) == true),
            (Is(AnalyticsDimension.MetadataValues, AnalyticsOperator.HasAny, "true", "7"), entry => entry.MetadataJson?.Contains("true", StringComparison.Ordinal) == true),
            (Is(AnalyticsDimension.MetadataRaw, AnalyticsOperator.Like, "%blue%"), entry => entry.MetadataJson?.Contains("blue", StringComparison.Ordinal) == true),
            (Is(AnalyticsDimension.Hour, AnalyticsOperator.AtLeast, LogEntries.Start.AddHours(2)), entry => entry.CreatedAt >= LogEntries.Start.AddHours(2)),
            (new AnalyticsCondition.Any([Is(AnalyticsDimension.Cached, AnalyticsOperator.In, 1L), Is(AnalyticsDimension.RateLimited, AnalyticsOperator.In, 1L)]),
                entry => entry.Cached || entry.RateLimited),
            (new AnalyticsCondition.All([Is(AnalyticsDimension.Cached, AnalyticsOperator.In, 1L), Is(AnalyticsDimension.Provider, AnalyticsOperator.In, "openai", "x")]),
                entry => entry.Cached && entry.Provider == "openai"),
        ];

        foreach (var (condition, meets) in conditions)
        {
            var groups = await Analytics.QueryAsync(Ask() with { Condition = condition }, Cancellation);

            Assert.True(entries.Count(meets) == (groups.SingleOrDefault()?.Count ?? 0), $"{condition}: {groups.SingleOrDefault()?.Count} instead of {entries.Count(meets)}");
        }
    }

    [Fact]
    public async Task Analytics_InOrderWithALimit_GivesTheFirst()
    {
        await WriteAsync([.. Enumerable.Range(1, 5).SelectMany(i => Enumerable.Repeat(i, i)).Select(i => Entry(values => (values.Model, values.CostUsd) = ($"m{i}", 0.75m / i)))]);

        var most = await Analytics.QueryAsync(
            Ask(AnalyticsDimension.Model) with { Limit = 2, Order = [new(null, AnalyticsMeasure.Count, Descending: true)] }, Cancellation);
        var byCost = await Analytics.QueryAsync(
            Ask(AnalyticsDimension.Model) with { Order = [new(null, AnalyticsMeasure.Cost, Descending: true), new(AnalyticsDimension.Model, null, Descending: true)] }, Cancellation);

        Assert.Equal(["m5", "m4"], most.Select(group => group.Dimensions[0]));
        Assert.Equal(byCost.OrderByDescending(group => group.CostUsd).ThenByDescending(group => (string)group.Dimensions[0]!).Select(group => group.Dimensions[0]), byCost.Select(group => group.Dimensions[0]));
    }

    [Fact]
    public async Task Analytics_ByMetadata_SumUpEachEntry()
    {
        await WriteAsync(
            Entry(values => (values.MetadataJson, values.CostUsd, values.TokensIn) = ("""{"team":"blue","n":7}""", 1.5m, 10)),
            Entry(values => (values.MetadataJson, values.CostUsd, values.StatusCode) = ("""{"team":"blue"}""", 0.25m, 500), afterSeconds: 4000),
            Entry(values => (values.MetadataJson, values.Cached) = ("""{"team":"red","n":true}""", true)),
            Entry(_ => { }));

        var groups = await Analytics.QueryAsync(
            Ask(AnalyticsDimension.MetadataKeys, AnalyticsDimension.MetadataValues) with { Source = AnalyticsSource.Metadata, WithDurations = true }, Cancellation);
        var teams = await Analytics.QueryAsync(
            Ask(AnalyticsDimension.MetadataValues) with
            {
                Source = AnalyticsSource.Metadata,
                Condition = Is(AnalyticsDimension.MetadataKeys, AnalyticsOperator.In, "team"),
                Order = [new(AnalyticsDimension.MetadataValues, null, Descending: false)],
            },
            Cancellation);

        Assert.Equal(["n=7", "n=true", "team=blue", "team=red"], groups.Select(group => $"{group.Dimensions[0]}={group.Dimensions[1]}").Order());
        Assert.Equal([("blue", 2L, 1.75m, 1L), ("red", 1, 0, 0)], teams.Select(team => ((string)team.Dimensions[0]!, team.Count, team.CostUsd, team.ErroredRequests)));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Analytics.QueryAsync(Ask(AnalyticsDimension.Provider) with { Source = AnalyticsSource.Metadata }, Cancellation));
    }

    [Fact]
    public async Task Delete_EntriesWithMetadata_TakesThemOutOfItsSums()
    {
        LogEntry[] entries =
        [
            .. Enumerable.Range(0, 6).Select(i => Entry(values => (values.MetadataJson, values.CostUsd, values.TokensIn) = ($$"""{"team":"t{{i % 2}}"}""", i, i), afterSeconds: i)),
        ];
        await WriteAsync(entries);

        await Store.DeleteAsync(Query() with { OrderBy = LogOrder.CreatedAt, Descending = false }, 3, Cancellation);
        var some = await TeamsAsync();
        await Store.PatchAsync(_account, Gateway, entries[5].Id, new() { MetadataJson = """{"team":"t9","n":"1"}""" }, Cancellation);
        var patched = await TeamsAsync();
        await Store.DeleteAsync(Query(), 100, Cancellation);

        Assert.Equal([("t0", 1L, 4m), ("t1", 2, 8)], some);
        Assert.Equal([("t0", 1L, 4m), ("t1", 1, 3), ("t9", 1, 5)], patched);
        Assert.Empty(await TeamsAsync());

        async Task<IEnumerable<(string, long, decimal)>> TeamsAsync() => (await Analytics.QueryAsync(
            Ask(AnalyticsDimension.MetadataValues) with
            {
                Source = AnalyticsSource.Metadata,
                WithDurations = true,
                Condition = Is(AnalyticsDimension.MetadataKeys, AnalyticsOperator.In, "team"),
                Order = [new(AnalyticsDimension.MetadataValues, null, Descending: false)],
            },
            Cancellation)).Select(team => ((string)team.Dimensions[0]!, team.Count == team.Durations!.Count ? team.Count : -1, team.CostUsd));
    }

    [Fact]
    public async Task Write_EntryThatIsOnlyCounted_IsInTheSumsAndNowhereElse()
    {
        var counted = Entry(values => values.IsOnlyCounted = true);
        await WriteAsync(counted, Entry(_ => { }));

        Assert.Equal(2, (await Analytics.QueryAsync(Ask(), Cancellation)).Single().Count);
        Assert.Equal(1, (await Store.ListAsync(Query(), Cancellation)).TotalCount);
        Assert.Null(await Store.FindAsync(_account, Gateway, counted.Id, Cancellation));
        Assert.Equal(1, (await Analytics.CountEntriesAsync(_account, Cancellation))[Gateway]);
    }

    [Theory]
    [InlineData(AnalyticsDimension.Provider)]
    [InlineData(AnalyticsDimension.UserAgent)] // Out of the entries.
    public async Task Analytics_OfStepsThatFailedBeforeAnother_AreBilledAndNotCounted(AnalyticsDimension dimension)
    {
        await WriteAsync(
            Entry(values => (values.IsSuperseded, values.StatusCode, values.CostUsd, values.MetadataJson) = (true, 500, 0.25m, """{"a":"b"}""")),
            Entry(values => (values.CostUsd, values.MetadataJson) = (0.5m, """{"a":"b"}""")));

        var group = (await Analytics.QueryAsync(Ask(dimension) with { WithDurations = true }, Cancellation)).Single();
        var tagged = (await Analytics.QueryAsync(Ask() with { Source = AnalyticsSource.Metadata }, Cancellation)).Single();

        Assert.Equal((1, 0, 0.75m, 1), (group.Count, group.ErroredRequests, group.CostUsd, group.Durations!.Count));
        Assert.Equal((1, 0.75m), (tagged.Count, tagged.CostUsd));

        await Store.DeleteAsync(Query(), 10, Cancellation);
        Assert.Empty(await Analytics.QueryAsync(Ask() with { Source = AnalyticsSource.Metadata }, Cancellation));
    }

    [Fact]
    public async Task Analytics_OfAbsurdTokens_DoNotFail()
    {
        for (var i = 0; i < 3; i++)
        {
            await WriteAsync(Entry(values => (values.TokensIn, values.CostUsd) = (long.MaxValue, 9_000_000m), afterSeconds: i * 60));
        }

        var group = (await Analytics.QueryAsync(Ask(), Cancellation)).Single();

        Assert.Equal(27_000_000m, (await Analytics.QueryAsync(Ask(AnalyticsDimension.Minute), Cancellation)).Sum(minute => minute.CostUsd));
        Assert.True(group.UncachedTokensIn > 0);
    }

    [Fact]
    public async Task Analytics_OfAnotherAccount_AreNotSeen()
    {
        await WriteManyAsync();

        Assert.Empty(await Analytics.QueryAsync(Ask() with { AccountId = Guid.CreateVersion7().ToString("N") }, Cancellation));
        Assert.Empty(await Analytics.QueryAsync(Ask() with { Gateways = ["no-such-gateway"] }, Cancellation));
    }

    private AnalyticsQuery Ask(params AnalyticsDimension[] dimensions) => new()
    {
        AccountId = _account,
        From = LogEntries.Start.AddDays(-1),
        To = LogEntries.Start.AddDays(1),
        Dimensions = dimensions,
        Limit = 10_000,
    };

    private static AnalyticsCondition.Compare Is(AnalyticsDimension dimension, AnalyticsOperator op, params object[] values) => new(dimension, op, values);

    private async Task<LogEntry[]> WriteManyAsync()
    {
        var entries = Enumerable.Range(0, 900).Select(i => Entry(
            values =>
            {
                values.Model = $"model-{i % 7}";
                values.Provider = i % 2 == 0 ? "openai" : "anthropic";
                values.StatusCode = i % 5 == 0 ? 500 : i % 11 == 0 ? 429 : 200;
                values.RateLimited = i % 11 == 0;
                values.Cached = i % 3 == 0;
                values.Wholesale = i % 4 == 0;
                values.CostUsd = i % 4 == 0 ? null : i * 0.000000000007m * (i % 3 == 0 ? 1_000_000 : 1);
                values.TokensIn = i % 6 == 0 ? null : i % 100;
                values.TokensOut = i;
                values.CacheReadTokens = i % 10;
                values.DurationMs = 1 + (i / 8d);
                values.UserAgent = i % 9 == 0 ? null : $"agent/{i % 3}";
                values.MetadataJson = (i % 5) switch { 0 => null, 1 => """{"team":"blue","n":true}""", 2 => """{"n":1.5,"team":"red"}""", _ => """{"team":"grün"}""" };
            },
            afterSeconds: i * 31,
            gateway: i % 8 == 0 ? "other" : Gateway)).ToArray();
        foreach (var batch in entries.Chunk(77))
        {
            await WriteAsync(batch);
        }

        return entries;
    }

    private static object? Of(LogEntry entry, AnalyticsDimension dimension)
    {
        return dimension switch
        {
            AnalyticsDimension.Date => Floor(TimeSpan.FromDays(1)),
            AnalyticsDimension.Second => Floor(TimeSpan.FromSeconds(1)),
            AnalyticsDimension.Minute => Floor(TimeSpan.FromMinutes(1)),
            AnalyticsDimension.FiveMinutes => Floor(TimeSpan.FromMinutes(5)),
            AnalyticsDimension.FifteenMinutes => Floor(TimeSpan.FromMinutes(15)),
            AnalyticsDimension.Hour => Floor(TimeSpan.FromHours(1)),
            AnalyticsDimension.Gateway => entry.GatewayId,
            AnalyticsDimension.Provider => entry.Provider,
            AnalyticsDimension.Model => entry.Model,
            AnalyticsDimension.Cached => entry.Cached ? 1L : 0,
            AnalyticsDimension.Error => entry.Success ? 0L : 1,
            AnalyticsDimension.RateLimited => entry.RateLimited ? 1L : 0,
            AnalyticsDimension.StatusCode => (long)entry.StatusCode,
            AnalyticsDimension.Wholesale => entry.Wholesale ? 1L : 0,
            AnalyticsDimension.UserAgent => entry.UserAgent,
            AnalyticsDimension.Cost => entry.CostUsd ?? 0,
            AnalyticsDimension.DurationMs => (long)Math.Floor(entry.DurationMs + 0.5),
            AnalyticsDimension.TokensIn => entry.TokensIn ?? 0,
            AnalyticsDimension.TokensOut => entry.TokensOut ?? 0,
            AnalyticsDimension.MetadataRaw => entry.MetadataJson,
            AnalyticsDimension.MetadataKeys => entry.MetadataJson switch { null => Array.Empty<string>(), var json when json.Contains("\"n\"", StringComparison.Ordinal) => ["n", "team"], _ => ["team"] },
            AnalyticsDimension.MetadataValues => entry.MetadataJson switch
            {
                null => Array.Empty<string>(),
                var json when json.Contains("blue", StringComparison.Ordinal) => ["true", "blue"],
                var json when json.Contains("red", StringComparison.Ordinal) => ["1.5", "red"],
                _ => ["grün"],
            },
            _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
        };

        DateTimeOffset Floor(TimeSpan unit) => new(entry.CreatedAt.Ticks - (entry.CreatedAt.Ticks % unit.Ticks), TimeSpan.Zero);
    }

    private static string Text(object? value) => value switch
    {
        string[] texts => string.Join(',', texts),
        decimal number => (number / 1.000000000000000000000000000000m).ToString(System.Globalization.CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O"),
        _ => $"{value}",
    };
}
