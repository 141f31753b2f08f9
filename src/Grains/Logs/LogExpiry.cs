using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using Microsoft.Extensions.Logging;

namespace GatewayActors.Grains.Logs;

/// <summary>Deletes log entries that are older than their gateway keeps them. Nothing is remembered: each round looks at everything anew.</summary>
internal sealed partial class LogExpiry(IGrainFactory grains, ILogStore logs, LogRetentionOptions options, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Does one round. What fails is logged and left to the next one.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var accountId in await grains.GetGrain<IAccountDirectoryGrain>(GrainKeys.AccountDirectory).ListAsync(cancellationToken))
        {
            foreach (var gatewayId in await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).ListGatewaysAsync(cancellationToken))
            {
                await RunAsync(accountId, gatewayId, cancellationToken);
            }
        }
    }

    private async Task RunAsync(string accountId, string gatewayId, CancellationToken cancellationToken)
    {
        try
        {
            var gateway = await grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, gatewayId)).GetAsync(cancellationToken);
            if (gateway is not null && (gateway.Configuration.LogRetentionDays ?? options.RetentionDays) is { } days)
            {
                await DeleteAsync(accountId, gatewayId, timeProvider.GetUtcNow() - TimeSpan.FromDays(days), cancellationToken);
            }
        }
#pragma warning disable CA1031 // Whatever failed, a grain or the store: the other gateways must not wait for it, and the next round tries again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(accountId, gatewayId, exception);
        }
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

    [LoggerMessage(EventId = 1503, EventName = "LogRetentionFailed", Level = LogLevel.Error, Message = "Old log entries of gateway {AccountId}/{GatewayId} could not be deleted; the next round tries again.")]
    private partial void LogFailed(string accountId, string gatewayId, Exception exception);
}
