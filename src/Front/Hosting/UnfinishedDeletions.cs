using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using Orleans.Runtime;

namespace GatewayActors.Front.Hosting;

/// <summary>Finishes, in the background of a start, the deletions of accounts that a crash has interrupted. Such an account is still in the directory.</summary>
internal sealed partial class UnfinishedDeletions(IGrainFactory grains, ILogStore logs, ILogger<UnfinishedDeletions> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // The start does not wait.
        try
        {
            foreach (var accountId in await grains.GetGrain<IAccountDirectoryGrain>(GrainKeys.AccountDirectory).ListAsync(stoppingToken))
            {
                await FinishAsync(accountId, stoppingToken);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogFailed(exception);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    private async Task FinishAsync(string accountId, CancellationToken cancellationToken)
    {
        if (await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).FinishDeletionAsync(cancellationToken))
        {
            await logs.DeleteAllAsync(accountId, gatewayId: null, cancellationToken);
            LogFinished(accountId);
        }
    }

    [LoggerMessage(EventId = 1402, EventName = "DeletionFinished", Level = LogLevel.Information, Message = "The interrupted deletion of account {AccountId} is finished.")]
    private partial void LogFinished(string accountId);

    [LoggerMessage(EventId = 1403, EventName = "DeletionsNotFinished", Level = LogLevel.Warning, Message = "Interrupted deletions of accounts could not be finished; the next start tries again.")]
    private partial void LogFailed(Exception exception);
}
