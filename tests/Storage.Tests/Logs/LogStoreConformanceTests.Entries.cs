using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public abstract partial class LogStoreConformanceTests
{
    [Fact]
    public async Task Find_FullEntry_GivesEveryFieldBack()
    {
        var entry = new LogEntry
        {
            Id = Guid.CreateVersion7(T0),
            AccountId = _account,
            GatewayId = Gateway,
            CreatedAt = T0.AddMicroseconds(123_456),
            Provider = "openai",
            Model = "名前-🦊",
            ModelType = "text-generation",
            Path = "v1/chat/completions",
            RequestType = "http",
            RequestContentType = "application/json",
            ResponseContentType = "text/event-stream",
            StatusCode = 200,
            Success = true,
            Cached = true,
            DurationMs = 1234.567,
            TimeToFirstByteMs = 200.001,
            UpstreamLatencyMs = 0,
            TokensIn = 1,
            TokensOut = 2,
            CacheReadTokens = 3,
            CacheWriteTokens = 4,
            ReasoningTokens = 5,
            AudioInTokens = 6,
            AudioOutTokens = long.MaxValue,
            Units = 12.50m,
            UnitKind = "seconds",
            CostUsd = 0.000000000001m,
            CustomCost = true,
            MetadataJson = """{"a":"ä\u00e4","b":1.50,"c":false}""",
            Step = 2,
            RequestBytes = 10,
            ResponseBytes = 5_000_000_000,
            EventId = "my event",
            Authentication = true,
            Wholesale = true,
            Byok = true,
            CompatibilityMode = true,
            DlpAction = "FLAG",
            UserAgent = "ünïcode/1.0",
            Feedback = -1,
            Score = 99.95m,
            DetailsJson = """{"attempts":[]}""",
        };
        await WriteAsync(entry);

        AssertSame(entry, await FindAsync(entry));
        AssertSame(entry, Assert.Single((await Store.ListAsync(Query(), Cancellation)).Entries));
    }

    [Fact]
    public async Task Find_EntryWithEmptyTextsAndNulls_KeepsThemApart()
    {
        var empty = Entry(values => (values.Model, values.UserAgent, values.EventId, values.RequestBody, values.ResponseBody) = ("", "", "", "", null));
        var absent = Entry(values => values.UserAgent = null);
        await WriteAsync(empty, absent);

        AssertSame(empty, await FindAsync(empty));
        AssertSame(absent, await FindAsync(absent));
        Assert.Equal(0, (await ReadBodyAsync(empty, LogBodySide.Request))?.Length);
        Assert.Null(await ReadBodyAsync(empty, LogBodySide.Response));
        Assert.Null(await ReadBodyAsync(absent, LogBodySide.Request));
    }

    [Fact]
    public async Task Find_OtherGatewayAccountOrId_GivesNothing()
    {
        var entry = Entry(values => values.RequestBody = "mine");
        await WriteAsync(entry);

        Assert.Null(await Store.FindAsync(_account, "other", entry.Id, Cancellation));
        Assert.Null(await Store.FindAsync(new string('0', 32), Gateway, entry.Id, Cancellation));
        Assert.Null(await Store.FindAsync(_account, Gateway, Guid.CreateVersion7(T0), Cancellation));
        Assert.Null(await Store.ReadBodyAsync(new string('0', 32), Gateway, entry.Id, LogBodySide.Request, Cancellation));
    }

    [Fact]
    public async Task Write_EntryAgain_FailsAndKeepsNothingOfTheBatch()
    {
        var entry = Entry(_ => { });
        await WriteAsync(entry);

        await Assert.ThrowsAnyAsync<Exception>(() => WriteAsync(Entry(_ => { }, gateway: "new"), entry));

        Assert.Equal(1, (await Store.ListAsync(Query(), Cancellation)).TotalCount);
        Assert.Equal(0, (await Store.ListAsync(Query() with { GatewayId = "new" }, Cancellation)).TotalCount);
        Assert.Equal(1, SumRollups(_account, Gateway).Requests);

        // The gateway of the failed batch was not written either; the store must not think it was.
        await WriteAsync(Entry(_ => { }, gateway: "new"));
        Assert.Equal(1, (await Store.ListAsync(Query() with { GatewayId = "new" }, Cancellation)).TotalCount);
    }

    [Fact]
    public async Task Write_AbsurdValues_DoNotStopTheBatch()
    {
        var entries = (LogEntry[])
        [
            Entry(values => (values.CostUsd, values.TokensIn, values.DurationMs) = (decimal.MaxValue, long.MaxValue, double.PositiveInfinity)),
            Entry(values => (values.CostUsd, values.TokensIn, values.DurationMs) = (decimal.MaxValue, long.MaxValue, double.NaN)),
        ];
        await WriteAsync(entries[0]);
        await WriteAsync(entries[1]);

        Assert.Equal(9_223_372.036854775807m, (await FindAsync(entries[0])).CostUsd);
        var sums = SumRollups(_account, Gateway);
        Assert.Equal((2, long.MaxValue, 9_223_372.036854775807m), (sums.Requests, sums.TokensIn, sums.CostUsd));
    }

    [Fact]
    public async Task ReadBody_ManyEntriesInABatch_EachGetsItsOwn()
    {
        var entries = Enumerable.Range(0, 3_000)
            .Select(i => Entry(
                values =>
                {
                    values.RequestBody = i % 3 == 0 ? null : new string('q', i % 700) + i;
                    values.ResponseBody = i % 5 == 0 ? null : $"{i}" + new string('r', i % 900);
                },
                afterSeconds: i / 1000d))
            .ToArray();
        await WriteAsync(entries);

        foreach (var entry in entries.Where((_, i) => i % 97 == 0 || i > 2_990))
        {
            Assert.Equal(Text(entry.RequestBody), Text(await ReadBodyAsync(entry, LogBodySide.Request)));
            Assert.Equal(Text(entry.ResponseBody), Text(await ReadBodyAsync(entry, LogBodySide.Response)));
        }
    }

    [Fact]
    public async Task ReadBody_TenMegabytes_IsWhole()
    {
        var large = string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"{i:D10}"));
        var before = Entry(values => values.RequestBody = "before");
        var entry = Entry(values => (values.RequestBody, values.ResponseBody) = (large, "small"));
        var both = Entry(values => (values.RequestBody, values.ResponseBody) = (large, large));
        var after = Entry(values => values.RequestBody = "after");
        await WriteAsync(before, entry, both, after);

        Assert.Equal("before", Text(await ReadBodyAsync(before, LogBodySide.Request)));
        Assert.Equal(large, Text(await ReadBodyAsync(entry, LogBodySide.Request)));
        Assert.Equal("small", Text(await ReadBodyAsync(entry, LogBodySide.Response)));
        Assert.Equal(large, Text(await ReadBodyAsync(both, LogBodySide.Response)));
        Assert.Equal("after", Text(await ReadBodyAsync(after, LogBodySide.Request)));
    }

    [Fact]
    public async Task Write_HugeMetadataAndDetails_AreReadBack()
    {
        var metadata = new JsonObject([.. Enumerable.Range(0, 2_000).Select(i => KeyValuePair.Create<string, JsonNode?>($"key-{i}", new string('v', 500)))]);
        var entry = Entry(values => values.MetadataJson = metadata.ToJsonString());
        await WriteAsync(entry);

        Assert.Equal(entry.MetadataJson, (await FindAsync(entry)).MetadataJson);
        Assert.Single((await Store.ListAsync(Query(new LogFilter(LogFilterKey.MetadataKey, LogFilterOperator.Equal, ["key-1999"])), Cancellation)).Entries);
    }

    [Fact]
    public async Task Write_NoEntries_DoesNothing()
    {
        await WriteAsync();

        Assert.Equal(0, (await Store.ListAsync(Query(), Cancellation)).TotalCount);
    }

    [Fact]
    public async Task Patch_Values_AreSetClearedOrLeft()
    {
        var entry = Entry(values => (values.Feedback, values.Score, values.MetadataJson) = (1, 50m, """{"a":1}"""));
        await WriteAsync(entry);

        Assert.True(await PatchAsync(entry, new()));
        var same = await FindAsync(entry);
        Assert.Equal((1, 50m, """{"a":1}"""), (same.Feedback, same.Score, same.MetadataJson));

        Assert.True(await PatchAsync(entry, new() { Feedback = (int?)null, Score = 12.25m }));
        var patched = await FindAsync(entry);
        Assert.Equal((null, 12.25m, """{"a":1}"""), (patched.Feedback, patched.Score, patched.MetadataJson));

        Assert.True(await PatchAsync(entry, new() { Score = (decimal?)null, MetadataJson = (string?)null }));
        var cleared = await FindAsync(entry);
        Assert.Equal((null, null, null), (cleared.Feedback, cleared.Score, cleared.MetadataJson));
    }

    [Theory]
    [InlineData("""{"a":"1","b":true}""", """{"b":null,"c":"ü"}""", """{"a":"1","c":"ü"}""")]
    [InlineData("""{"a":"1"}""", """{"a":2.50}""", """{"a":2.50}""")]
    [InlineData("""{"a":"1"}""", """{"a":null}""", null)]
    [InlineData("""{"a":"1"}""", """{"other":null}""", """{"a":"1"}""")]
    [InlineData(null, """{"a":"1"}""", """{"a":"1"}""")]
    [InlineData("""{"a":"1"}""", "{}", """{"a":"1"}""")]
    [InlineData("{broken", """{"a":"1"}""", """{"a":"1"}""")]
    [InlineData("""{"a":1,"a":2}""", """{"b":3}""", """{"a":2,"b":3}""")]
    public async Task Patch_Metadata_IsMerged(string? before, string change, string? after)
    {
        var entry = Entry(values => values.MetadataJson = before);
        await WriteAsync(entry);

        Assert.True(await PatchAsync(entry, new() { MetadataJson = change }));

        Assert.Equal(after, (await FindAsync(entry)).MetadataJson);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("\"text\"")]
    public async Task Patch_MetadataThatIsNoObject_IsRefused(string change)
    {
        var entry = Entry(values => values.MetadataJson = """{"a":1}""");
        await WriteAsync(entry);

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => PatchAsync(entry, new() { Feedback = 1, MetadataJson = change }));

        Assert.Contains("metadata", failure.Message, StringComparison.Ordinal);
        Assert.Null((await FindAsync(entry)).Feedback);
    }

    [Fact]
    public async Task Patch_UnknownEntry_IsFalse()
    {
        await WriteAsync(Entry(_ => { }));

        Assert.False(await PatchAsync(LogEntries.Plain(_account, Gateway), new() { Feedback = 1 }));
        Assert.False(await PatchAsync(LogEntries.Plain(_account, "none"), new() { Feedback = 1 }));
    }

    private Task<bool> PatchAsync(LogEntry entry, LogPatch patch) => Store.PatchAsync(entry.AccountId, entry.GatewayId, entry.Id, patch, Cancellation);

    private Task<ReadOnlyMemory<byte>?> ReadBodyAsync(LogEntry entry, LogBodySide side) =>
        Store.ReadBodyAsync(entry.AccountId, entry.GatewayId, entry.Id, side, Cancellation);

    private static string? Text(LogBody? body) => body is null ? null : Encoding.UTF8.GetString(LogBody.Decompress(body.Compressed.Span));

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } present ? Encoding.UTF8.GetString(present.Span) : null;

    private static void AssertSame(LogEntry expected, LogEntry actual)
    {
        foreach (var property in typeof(LogEntry).GetProperties().Where(property => property.PropertyType != typeof(LogBody)))
        {
            Assert.Equal((property.Name, property.GetValue(expected)), (property.Name, property.GetValue(actual)));
        }
    }
}
