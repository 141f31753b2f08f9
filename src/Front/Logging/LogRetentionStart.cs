using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Logs;
using Orleans.Runtime;

namespace GatewayActors.Front.Logging;

/// <summary>Asks, in the background of a start, for the reminder that has old log entries deleted.</summary>
internal sealed partial class LogRetentionStart(IGrainFactory grains, TimeProvider timeProvider, ILogger<LogRetentionStart> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // The start does not wait.
        try
        {
            while (!await TryEnsureAsync(stoppingToken))
            {
                await Task.Delay(Pause, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start asks again.
        }
    }

    private async Task<bool> TryEnsureAsync(CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<ILogRetentionGrain>(GrainKeys.LogRetention).EnsureAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException or IOException)
        {
            LogFailed(Pause, exception);
            return false;
        }
    }

    [LoggerMessage(EventId = 1505, EventName = "LogRetentionNotStarted", Level = LogLevel.Warning, Message = "The reminder that has old log entries deleted could not be set; next try in {Pause}.")]
    private partial void LogFailed(TimeSpan pause, Exception exception);
}
