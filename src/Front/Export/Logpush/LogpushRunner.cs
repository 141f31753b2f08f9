using System.Collections.Concurrent;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>
/// Pushes what is noted in the outbox, round by round. How far each job has come is stored after its destination has taken a delivery: a
/// crash in between delivers that one twice, and none is lost.
/// </summary>
internal sealed partial class LogpushRunner(
    ILogOutbox outbox, LogpushBatches batches, LogpushSender sender, SecretSealer sealer, IGrainFactory grains, GatewayOptions options, GatewayMetrics metrics, TimeProvider timeProvider,
    ILogger<LogpushRunner> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    // A job that is far behind does not hold up a whole round.
    private const int DeliveriesPerRound = 20;

    private const int AccountsAtOnce = 8;

    private readonly ConcurrentDictionary<(string Account, int Job, string Destination), (DateTimeOffset Until, TimeSpan Pause)> _paused = [];

    /// <summary>Pushes what there is, once.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var accounts = await outbox.ListAccountsAsync(cancellationToken);
            await Parallel.ForEachAsync(
                accounts, new ParallelOptions { MaxDegreeOfParallelism = AccountsAtOnce, CancellationToken = cancellationToken }, async (account, token) => await RunAccountAsync(account, token));
        }
#pragma warning disable CA1031 // Whatever it is, what was not pushed is still noted and the next round tries again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogRoundFailed(exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // The start does not wait.
        using var timer = new PeriodicTimer(options.Logpush.Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on where the jobs are.
        }
    }

    private async Task RunAccountAsync(string accountId, CancellationToken cancellationToken)
    {
        try
        {
            var last = await outbox.ReadLastNumberAsync(cancellationToken);
            var jobs = (await Jobs(accountId).ListAsync(cancellationToken)).Where(job => job.Definition.Enabled).ToArray();
            await Task.WhenAll(jobs.Select(job => PushAsync(accountId, job, last, cancellationToken)));

            // Asked again: a job may be new, and one that is disabled holds nothing back.
            var cursors = (await Jobs(accountId).ListAsync(cancellationToken)).Where(job => job.Definition.Enabled).Select(job => job.Cursor);
            await outbox.TrimAsync(accountId, cursors.Append(last).Min(), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && (LostInfrastructure.Is(exception) || exception is IOException))
        {
            LogAccountFailed(accountId, exception);
        }
    }

    private async Task PushAsync(string accountId, LogpushJob job, long last, CancellationToken cancellationToken)
    {
        var (destinationText, key) = (job.Definition.Destination, (accountId, job.Id, job.Definition.Destination));
        if (_paused.TryGetValue(key, out var paused) && paused.Until > timeProvider.GetUtcNow())
        {
            return;
        }

        if (sealer.OpenText(accountId, destinationText) is not { } opened)
        {
            await FailAsync(accountId, job, key, new("the destination cannot be opened: the key that sealed it is gone, set destination_conf again", IsFinal: true), cancellationToken);
            return;
        }

        if (LogpushDestination.Read(opened, options, out var problem) is not { } destination)
        {
            await FailAsync(accountId, job, key, new(problem, IsFinal: true), cancellationToken);
            return;
        }

        for (var number = 0; number < DeliveriesPerRound; number++)
        {
            if (await batches.NextAsync(accountId, job, cancellationToken) is not { } batch)
            {
                if (job.Cursor < last)
                {
                    // What was noted there is deleted by now.
                    await Jobs(accountId).RecordAsync(job.Id, new() { Destination = destinationText, Cursor = last }, cancellationToken);
                }

                return;
            }

            var outcome = batch.Count == 0 ? default : await sender.SendAsync(destination, job.Id, batch, cancellationToken);
            if (!outcome.IsTaken)
            {
                await FailAsync(accountId, job, key, outcome, cancellationToken);
                return;
            }

            _paused.TryRemove(key, out _);
            metrics.ExportSent(ExportKind.Logs, batch.Count);

            // Not cancelled: what was delivered is noted if it can be.
            await Jobs(accountId).RecordAsync(
                job.Id, new() { Destination = destinationText, Cursor = batch.Last, IsDelivery = batch.Count > 0, Problem = batch.Notice }, CancellationToken.None);
            job = job with { Cursor = batch.Last };
        }
    }

    private async Task FailAsync(string accountId, LogpushJob job, (string, int, string) key, ExportOutcome outcome, CancellationToken cancellationToken)
    {
        var before = _paused.TryGetValue(key, out var paused) ? paused.Pause : TimeSpan.Zero;
        var pause = before == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(before.Ticks * 2, ExportOutcome.LongestWait.Ticks));
        var wait = outcome.RetryAfter > pause ? outcome.RetryAfter.Value : pause;
        _paused[key] = (timeProvider.GetUtcNow() + wait, pause);
        LogNotTaken(job.Id, accountId, outcome.Problem!, wait);
        await Jobs(accountId).RecordAsync(job.Id, new() { Destination = job.Definition.Destination, Problem = outcome.Problem }, cancellationToken);
    }

    private ILogpushGrain Jobs(string accountId) => grains.GetGrain<ILogpushGrain>(GrainKeys.Logpush(accountId));

    [LoggerMessage(EventId = 1521, EventName = "LogpushNotTaken", Level = LogLevel.Warning, Message = "Push job {JobId} of account {AccountId} failed: {Problem}. It is tried again in {Pause}.")]
    private partial void LogNotTaken(int jobId, string accountId, string problem, TimeSpan pause);

    [LoggerMessage(EventId = 1522, EventName = "LogpushAccountFailed", Level = LogLevel.Error, Message = "The logs of account {AccountId} could not be pushed; the next round tries again.")]
    private partial void LogAccountFailed(string accountId, Exception exception);

    [LoggerMessage(EventId = 1523, EventName = "LogpushRoundFailed", Level = LogLevel.Error, Message = "Not all logs could be pushed; the next round tries again.")]
    private partial void LogRoundFailed(Exception exception);
}
