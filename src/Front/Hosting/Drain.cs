using GatewayActors.Front.Configuration;
using GatewayActors.Front.Health;
using Microsoft.AspNetCore.Hosting.Server;

namespace GatewayActors.Front.Hosting;

/// <summary>
/// Holds up a stop until the exchanges in flight have ended. The server listens meanwhile: whoever asks <c>/healthz/ready</c> gets the
/// 503 that sends traffic elsewhere, and new exchanges are refused with a reason. What runs too long is cut.
/// </summary>
internal sealed partial class Drain(IInFlightExchanges exchanges, IServer server, GatewayOptions options, TimeProvider timeProvider, ILogger<Drain> logger) : IHostedLifecycleService
{
    /// <summary>What is left for the log writer and the silo once no exchange is in flight.</summary>
    public static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(10);

    // Those that were cut are still booked.
    private static readonly TimeSpan TimeToBook = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (await IsDrainedAsync(options.DrainTimeout, cancellationToken))
        {
            return;
        }

        LogCut(exchanges.Count);
        await server.StopAsync(new CancellationToken(canceled: true));
        await IsDrainedAsync(TimeToBook, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> IsDrainedAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetTimestamp();
        while (exchanges.Count > 0)
        {
            if (timeProvider.GetElapsedTime(since) >= limit)
            {
                return false;
            }

            await Task.Delay(Interval, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(EventId = 1401, EventName = "DrainCut", Level = LogLevel.Warning, Message = "The stop has waited long enough; {Count} exchanges in flight are cut.")]
    private partial void LogCut(int count);
}
