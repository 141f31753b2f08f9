using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Limits;

/// <summary>What a step holds of one limit.</summary>
internal readonly record struct LimitReservation(LimitKind Kind, IQuotaGrain Grain, QuotaReservation Reservation);

/// <summary>Tells limits what was really used. Never delays or fails an answer; a stop waits for what is under way.</summary>
/// <remarks>
/// The call goes out as soon as the use is known, before the client can see the end of the answer: so a request that follows it finds
/// it booked.
/// </remarks>
internal sealed partial class LimitSettlement(TimeProvider timeProvider, ILogger<LimitSettlement> logger) : IHostedService
{
    private const int MostTries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100); // Doubles; six tries outlast the death of a silo.

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pending = 1; // One of our own, until the stop.

    /// <summary>Books what a step has used. Nothing to do for one that holds nothing, or that was settled before.</summary>
    public void Settle(Step step)
    {
        if (step.Budget is { } budget)
        {
            step.Budget = null;
            foreach (var reservation in budget.Take())
            {
                Send(step, reservation, budget.Spent + Used(step, reservation));
            }
        }

        if (step.Reservations is null)
        {
            return;
        }

        foreach (var reservation in Take(step))
        {
            Send(step, reservation, Used(step, reservation));
        }
    }

    /// <summary>Books what a turn of a session has used, in place of what the session holds.</summary>
    /// <returns>Ends when it is booked.</returns>
    public Task SettleAsync(Step step, decimal usd, decimal tokens) => SettleAsync(step, reservation => reservation.Kind == LimitKind.Spend ? usd : tokens);

    /// <summary>Books what a session holds, because nobody says what its last turn has used.</summary>
    public Task SettleUnknownAsync(Step step) => SettleAsync(step, reservation => reservation.Reservation.Amount);

    /// <summary>Gives back all that a step holds, because it does not call its upstream.</summary>
    public void Release(Step step)
    {
        foreach (var reservation in Take(step))
        {
            Send(step, reservation, 0);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        End();
        await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static IReadOnlyList<LimitReservation> Take(Step step)
    {
        var reservations = step.Reservations ?? [];
        step.Reservations = null;
        return reservations;
    }

    /// <summary>
    /// What the answer says; where a provider has begun to answer or its client left it, and nothing says what was used, what was reserved.
    /// A failure costs nothing.
    /// </summary>
    private static decimal Used(Step step, LimitReservation reservation)
    {
        var used = reservation.Kind == LimitKind.Spend ? step.Cost?.Usd ?? 0 : TokensOf(step.Usage) + TokensOf(step.Superseded);
        var hasBegun = step.FirstByteTimestamp != 0 && step.StatusCode is >= 200 and < 300;
        var isUnknown = step.Usage.Usage is null && (hasBegun || (step.Exchange.ClientGone && step.AttemptsBegun > 0));
        return isUnknown ? used + reservation.Reservation.Amount : used;
    }

    private static decimal TokensOf(UsageReport? report) => (report?.Usage?.InputTotal ?? 0) + (report?.Usage?.OutputTotal ?? 0);

    private Task SettleAsync(Step step, Func<LimitReservation, decimal> used)
    {
        if (step.Reservations is null)
        {
            return Task.CompletedTask;
        }

        return Task.WhenAll(Take(step).Select(reservation =>
        {
            Interlocked.Increment(ref _pending);
            return SendAsync(step.Exchange.Id, reservation, used(reservation));
        }));
    }

    private void Send(Step step, LimitReservation reservation, decimal used)
    {
        Interlocked.Increment(ref _pending);
        _ = SendAsync(step.Exchange.Id, reservation, used);
    }

    private async Task SendAsync(Guid exchangeId, LimitReservation reservation, decimal used)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await reservation.Grain.SettleAsync(reservation.Reservation, used, CancellationToken.None);
                    return;
                }
#pragma warning disable CA1031 // Storage may throw anything through a grain, and settling again counts nothing twice: no failure is worth giving up at once.
                catch (Exception) when (attempt < MostTries)
#pragma warning restore CA1031
                {
                    await Task.Delay(FirstPause * (1 << (attempt - 1)), timeProvider);
                }
            }
        }
#pragma warning disable CA1031 // Nobody awaits this: a failure that is not logged here is seen nowhere.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotBooked(exchangeId, used, reservation.Kind, MostTries, exception);
        }
        finally
        {
            End();
        }
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _drained.TrySetResult();
        }
    }

    [LoggerMessage(EventId = 1302, EventName = "UseNotBooked", Level = LogLevel.Error,
        Message = "What exchange {ExchangeId} has used ({Amount}, {Kind}) could not be stored in {Tries} tries. If that is not made up for, what it had reserved counts in its place.")]
    private partial void LogNotBooked(Guid exchangeId, decimal amount, LimitKind kind, int tries, Exception exception);
}
