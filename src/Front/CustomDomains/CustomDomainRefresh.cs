namespace GatewayActors.Front.CustomDomains;

/// <summary>Learns every second of domains that were changed through other processes, and looks every minute whether pending ones are proved.</summary>
internal sealed partial class CustomDomainRefresh(CustomDomainDirectory domains, TimeProvider timeProvider, ILogger<CustomDomainRefresh> logger) : BackgroundService
{
    private const int RoundsPerVerification = 60;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private bool _hasFailed;

    /// <summary>Tries to verify all that is pending.</summary>
    public async Task VerifyPendingAsync(CancellationToken cancellationToken)
    {
        foreach (var domain in await domains.Grain.ListPendingAsync(cancellationToken))
        {
            await domains.VerifyAsync(domain, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(domains.RefreshAsync, cancellationToken); // Before the first request comes.
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        for (var round = 1; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            await TryAsync(round % RoundsPerVerification == 0 ? VerifyPendingAsync : domains.RefreshAsync, stoppingToken);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
            _hasFailed = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops.
        }
#pragma warning disable CA1031 // Whatever failed: the next round tries again, and what is held stays.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_hasFailed)
            {
                LogFailed(exception); // Once, not every second.
            }

            _hasFailed = true;
        }
    }

    [LoggerMessage(EventId = 3020, EventName = "CustomDomainsNotRefreshed", Level = LogLevel.Error,
        Message = "The custom domains could not be looked up; those known so far stay, and it is tried every second.")]
    private partial void LogFailed(Exception exception);
}
