using System.Globalization;
using System.Text;
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

        Assert.Equal(count == 5 ? 1L : 0L, Scalar(path, "SELECT count(*) FROM body_data"));
        Assert.Equal(count == 5 ? 5L : null, Scalar(path, "SELECT live FROM body_segment"));
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
    public async Task Delete_ManyEntriesOfSeveralSegments_DropsTheEmptyOnes()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var path = _directory.File("segments.db");
        using var store = await OpenAsync(path);
        var body = new string('b', 100_000);
        await store.WriteAsync(
            [.. Enumerable.Range(0, 25).Select(i => LogEntries.Create(Account, "g", LogEntries.Start.AddSeconds(i), values => values.RequestBody = body))],
            cancellationToken);
        Assert.Equal(3L, Scalar(path, "SELECT count(*) FROM body_segment")); // 10 in each mebibyte

        await store.DeleteAsync(OldestFirst, 12, cancellationToken);

        Assert.Equal(2L, Scalar(path, "SELECT count(*) FROM body_segment"));
        Assert.Equal(2L, Scalar(path, "SELECT count(*) FROM body_data"));
        Assert.Equal(13L, Scalar(path, "SELECT sum(live) FROM body_segment"));
        Assert.Equal(13L, Scalar(path, "SELECT entries FROM gateway"));
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
            Assert.Equal(stored, Scalar(path, "SELECT sum(live) FROM body_segment"));
            Assert.Equal(0L, Scalar(path, "SELECT count(*) FROM log_entry WHERE body_segment NOT IN (SELECT id FROM body_data)"));
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
        return new[] { path, path + "-wal" }.Any(file =>
        {
            if (!File.Exists(file))
            {
                return false;
            }

            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content.AsSpan().IndexOf(bytes) >= 0;
        });
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
