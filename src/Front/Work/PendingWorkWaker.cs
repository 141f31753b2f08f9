using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Abstractions.Work;
using GatewayActors.Front.Replays;
using Orleans.Runtime;

namespace GatewayActors.Front.Work;

/// <summary>
/// Wakes the grains that have work to do: at the start, because a crash may have stopped it, and from time to time, because another process
/// may be gone. A grain that is at work already takes no notice.
/// </summary>
internal sealed partial class PendingWorkWaker(IGrainFactory grains, IReplayRunner replays, TimeProvider timeProvider, ILogger<PendingWorkWaker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Looks once.</summary>
    internal async Task WakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var item in await grains.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork).ListAsync(cancellationToken))
            {
                await WakeAsync(item, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogFailed(exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // The start does not wait.
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            do
            {
                await WakeAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    private async Task WakeAsync(PendingWorkItem item, CancellationToken cancellationToken)
    {
        switch (item.Kind)
        {
            case PendingWorkKind.Evaluations:
                await grains.GetGrain<IEvaluationsGrain>(item.Key).ResumeAsync(cancellationToken);
                break;
            case PendingWorkKind.Replay:
                replays.Begin(item.Key);
                break;
        }
    }

    [LoggerMessage(EventId = 1404, EventName = "PendingWorkNotWoken", Level = LogLevel.Warning, Message = "Not all pending work could be gone on with; it is tried again within a minute.")]
    private partial void LogFailed(Exception exception);
}
