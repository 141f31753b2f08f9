using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public abstract partial class LogStoreConformanceTests
{
    private static readonly DateTimeOffset T0 = LogEntries.Start;

    /// <summary>Filter, and which of the entries a to d of <see cref="WriteFourAsync"/> match.</summary>
    public static TheoryData<string, LogFilterKey, LogFilterOperator, object?[], string> Filters { get; } = MakeFilters();

    [Theory, MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public async Task List_Filter_GivesTheEntriesThatMatch(string name, LogFilterKey key, LogFilterOperator @operator, object?[] values, string expected)
    {
        var entries = await WriteFourAsync();

        var page = await Store.ListAsync(Query(new LogFilter(key, @operator, values)), Cancellation);

        Assert.Equal((name, expected), (name, Names(entries, page)));
        Assert.Equal(expected.Length, page.TotalCount);
    }

    [Theory]
    [InlineData(LogFilterKey.Provider, LogFilterOperator.LessThan, "a")]
    [InlineData(LogFilterKey.Provider, LogFilterOperator.Contains, null)]
    [InlineData(LogFilterKey.Provider, LogFilterOperator.Equal, true)]
    [InlineData(LogFilterKey.Success, LogFilterOperator.Contains, true)]
    [InlineData(LogFilterKey.Success, LogFilterOperator.Equal, "true")]
    [InlineData(LogFilterKey.TokensIn, LogFilterOperator.Contains, "1")]
    [InlineData(LogFilterKey.TokensIn, LogFilterOperator.Equal, "1")]
    [InlineData(LogFilterKey.CreatedAt, LogFilterOperator.GreaterThan, "yesterday")]
    [InlineData(LogFilterKey.Id, LogFilterOperator.GreaterThan, "a")]
    [InlineData(LogFilterKey.MetadataValue, LogFilterOperator.AtMost, "a")]
    public async Task List_FilterThatDoesNotSuitItsKey_NamesTheKey(LogFilterKey key, LogFilterOperator @operator, object? value)
    {
        await WriteFourAsync();

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => Store.ListAsync(Query(new LogFilter(key, @operator, [value])), Cancellation));

        Assert.Contains(key.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_FilterWithoutValuesOrWithTooMany_IsRefused()
    {
        await WriteFourAsync();

        foreach (var count in (int[])[0, 101])
        {
            var values = Enumerable.Range(0, count).Select(object? (i) => $"{i}").ToArray();
            await Assert.ThrowsAsync<ArgumentException>(
                () => Store.ListAsync(Query(new LogFilter(LogFilterKey.Model, LogFilterOperator.Contains, values)), Cancellation));
        }
    }

    [Theory]
    [InlineData(LogFilterKey.Id, LogFilterOperator.Contains)]
    [InlineData(LogFilterKey.Model, LogFilterOperator.Equal)]
    [InlineData(LogFilterKey.Model, LogFilterOperator.Contains)]
    [InlineData(LogFilterKey.Id, LogFilterOperator.Equal)]
    [InlineData(LogFilterKey.MetadataKey, LogFilterOperator.Contains)]
    public async Task List_AsManyValuesAsAllowed_IsAnswered(LogFilterKey key, LogFilterOperator @operator)
    {
        await WriteFourAsync();
        var values = Enumerable.Range(0, 100).Select(object? (i) => Guid.CreateVersion7(T0.AddDays(-i)).ToString()).ToArray();

        Assert.Empty((await Store.ListAsync(Query(new LogFilter(key, @operator, values)), Cancellation)).Entries);
    }

    [Fact]
    public async Task List_SeveralFilters_AllMustMatch()
    {
        var entries = await WriteFourAsync();

        var page = await Store.ListAsync(
            Query(
                new LogFilter(LogFilterKey.Provider, LogFilterOperator.Equal, ["openai"]),
                new LogFilter(LogFilterKey.TokensIn, LogFilterOperator.GreaterThan, [50m])),
            Cancellation);

        Assert.Equal("a", Names(entries, page));
    }

    [Theory]
    [InlineData(LogFilterOperator.Equal, "team", LogFilterOperator.Equal, "red", "a")]
    [InlineData(LogFilterOperator.Equal, "team", LogFilterOperator.Equal, "7", "")] // Both are there, on different entries.
    [InlineData(LogFilterOperator.Equal, "team", LogFilterOperator.NotEqual, "red", "b")]
    [InlineData(LogFilterOperator.NotEqual, "team", LogFilterOperator.Equal, "red", "")]
    [InlineData(LogFilterOperator.NotEqual, "team", LogFilterOperator.NotEqual, "red", "cd")]
    [InlineData(LogFilterOperator.Contains, "EA", LogFilterOperator.Contains, "LU", "b")]
    public async Task List_MetadataKeyAndValue_AreOneEntry(
        LogFilterOperator keyOperator, string key, LogFilterOperator valueOperator, string value, string expected)
    {
        var entries = await WriteFourAsync();

        var page = await Store.ListAsync(
            Query(new LogFilter(LogFilterKey.MetadataKey, keyOperator, [key]), new LogFilter(LogFilterKey.MetadataValue, valueOperator, [value])),
            Cancellation);

        Assert.Equal(expected, Names(entries, page));
    }

    [Fact]
    public async Task List_FilterOnIdAndEventId_FindTheEntry()
    {
        var entries = await WriteFourAsync();
        var id = entries[2].Id.ToString();

        foreach (var key in (LogFilterKey[])[LogFilterKey.Id, LogFilterKey.EventId]) // c's event id is its id.
        {
            Assert.Equal("c", Names(entries, await Store.ListAsync(Query(new LogFilter(key, LogFilterOperator.Equal, [id])), Cancellation)));
            Assert.Equal("c", Names(entries, await Store.ListAsync(Query(new LogFilter(key, LogFilterOperator.Equal, ["other", id])), Cancellation)));
            Assert.Equal("abd", Names(entries, await Store.ListAsync(Query(new LogFilter(key, LogFilterOperator.NotEqual, [id])), Cancellation)));
            Assert.Equal("c", Names(entries, await Store.ListAsync(Query(new LogFilter(key, LogFilterOperator.Contains, [id[3..].ToUpperInvariant()])), Cancellation)));
        }
    }

    [Theory]
    [InlineData("ANTHROPIC", "b")]
    [InlineData("claude", "b")]
    [InlineData("embed", "c")]
    [InlineData("curl", "b")]
    [InlineData("event-A", "a")]
    [InlineData("red", "a")]
    [InlineData("TEAM", "ab")]
    [InlineData("größe", "d")]
    [InlineData("GRÖSSE", "")] // ß is not folded to two letters.
    [InlineData("名前", "d")]
    [InlineData("100%", "")]
    [InlineData("_", "")]
    [InlineData("'; DROP TABLE log_entry; --", "")]
    public async Task List_Search_LooksIntoTheNamedFields(string text, string expected)
    {
        var entries = await WriteFourAsync();

        Assert.Equal(expected, Names(entries, await Store.ListAsync(Query() with { Search = text }, Cancellation)));
    }

    [Fact]
    public async Task List_SearchForAnId_FindsTheEntry()
    {
        var entries = await WriteFourAsync();

        Assert.Equal("b", Names(entries, await Store.ListAsync(Query() with { Search = entries[1].Id.ToString() }, Cancellation)));
    }

    [Fact]
    public async Task List_MetadataThatIsNoJson_DoesNotStopTheQuery()
    {
        var entries = await WriteFourAsync();
        await WriteAsync(Entry(values => values.MetadataJson = "{broken", afterSeconds: 9));

        Assert.Equal("a", Names(entries, await Store.ListAsync(Query(new LogFilter(LogFilterKey.MetadataValue, LogFilterOperator.Equal, ["red"])), Cancellation)));
    }

    // a and b are full, c has little, d is odd.
    private async Task<LogEntry[]> WriteFourAsync()
    {
        LogEntry[] entries =
        [
            Entry(values =>
            {
                values.Model = "gpt-large";
                values.ModelType = "text-generation";
                values.RequestContentType = "application/json";
                values.ResponseContentType = "text/event-stream";
                values.DurationMs = 100.5;
                values.TokensIn = 100;
                values.TokensOut = 10;
                values.CostUsd = 0.000001234567m;
                values.MetadataJson = """{"team":"red","user":7,"trial":true}""";
                values.EventId = "event-a";
                values.Authentication = true;
                values.Feedback = 1;
                values.DlpAction = "FLAG";
            }),
            Entry(
                values =>
                {
                    values.Provider = "anthropic";
                    values.Model = "claude";
                    values.ModelType = "text-generation";
                    values.RequestType = "universal";
                    values.RequestContentType = "application/json";
                    values.ResponseContentType = "application/json";
                    values.StatusCode = 429;
                    values.DurationMs = 20;
                    values.TokensIn = 50;
                    values.CostUsd = 0;
                    values.MetadataJson = """{"team":"blue","none":null}""";
                    values.EventId = "event-b";
                    values.UserAgent = "curl/8.5";
                    values.Wholesale = true;
                    values.CompatibilityMode = true;
                    values.Feedback = -1;
                    values.DlpAction = "BLOCK";
                },
                afterSeconds: 1),
            Entry(
                values =>
                {
                    values.Path = "embeddings";
                    values.Cached = true;
                    values.TokensIn = 0;
                    values.TokensOut = 0;
                    values.DurationMs = 1;
                },
                afterSeconds: 2),
            Entry(
                values =>
                {
                    values.Model = "Größe-名前";
                    values.StatusCode = 500;
                    values.MetadataJson = """{"\u540d\u524d":"x"}""";
                    values.EventId = "";
                    values.DurationMs = 5_000;
                },
                afterSeconds: 3),
        ];
        await WriteAsync(entries);
        await WriteAsync(Entry(values => values.Model = "of another gateway", gateway: "other"));
        return entries;
    }

    private static string Names(LogEntry[] entries, LogPage page) =>
        string.Concat(page.Entries.Select(found => (char)('a' + Array.FindIndex(entries, entry => entry.Id == found.Id))).Order());

    private static TheoryData<string, LogFilterKey, LogFilterOperator, object?[], string> MakeFilters()
    {
        const LogFilterOperator Eq = LogFilterOperator.Equal, Neq = LogFilterOperator.NotEqual, Contains = LogFilterOperator.Contains;
        const LogFilterOperator Lt = LogFilterOperator.LessThan, Gt = LogFilterOperator.GreaterThan;
        const LogFilterOperator AtLeast = LogFilterOperator.AtLeast, AtMost = LogFilterOperator.AtMost;
        var data = new TheoryData<string, LogFilterKey, LogFilterOperator, object?[], string>();

        Add(LogFilterKey.Id, Eq, ["no id"], "");
        Add(LogFilterKey.Id, Neq, ["no id"], "abcd");
        Add(LogFilterKey.CreatedAt, Eq, [T0.AddSeconds(1)], "b");
        Add(LogFilterKey.CreatedAt, Neq, [T0.AddSeconds(1), T0], "cd");
        Add(LogFilterKey.CreatedAt, Lt, [T0.AddSeconds(1)], "a");
        Add(LogFilterKey.CreatedAt, Gt, [T0.AddSeconds(1)], "cd");
        Add(LogFilterKey.CreatedAt, AtLeast, [T0.AddSeconds(1).ToOffset(TimeSpan.FromHours(5))], "bcd");
        Add(LogFilterKey.CreatedAt, AtMost, [T0.AddSeconds(1)], "ab");
        Add(LogFilterKey.RequestContentType, Eq, ["application/json"], "ab");
        Add(LogFilterKey.RequestContentType, Neq, ["application/json"], "cd");
        Add(LogFilterKey.RequestContentType, Eq, [null], "cd");
        Add(LogFilterKey.ResponseContentType, Contains, ["EVENT"], "a");
        Add(LogFilterKey.ResponseContentType, Neq, [null], "ab");
        Add(LogFilterKey.ResponseContentType, Neq, [null, "application/json"], "a");
        Add(LogFilterKey.RequestType, Eq, ["universal", "websocket"], "b");
        Add(LogFilterKey.RequestType, Neq, ["universal"], "acd");
        Add(LogFilterKey.Success, Eq, [true], "ac");
        Add(LogFilterKey.Success, Neq, [true], "bd");
        Add(LogFilterKey.Success, Eq, [true, false], "abcd");
        Add(LogFilterKey.Success, Neq, [true, false], "");
        Add(LogFilterKey.Success, Eq, [null], "");
        Add(LogFilterKey.Cached, Eq, [true], "c");
        Add(LogFilterKey.Cached, Neq, [true], "abd");
        Add(LogFilterKey.Provider, Eq, ["openai"], "acd");
        Add(LogFilterKey.Provider, Eq, ["OpenAI"], "");
        Add(LogFilterKey.Provider, Neq, ["openai"], "b");
        Add(LogFilterKey.Provider, Neq, ["openai", "anthropic"], "");
        Add(LogFilterKey.Provider, Contains, ["OPEN", "nothing"], "acd");
        Add(LogFilterKey.Model, Contains, ["GRÖ"], "d");
        Add(LogFilterKey.Model, Contains, ["名前"], "d");
        Add(LogFilterKey.Model, Contains, [""], "abcd");
        Add(LogFilterKey.Model, Eq, ["Größe-名前"], "d");
        Add(LogFilterKey.ModelType, Eq, ["text-generation", null], "abcd");
        Add(LogFilterKey.ModelType, Eq, [null], "cd");
        Add(LogFilterKey.ModelType, Neq, ["text-generation"], "cd");
        Add(LogFilterKey.Cost, Eq, [0.000001234567m], "a");
        Add(LogFilterKey.Cost, Eq, [0.0000012345670001m], "");
        Add(LogFilterKey.Cost, Neq, [0m], "acd");
        Add(LogFilterKey.Cost, Eq, [null], "cd");
        Add(LogFilterKey.Cost, Gt, [0m], "a");
        Add(LogFilterKey.Cost, Lt, [0.0000012345670001m], "ab");
        Add(LogFilterKey.Cost, Gt, [0.0000012345669999m], "a");
        Add(LogFilterKey.Cost, AtLeast, [0m], "ab");
        Add(LogFilterKey.Cost, AtMost, [0.0000012345669999m], "b");
        Add(LogFilterKey.Cost, Lt, [decimal.MaxValue], "ab");
        Add(LogFilterKey.Cost, Gt, [decimal.MinValue], "ab");
        Add(LogFilterKey.Tokens, Eq, [110m], "a");
        Add(LogFilterKey.Tokens, Gt, [49.5m], "ab");
        Add(LogFilterKey.Tokens, Lt, [110m], "bc");
        Add(LogFilterKey.Tokens, Eq, [null], "d");
        Add(LogFilterKey.Tokens, Neq, [110m], "bcd");
        Add(LogFilterKey.TokensIn, Eq, [100m, 50m], "ab");
        Add(LogFilterKey.TokensIn, Eq, [null], "d");
        Add(LogFilterKey.TokensIn, Neq, [null], "abc");
        Add(LogFilterKey.TokensIn, AtLeast, [50m], "ab");
        Add(LogFilterKey.TokensOut, Lt, [10m], "c");
        Add(LogFilterKey.TokensOut, AtMost, [10m], "ac");
        Add(LogFilterKey.Duration, Eq, [100.5m], "a");
        Add(LogFilterKey.Duration, Gt, [20m], "ad");
        Add(LogFilterKey.Duration, Lt, [20m], "c");
        Add(LogFilterKey.Duration, AtLeast, [20m], "abd");
        Add(LogFilterKey.Feedback, Eq, [1m], "a");
        Add(LogFilterKey.Feedback, Eq, [null], "cd");
        Add(LogFilterKey.Feedback, Neq, [-1m], "acd");
        Add(LogFilterKey.Feedback, Lt, [0m], "b");
        Add(LogFilterKey.Feedback, Gt, [0m], "a");
        Add(LogFilterKey.EventId, Eq, ["event-a"], "a");
        Add(LogFilterKey.EventId, Neq, ["event-a"], "bcd");
        Add(LogFilterKey.EventId, Contains, ["EVENT"], "ab");
        Add(LogFilterKey.EventId, Eq, [""], "d");
        Add(LogFilterKey.MetadataKey, Eq, ["team"], "ab");
        Add(LogFilterKey.MetadataKey, Neq, ["team"], "cd");
        Add(LogFilterKey.MetadataKey, Contains, ["SE"], "a");
        Add(LogFilterKey.MetadataKey, Eq, ["名前"], "d");
        Add(LogFilterKey.MetadataKey, Eq, [null], "c");
        Add(LogFilterKey.MetadataValue, Eq, ["red", "blue"], "ab");
        Add(LogFilterKey.MetadataValue, Eq, [7m], "a");
        Add(LogFilterKey.MetadataValue, Eq, ["7"], "a");
        Add(LogFilterKey.MetadataValue, Eq, [true], "a");
        Add(LogFilterKey.MetadataValue, Neq, ["red"], "bcd");
        Add(LogFilterKey.MetadataValue, Contains, ["LU"], "b");
        Add(LogFilterKey.MetadataValue, Eq, [null], "bc");
        Add(LogFilterKey.Authentication, Eq, [true], "a");
        Add(LogFilterKey.Wholesale, Neq, [true], "acd");
        Add(LogFilterKey.CompatibilityMode, Eq, [true], "b");
        Add(LogFilterKey.DlpAction, Eq, ["BLOCK"], "b");
        Add(LogFilterKey.DlpAction, Neq, ["BLOCK"], "acd");
        Add(LogFilterKey.UserAgent, Contains, ["cURL"], "b");
        Add(LogFilterKey.UserAgent, Eq, [null], "acd");
        Add(LogFilterKey.StatusCode, Eq, [429m, 500m], "bd");
        Add(LogFilterKey.StatusCode, AtLeast, [500m], "d");
        Add(LogFilterKey.PromptId, Eq, ["x"], "");
        Add(LogFilterKey.PromptId, Neq, ["x"], "");
        return data;

        void Add(LogFilterKey key, LogFilterOperator @operator, object?[] values, string expected) =>
            data.Add($"{key} {@operator} {string.Join(" | ", values.Select(value => value ?? "null"))}", key, @operator, values, expected);
    }
}
