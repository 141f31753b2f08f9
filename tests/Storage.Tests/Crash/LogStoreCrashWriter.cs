using System.Globalization;
using GatewayActors.Storage.Sqlite.Logs;
using GatewayActors.Storage.Tests.Logs;

namespace GatewayActors.Storage.Tests.Crash;

/// <summary>Writes batches of entries with bodies, and deletes some, until it is killed.</summary>
internal static class LogStoreCrashWriter
{
    public const string Argument = "crash-writer-logs";
    public const string Account = "0123456789abcdef0123456789abcdef";
    public const string Gateway = "crash";
    public const int BatchSize = 100;

    public static async Task RunAsync(string path)
    {
        using var store = new SqliteLogStore(path);
        await store.InitializeAsync();
        for (var batch = 1; ; batch++)
        {
            var entries = Enumerable.Range(0, BatchSize).Select(i => LogEntries.Create(
                Account,
                Gateway,
                LogEntries.Start.AddSeconds(i),
                values =>
                {
                    values.TokensIn = 1;
                    values.RequestBody = values.Model = $"model {i % 9}";
                    values.ResponseBody = new string('r', 2_000);
                }));
            await store.WriteAsync([.. entries]);
            CrashProcess.Acknowledge(string.Create(CultureInfo.InvariantCulture, $"written {BatchSize}"));
            if (batch % 5 == 0)
            {
                var deleted = await store.DeleteAsync(new() { AccountId = Account, GatewayId = Gateway, Descending = false }, 7);
                CrashProcess.Acknowledge(string.Create(CultureInfo.InvariantCulture, $"deleted {deleted}"));
            }
        }
    }
}
