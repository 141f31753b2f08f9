using GatewayActors.Abstractions.Audit;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Management.Audit;

/// <summary>Deletes audit entries that are older than the operator keeps them, every hour.</summary>
internal sealed partial class AuditRetention(IAuditStore store, GatewayOptions options, TimeProvider timeProvider, ILogger<AuditRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Does one round.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = timeProvider.GetUtcNow() - TimeSpan.FromDays(options.Audit.RetentionDays);
        if (await store.DeleteAsync(before, cancellationToken) is > 0 and var deleted)
        {
            LogDeleted(deleted, before);
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
                return;
            }
#pragma warning disable CA1031 // Whatever failed: the next round tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventId = 3011, EventName = "AuditEntriesExpired", Level = LogLevel.Information, Message = "{Count} audit entries from before {Before} are deleted.")]
    private partial void LogDeleted(int count, DateTimeOffset before);

    [LoggerMessage(EventId = 3012, EventName = "AuditRetentionFailed", Level = LogLevel.Error, Message = "Old audit entries could not be deleted; the next round tries again.")]
    private partial void LogFailed(Exception exception);
}
