using System.Globalization;
using System.Text;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Sqlite;
using GatewayActors.Storage.Sqlite.Logs;
using GatewayActors.Storage.Tests.Crash;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GatewayActors.Storage.Tests.Logs;

public sealed partial class SqliteLogStoreTests
{
    private const string Account = "0123456789abcdef0123456789abcdef";
    private const string Canary = "canary-7f3a9c";

    private static readonly LogQuery OldestFirst = new() { AccountId = Account, GatewayId = "g", Descending = false };

    [Theory]
    [InlineData(5)] // The segment lives on; the range is overwritten.
    [InlineData(10)] // The segment goes.
    public async Task Delete_Entries_LeavesNothingOfThemInTheFile(int count)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("canary.db");
        using (var store = await OpenAsync(path))
        {
            await store.WriteAsync([.. Enumerable.Range(0, 10).Select(i => WithCanary(i, i < 5 ? Canary : "stays"))], cancellationToken);
            Assert.True(FilesContain(path, Canary));

            Assert.Equal(count, await store.DeleteAsync(OldestFirst, count, cancellationToken));

            Assert.False(FilesContain(path, Canary));
            Assert.Equal(count == 5, FilesContain(path, "stays"));
        }

        Assert.Equal(count == 5 ? 1 : 0, new BodyFiles(path).Ids().Count());
        Assert.Equal(count == 5 ? 5L : null, Scalar(path, "SELECT live FROM body_file"));
        Assert.Equal(0L, Scalar(path, "SELECT count(*) FROM body_erasure"));
        Assert.Equal("ok", Scalar(path, "PRAGMA integrity_check"));

        static LogEntry WithCanary(int i, string text) => LogEntries.Create(Account, "g", LogEntries.Start.AddSeconds(i), values =>
        {
            values.RequestBody = $"request {text} {i}";
            values.ResponseBody = $"response {text} {i} {new string('x', 5_000)} {text}";
            values.MetadataJson = $$"""{"tag":"{{text}}"}""";
            values.UserAgent = text;
        });
    }

    [Fact]
    public async Task DeleteAll_LargeBodies_LeavesNothingInTheFile()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("large.db");
        using var store = await OpenAsync(path);
        var body = string.Concat(Enumerable.Repeat(Canary, 100_000));
        await store.WriteAsync(
            [LogEntries.Create(Account, "g", LogEntries.Start, values => values.RequestBody = body), LogEntries.Plain(Account, "other")], cancellationToken);

        await store.DeleteAllAsync(Account, "g", cancellationToken);

        Assert.False(FilesContain(path, Canary));
    }

    [Fact]
    public async Task Delete_ManyEntriesOfSeveralFiles_DropsTheEmptyOnes()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("several.db");
        using var store = await OpenAsync(path);
        var random = new byte[BodyFileWriter.FileBytes / 40 * 3];
        new Random(7).NextBytes(random);
        var body = Convert.ToBase64String(random); // A tenth of a file, in which nothing can be compressed.
        for (var i = 0; i < 25; i++)
        {
            await store.WriteAsync(
                [LogEntries.Create(Account, "g", LogEntries.Start.AddSeconds(i), values => (values.RequestBody, values.ResponseBody) = (body, $"answer {i}"))],
                cancellationToken);
        }

        Assert.Equal(3, new BodyFiles(path).Ids().Count()); // 9 in each, as the answers are some bytes too.

        await store.DeleteAsync(OldestFirst, 12, cancellationToken);

        Assert.Equal([2, 3], new BodyFiles(path).Ids().Order());
        Assert.Equal(2L, Scalar(path, "SELECT count(*) FROM body_file"));
        Assert.Equal(13L, Scalar(path, "SELECT sum(live) FROM body_file"));
        Assert.Equal(13L, Scalar(path, "SELECT entries FROM gateway"));
        foreach (var (entry, i) in (await store.ListAsync(OldestFirst with { PerPage = 50 }, cancellationToken)).Entries.Select((entry, i) => (entry, i + 12)))
        {
            var answer = await store.ReadBodyAsync(Account, "g", entry.Id, LogBodySide.Response, cancellationToken);
            Assert.Equal($"answer {i}", Encoding.UTF8.GetString(answer!.Value.Span));
        }
    }

    [Fact]
    public async Task Delete_AllOfTheFileThatIsWritten_NextEntryBeginsAnother()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("current.db");
        using var store = await OpenAsync(path);
        await store.WriteAsync([WithBody("first")], cancellationToken);
        await store.DeleteAsync(OldestFirst, 1, cancellationToken);
        var second = WithBody("second");

        await store.WriteAsync([second], cancellationToken);

        Assert.Equal([2], new BodyFiles(path).Ids());
        Assert.Equal("second", Encoding.UTF8.GetString((await store.ReadBodyAsync(Account, "g", second.Id, LogBodySide.Request, cancellationToken))!.Value.Span));
    }

    [Fact]
    public async Task Write_Refused_NextBatchIsWrittenOverIt()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("refused.db");
        using var store = await OpenAsync(path);
        var (first, second) = (WithBody("first"), WithBody("second"));
        await Assert.ThrowsAsync<SqliteException>(() => store.WriteAsync([WithBody(Canary), first, first], cancellationToken)); // The same id twice.

        await store.WriteAsync([second], cancellationToken);
        await Assert.ThrowsAsync<SqliteException>(() => store.WriteAsync([WithBody(Canary), second], cancellationToken));
        await store.WriteAsync([first], cancellationToken);

        Assert.Equal("second", Encoding.UTF8.GetString((await store.ReadBodyAsync(Account, "g", second.Id, LogBodySide.Request, cancellationToken))!.Value.Span));
        Assert.Equal("first", Encoding.UTF8.GetString((await store.ReadBodyAsync(Account, "g", first.Id, LogBodySide.Request, cancellationToken))!.Value.Span));
        Assert.Equal(2L, Scalar(path, "SELECT sum(live) FROM body_file"));
    }

    [Fact]
    public async Task Write_NewFileRefused_NextBatchIsStoredAllTheSame()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("full.db");
        using var store = await OpenAsync(path);
        var random = new byte[BodyFileWriter.FileBytes / 4 * 3];
        new Random(7).NextBytes(random);
        var large = Convert.ToBase64String(random); // Fills the first file, so that the next body begins another.
        await store.WriteAsync([WithBody(large)], cancellationToken);
        Execute(path, "CREATE TRIGGER full BEFORE INSERT ON body_file BEGIN SELECT raise(ABORT, 'disk full'); END");
        var next = WithBody("next");
        await Assert.ThrowsAsync<SqliteException>(() => store.WriteAsync([next], cancellationToken));
        await Assert.ThrowsAsync<SqliteException>(() => store.WriteAsync([next], cancellationToken));

        Execute(path, "DROP TRIGGER full");
        await store.WriteAsync([next], cancellationToken);

        Assert.Equal("next", Encoding.UTF8.GetString((await store.ReadBodyAsync(Account, "g", next.Id, LogBodySide.Request, cancellationToken))!.Value.Span));
        Assert.Equal("ok", Scalar(path, "PRAGMA integrity_check"));
    }

    [Fact]
    public async Task ReadBody_HoleInTheFile_CountsAsNotStored()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("hole.db");
        using var store = await OpenAsync(path);
        var entry = WithBody("a body that is long enough to be told from zeros");
        await store.WriteAsync([entry], cancellationToken);
        var file = System.IO.Path.Combine(path + "-bodies", "00000001.bodies");

        await File.WriteAllBytesAsync(file, [10, .. new byte[entry.RequestBody!.Compressed.Length - 1]], cancellationToken);

        Assert.Null(await store.ReadBodyAsync(Account, "g", entry.Id, LogBodySide.Request, cancellationToken));
    }

    [Fact]
    public async Task Initialize_AfterACrash_ClearsWhatWasNotCommittedAndFinishesDeletions()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("left.db");
        var (kept, erased) = (WithBody("kept"), WithBody(Canary));
        using (var store = await OpenAsync(path))
        {
            await store.WriteAsync([kept, erased], cancellationToken);
        }

        // What a crash leaves: bytes behind the last commit, a file without a row, a deletion that was committed and not yet carried out.
        var file = System.IO.Path.Combine(path + "-bodies", "00000001.bodies");
        await File.AppendAllTextAsync(file, Canary, cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(path + "-bodies", "00000009.bodies"), Canary, cancellationToken);
        Execute(path, $"INSERT INTO body_erasure (file, offset, length) VALUES (1, {kept.RequestBody!.Compressed.Length}, {erased.RequestBody!.Compressed.Length})");

        using var reopened = await OpenAsync(path);

        Assert.False(FilesContain(path, Canary));
        Assert.Equal([1], new BodyFiles(path).Ids());
        Assert.Equal("kept", Encoding.UTF8.GetString((await reopened.ReadBodyAsync(Account, "g", kept.Id, LogBodySide.Request, cancellationToken))!.Value.Span));
    }

    [Fact]
    public async Task ReadBody_FileGoneOrShort_CountsAsNotStored()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("short.db");
        using var store = await OpenAsync(path);
        var entry = WithBody("body");
        await store.WriteAsync([entry], cancellationToken);
        var file = System.IO.Path.Combine(path + "-bodies", "00000001.bodies");

        await File.WriteAllTextAsync(file, "bod", cancellationToken); // A power loss may do this.
        Assert.Null(await store.ReadBodyAsync(Account, "g", entry.Id, LogBodySide.Request, cancellationToken));
        File.Delete(file);
        Assert.Null(await store.ReadBodyAsync(Account, "g", entry.Id, LogBodySide.Request, cancellationToken));
    }

    [Fact]
    public async Task Initialize_DatabaseWithSumsByClassOfStatus_KeepsThem()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("sums.db");
        using (var connection = new SqliteFile(path).OpenWriter())
        {
            LogSchema.UpTo(2).Apply(connection);
            connection.Execute("INSERT INTO gateway (account_id, gateway_id, entries) VALUES ('" + Account + "', 'g', 0)");
            connection.Execute("INSERT INTO log_rollup VALUES (1, 3600000000, 'openai', 'm', 2, 0, 10, 3, 100, 200, 5, 70, 30, 8)");
        }

        using var store = await OpenAsync(path);
        var query = new AnalyticsQuery
        {
            AccountId = Account,
            From = DateTimeOffset.UnixEpoch,
            To = DateTimeOffset.UnixEpoch.AddHours(5),
            Limit = 10,
            Dimensions = [AnalyticsDimension.Hour, AnalyticsDimension.StatusCode],
            WithDurations = true,
        };

        var sums = Assert.Single(await store.QueryAsync(query, cancellationToken));

        Assert.Equal([DateTimeOffset.UnixEpoch.AddHours(1), 200L], sums.Dimensions);
        Assert.Equal((10, 3, 100, 200, 0.000000000005m, 0), (sums.Count, sums.ErroredRequests, sums.UncachedTokensIn, sums.UncachedTokensOut, sums.CostUsd, sums.Durations!.Count));
    }

    [Fact]
    public async Task Initialize_DatabaseWithBodiesInside_KeepsTheEntriesWithoutThem()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("older.db");
        using (var connection = new SqliteFile(path).OpenWriter())
        {
            LogSchema.UpTo(1).Apply(connection);
            connection.Execute("INSERT INTO gateway (account_id, gateway_id, entries) VALUES ('" + Account + "', 'g', 1)");
            connection.Execute("INSERT INTO body_segment (id, live) VALUES (1, 1)");
            connection.Execute("INSERT INTO body_data (id, data) VALUES (1, x'2a')");
            connection.Execute(
                """
                INSERT INTO log_entry (gateway_key, created_us, id, provider, model, path, request_type, status_code, success, cached, duration_us, custom_cost,
                    step, request_bytes, response_bytes, authentication, wholesale, byok, compatibility_mode, body_segment, body_offset, request_body_length)
                VALUES (1, 1, x'0190f3c25e7a7d1a8b3c4d5e6f708192', 'openai', 'm', 'p', 'http', 200, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1)
                """);
        }

        using var store = await OpenAsync(path);

        var entry = Assert.Single((await store.ListAsync(OldestFirst, cancellationToken)).Entries);
        Assert.Null(await store.ReadBodyAsync(Account, "g", entry.Id, LogBodySide.Request, cancellationToken));
    }

    [Fact]
    public async Task Kill_WhileWriting_LeavesWholeBatchesWithTheirRollups()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("crash.db");
        var (written, deleted) = (0L, 0L);
        for (var round = 0; round < 3; round++)
        {
            var acknowledged = await CrashProcess.RunUntilKilledAsync(LogStoreCrashWriter.Argument, path, count: 40, cancellationToken);
            written += Sum(acknowledged, "written ");
            deleted += Sum(acknowledged, "deleted ");

            using var store = await OpenAsync(path);
            var sums = SumRollups(path, LogStoreCrashWriter.Account, LogStoreCrashWriter.Gateway);
            var query = new LogQuery { AccountId = LogStoreCrashWriter.Account, GatewayId = LogStoreCrashWriter.Gateway };
            var stored = (await store.ListAsync(query, cancellationToken)).TotalCount;

            // One batch or deletion may have been committed and not yet acknowledged; the next round counts from what is there.
            Assert.InRange(sums.Requests, written, written + LogStoreCrashWriter.BatchSize);
            Assert.Equal(0, sums.Requests % LogStoreCrashWriter.BatchSize);
            Assert.Equal(sums.Requests, sums.TokensIn);
            Assert.InRange(sums.Requests - stored, deleted, deleted + 7);
            Assert.Equal(stored, Scalar(path, "SELECT count(*) FROM log_entry"));
            Assert.Equal(stored, Scalar(path, "SELECT sum(live) FROM body_file"));
            Assert.Equal(0L, Scalar(path, "SELECT count(*) FROM log_entry WHERE body_file NOT IN (SELECT id FROM body_file)"));
            Assert.Equal(0L, Scalar(path, "SELECT count(*) FROM body_erasure"));
            Assert.Equal("ok", Scalar(path, "PRAGMA integrity_check"));
            foreach (var entry in (await store.ListAsync(query with { PerPage = 50 }, cancellationToken)).Entries)
            {
                var body = await store.ReadBodyAsync(entry.AccountId, entry.GatewayId, entry.Id, LogBodySide.Request, cancellationToken);
                Assert.Equal(entry.Model, Encoding.UTF8.GetString(body!.Value.Span));
            }

            (written, deleted) = (sums.Requests, sums.Requests - stored);
        }

        static long Sum(IEnumerable<string> lines, string prefix) => lines
            .Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Sum(line => long.Parse(line[prefix.Length..], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Initialize_TwiceAndReopened_KeepsTheEntries()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("again.db");
        var entry = LogEntries.Plain(Account, "g");
        using (var store = await OpenAsync(path))
        {
            await store.WriteAsync([entry], cancellationToken);
            await store.InitializeAsync(cancellationToken);
            Assert.NotNull(await store.FindAsync(Account, "g", entry.Id, cancellationToken));
        }

        using var reopened = await OpenAsync(path);
        Assert.NotNull(await reopened.FindAsync(Account, "g", entry.Id, cancellationToken));
        Assert.Equal(8192L, Scalar(path, "PRAGMA page_size"));
        Assert.Equal("wal", Scalar(path, "PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Write_NotInitialized_SaysSo()
    {
        using var store = new SqliteLogStore(_directory.File("never.db"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync([], TestContext.Current.CancellationToken));

        Assert.Contains("initialized", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Newest_ReadsTheClusteredRowsInOrder()
    {
        using var store = await OpenAsync(_directory.File("plan.db"));
        using var session = new LogSession(new SqliteFile(_directory.File("plan.db")).OpenReader());
        using var plan = session.Connection.CreateCommand();
        plan.CommandText = "EXPLAIN QUERY PLAN SELECT * FROM log_entry WHERE gateway_key = 1 ORDER BY created_us DESC, id DESC LIMIT 20";
        using var reader = plan.ExecuteReader();

        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        Assert.Equal("SEARCH log_entry USING PRIMARY KEY (gateway_key=?)", Assert.Single(steps));
    }

    [Fact]
    public async Task List_Cancelled_StopsInTheDatabase()
    {
        using var session = new LogSession(new SqliteFile(Path).OpenReader());
        using var cancellation = new CancellationTokenSource();
        session.Connection.CreateFunction("cancel_now", () => { cancellation.Cancel(); return 1; });

        // Without the interrupt this counts for ever.
        var failure = await Assert.ThrowsAsync<OperationCanceledException>(() => Task.Run(() => session.Read(
            reading => reading.Connection.ScalarInt64("WITH RECURSIVE n(i) AS (SELECT cancel_now() UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"),
            cancellation.Token)));

        Assert.IsType<SqliteException>(failure.InnerException);
    }

    [Fact]
    public void AddSqliteLogStore_NoPath_NamesTheOption()
    {
        using var services = new ServiceCollection().AddSqliteLogStore(_ => { }).BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<ILogStore>());

        Assert.Contains("SqliteLogStoreOptions.Path is empty", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<SqliteLogStore> OpenAsync(string path)
    {
        var store = new SqliteLogStore(path);
        await store.InitializeAsync(TestContext.Current.CancellationToken);
        return store;
    }

    private static bool FilesContain(string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(path)!, System.IO.Path.GetFileName(path) + "*")
            .Concat(Directory.Exists(path + "-bodies") ? Directory.EnumerateFiles(path + "-bodies") : [])
            .Any(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content.AsSpan().IndexOf(bytes) >= 0;
        });
    }

    private static LogEntry WithBody(string body) =>
        LogEntries.Create(Account, "g", LogEntries.Start, values => (values.RequestBody, values.ResponseBody) = (body, null));

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteFile(path).OpenWriter();
        connection.Execute(sql);
    }

    private static object? Scalar(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
