using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Logging;

/// <summary>Deletes log entries that are older than their gateway keeps them, every hour. Nothing is remembered: each round looks at everything anew.</summary>
internal sealed partial class LogRetention(IGrainFactory grains, ILogStore logs, GatewayOptions options, TimeProvider timeProvider, ILogger<LogRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Does one round.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var accountId in await grains.GetGrain<IAccountDirectoryGrain>(GrainKeys.AccountDirectory).ListAsync(cancellationToken))
        {
            foreach (var gatewayId in await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).ListGatewaysAsync(cancellationToken))
            {
                var gateway = await grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, gatewayId)).GetAsync(cancellationToken);
                if (gateway is not null && (gateway.Configuration.LogRetentionDays ?? options.Logs.RetentionDays) is { } days)
                {
                    await DeleteAsync(accountId, gatewayId, timeProvider.GetUtcNow() - TimeSpan.FromDays(days), cancellationToken);
                }
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // The start does not wait.
        using var timer = new PeriodicTimer(Interval, timeProvider);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return; // The next start goes on.
            }
#pragma warning disable CA1031 // Whatever failed, a grain or the store: the next round tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task DeleteAsync(string accountId, string gatewayId, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var query = new LogQuery
        {
            AccountId = accountId,
            GatewayId = gatewayId,
            Filters = [new(LogFilterKey.CreatedAt, LogFilterOperator.LessThan, [before])],
            Descending = false,
        };

        // The store does it in several transactions.
        var deleted = await logs.DeleteAsync(query, int.MaxValue, cancellationToken);
        if (deleted > 0)
        {
            LogDeleted(deleted, accountId, gatewayId, before);
        }
    }

    [LoggerMessage(EventId = 1502, EventName = "LogEntriesExpired", Level = LogLevel.Information, Message = "{Count} log entries of gateway {AccountId}/{GatewayId} from before {Before} are deleted.")]
    private partial void LogDeleted(int count, string accountId, string gatewayId, DateTimeOffset before);

    [LoggerMessage(EventId = 1503, EventName = "LogRetentionFailed", Level = LogLevel.Error, Message = "Old log entries could not be deleted; the next round tries again.")]
    private partial void LogFailed(Exception exception);
}
