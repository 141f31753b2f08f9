using GatewayActors.Abstractions.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GatewayActors.Grains.Logs;

[GrainType("gateway.log-retention")]
internal sealed partial class LogRetentionGrain(ILogStore logs, IOptions<LogRetentionOptions> options, TimeProvider timeProvider, ILogger<LogRetentionGrain> logger)
    : Grain, ILogRetentionGrain, IRemindable, IDisposable
{
    /// <summary>The name of the reminder; it is stored.</summary>
    public const string ReminderName = "expire";

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstDue = TimeSpan.FromMinutes(1); // Not among everything else that a first start does.

    private readonly CancellationTokenSource _stopping = new();
    private Task _round = Task.CompletedTask;

    public async Task EnsureAsync(CancellationToken cancellationToken = default)
    {
        if (await this.GetReminder(ReminderName, cancellationToken) is null)
        {
            await this.RegisterOrUpdateReminder(ReminderName, FirstDue, Interval, cancellationToken);
        }
    }

    // The round goes on behind the answer: it may take longer than a call may.
    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (_round.IsCompleted)
        {
            DelayDeactivation(Interval);
            _round = RunAsync();
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _round.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await new LogExpiry(GrainFactory, logs, options.Value, timeProvider, logger).RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next activation goes on.
        }
#pragma warning disable CA1031 // Nobody awaits this. The next reminder tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(EventId = 1504, EventName = "LogRetentionRoundFailed", Level = LogLevel.Error, Message = "Old log entries could not be looked for; the next round tries again.")]
    private partial void LogFailed(Exception exception);
}
