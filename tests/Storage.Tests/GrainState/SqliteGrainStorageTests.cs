using System.Globalization;
using GatewayActors.Storage.Sqlite.GrainState;
using GatewayActors.Storage.Tests.Crash;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace GatewayActors.Storage.Tests.GrainState;

public sealed class SqliteGrainStorageTests : GrainStorageConformanceTests, IDisposable
{
    private static readonly ServiceProvider Serialization = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteGrainStorage _storage;

    public SqliteGrainStorageTests() => _storage = Open(_directory.File("missing/directory/state.db"));

    protected override IGrainStorage Storage => _storage;

    public void Dispose()
    {
        _storage.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Open_AfterClose_FindsWhatWasWritten()
    {
        var path = _directory.File("again.db");
        using (var storage = Open(path))
        {
            await storage.WriteStateAsync("state", Grain, new Held<TestState>(new() { Count = 3 }));
        }

        using var reopened = Open(path);
        Assert.Equal(3, (await ReadAsync(reopened)).State.Count);
    }

    [Fact]
    public async Task Dispose_WritesWaiting_CommitsThemFirst()
    {
        var path = _directory.File("drain.db");
        var storage = Open(path);
        var writes = Enumerable.Range(0, 2_000)
            .Select(i => storage.WriteStateAsync("state", GrainId.Create("drain", $"{i}"), new Held<TestState>(new() { Count = i })))
            .ToArray();

        storage.Dispose();

        await Task.WhenAll(writes);
        using var database = new SqliteConnection($"Data Source={path};Pooling=False");
        database.Open();
        using var count = database.CreateCommand();
        count.CommandText = "SELECT count(*) FROM grain_state";
        Assert.Equal(2_000L, count.ExecuteScalar());
    }

    [Fact]
    public async Task WriteState_AfterDispose_SaysThatItIsClosed()
    {
        var storage = Open(_directory.File("closed.db"));
        storage.Dispose();
        storage.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => storage.WriteStateAsync("state", Grain, new Held<TestState>(new())));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(storage));
    }

    [Fact]
    public async Task WriteState_DiskFull_FailsWithTheReasonAndRecovers()
    {
        // A trigger stands for the full disk in the middle of a batch: it rolls the whole transaction back, as SQLite does then.
        var path = _directory.File("full.db");
        using var storage = Open(path);
        using var database = new SqliteConnection($"Data Source={path};Pooling=False");
        database.Open();
        Execute(database, "CREATE TRIGGER full BEFORE INSERT ON grain_state WHEN NEW.grain_key = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END");

        var failure = await Assert.ThrowsAsync<IOException>(
            () => storage.WriteStateAsync("state", GrainId.Create("test", "bad"), new Held<TestState>(new())));
        Assert.Contains("full", Assert.IsType<SqliteException>(failure.InnerException).Message, StringComparison.Ordinal);

        await storage.WriteStateAsync("state", Grain, new Held<TestState>(new() { Count = 1 }));
        Assert.Equal(1, (await ReadAsync(storage)).State.Count);
    }

    [Fact]
    public async Task WriteState_OneStatementFails_NeighboursAreCommitted()
    {
        var path = _directory.File("neighbours.db");
        using var storage = Open(path);
        using var database = new SqliteConnection($"Data Source={path};Pooling=False");
        database.Open();
        Execute(database, "CREATE TRIGGER bad BEFORE INSERT ON grain_state WHEN NEW.grain_key = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END");

        // While this lock is held the writer waits, so that all of them come into one transaction.
        Execute(database, "BEGIN IMMEDIATE");
        var writes = Enumerable.Range(0, 20)
            .Select(i => storage.WriteStateAsync("state", GrainId.Create("test", i == 10 ? "bad" : $"{i}"), new Held<TestState>(new() { Count = i })))
            .ToArray();
        Execute(database, "COMMIT");

        await Assert.ThrowsAsync<IOException>(() => writes[10]);
        await Task.WhenAll(writes.Where((_, i) => i != 10));
    }

    [Fact]
    public void Open_FileOfANewerRelease_IsRefused()
    {
        var path = _directory.File("newer.db");
        Open(path).Dispose();
        using (var database = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            database.Open();
            Execute(database, "PRAGMA user_version = 99");
        }

        Assert.Contains("newer release", Assert.Throws<InvalidDataException>(() => Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddSqliteGrainStorage_NoPath_NamesTheOption()
    {
        using var services = new ServiceCollection().AddSerializer().AddSqliteGrainStorage("Default", _ => { }).BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredKeyedService<IGrainStorage>("Default"));

        Assert.Contains("SqliteGrainStorageOptions.Path of grain storage 'Default' is empty", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddSqliteGrainStorage_TwoNames_KeepTwoFiles()
    {
        await using var services = new ServiceCollection().AddSerializer()
            .AddSqliteGrainStorage("one", options => options.Path = _directory.File("one.db"))
            .AddSqliteGrainStorage("two", options => options.Path = _directory.File("two.db"))
            .BuildServiceProvider();
        await services.GetRequiredKeyedService<IGrainStorage>("one").WriteStateAsync("state", Grain, new Held<TestState>(new() { Count = 1 }));

        Assert.True((await ReadAsync(services.GetRequiredKeyedService<IGrainStorage>("one"))).RecordExists);
        Assert.False((await ReadAsync(services.GetRequiredKeyedService<IGrainStorage>("two"))).RecordExists);
        Assert.Equal(2, services.GetServices<ILifecycleParticipant<ISiloLifecycle>>().OfType<SqliteGrainStorage>().Count());
    }

    [Fact]
    public async Task Kill_WhileManyWrite_LosesNothingThatWasAcknowledged()
    {
        var path = _directory.File("crash.db");
        var cancellationToken = TestContext.Current.CancellationToken;
        for (var round = 0; round < 3; round++)
        {
            var acknowledged = await CrashProcess.RunUntilKilledAsync(GrainStateCrashWriter.Argument, path, count: 2_000, cancellationToken);

            using var storage = Open(path);
            var last = acknowledged.Select(line => line.Split(' ')).GroupBy(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
            foreach (var writer in last)
            {
                var state = new Held<TestState>();
                await storage.ReadStateAsync("crash", GrainStateCrashWriter.Grain(int.Parse(writer.Key, CultureInfo.InvariantCulture)), state, cancellationToken);
                Assert.InRange(state.State.Count, writer.Max(), writer.Max() + 1); // The last one may be stored and not yet acknowledged.
                Assert.Equal(new string((char)('a' + (state.State.Count % 26)), 1500), state.State.Name);
            }
        }
    }

    internal static SqliteGrainStorage Open(string path) => new(
        "test",
        path,
        new OrleansGrainStorageSerializer(Serialization.GetRequiredService<Serializer>()),
        Serialization.GetRequiredService<IActivatorProvider>(),
        TimeProvider.System);

    private static GrainId Grain { get; } = GrainId.Create("test", "grain");

    private static async Task<Held<TestState>> ReadAsync(IGrainStorage storage)
    {
        var state = new Held<TestState>();
        await storage.ReadStateAsync("state", Grain, state, TestContext.Current.CancellationToken);
        return state;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
