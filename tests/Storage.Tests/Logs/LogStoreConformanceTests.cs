using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

/// <summary>What every log store must do. A class per store derives from this one; the tests are in several files by subject.</summary>
public abstract partial class LogStoreConformanceTests
{
    private const string Gateway = "main";

    // An account of its own per test, so that they can share a store.
    private readonly string _account = Guid.CreateVersion7().ToString("N");

    /// <summary>The initialized store.</summary>
    protected abstract ILogStore Store { get; }

    /// <summary>The sums over the rollups of a gateway.</summary>
    protected abstract RollupSums SumRollups(string accountId, string gatewayId);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LogQuery Query(params LogFilter[] filters) => new() { AccountId = _account, GatewayId = Gateway, Filters = filters };

    private LogEntry Entry(Action<EntryValues> set, double afterSeconds = 0, string gateway = Gateway) =>
        LogEntries.Create(_account, gateway, LogEntries.Start.AddSeconds(afterSeconds), set);

    private Task WriteAsync(params LogEntry[] entries) => Store.WriteAsync(entries, Cancellation);

    private async Task<LogEntry> FindAsync(LogEntry entry) =>
        await Store.FindAsync(entry.AccountId, entry.GatewayId, entry.Id, Cancellation) ?? throw new Xunit.Sdk.XunitException("The entry is not there.");

    /// <summary>Sums over rollups.</summary>
    public sealed record RollupSums(
        long Requests, long Errors, long Cached, long TokensIn, long TokensOut, decimal CostUsd, double DurationMs, double FirstByteMs, long FirstBytes);
}
