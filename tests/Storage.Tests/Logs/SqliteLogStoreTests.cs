using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using GatewayActors.Storage.Sqlite;
using GatewayActors.Storage.Sqlite.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public sealed partial class SqliteLogStoreTests : LogStoreConformanceTests, IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteLogStore _store;

    public SqliteLogStoreTests() => _store = new(Path);

    protected override ILogStore Store => _store;

    protected override IAnalyticsStore Analytics => _store;

    private string Path => _directory.File("missing/directory/logs.db");

    public async ValueTask InitializeAsync() => await _store.InitializeAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override RollupSums SumRollups(string accountId, string gatewayId) => SumRollups(Path, accountId, gatewayId);

    private static RollupSums SumRollups(string path, string accountId, string gatewayId)
    {
        using var session = new LogSession(new SqliteFile(path).OpenReader());
        var key = session.Database.FindGateway(accountId, gatewayId)?.Key;
        var rows = session.Database.HourRollups.Where(row => row.GatewayKey == key).ToList();
        return new(
            rows.Sum(row => row.Requests),
            rows.Where(row => !row.Success).Sum(row => row.Requests),
            rows.Where(row => row.Cached).Sum(row => row.Requests),
            rows.Sum(row => row.TokensIn),
            rows.Sum(row => row.TokensOut),
            rows.Sum(row => PicoDollars.ToDollars(row.CostPico)),
            rows.Sum(row => Timestamps.Milliseconds(row.DurationUs)),
            rows.Sum(row => Timestamps.Milliseconds(row.FirstByteUs)),
            rows.Sum(row => row.FirstBytes));
    }
}
