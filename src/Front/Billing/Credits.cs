using System.Collections.Concurrent;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Billing;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using Orleans.Runtime;

namespace GatewayActors.Front.Billing;

/// <summary>
/// Where the operator has switched credits on: lets exchanges use the operator's credentials only while their account has credits, and takes
/// what they cost. Exchanges with a credential of their own never come here.
/// </summary>
/// <remarks>
/// Costs of an account are added up while a charge is under way and sent with the next one, so a busy account is one write at a time. A crash
/// forgets what was not sent: the exchanges of some milliseconds.
/// </remarks>
internal sealed partial class Credits(IGrainFactory grains, GatewayOptions options, TimeProvider timeProvider, ILogger<Credits> logger) : IHostedService
{
    private const int MostTries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100); // Doubles; six tries outlast the death of a silo.

    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pending = 1; // One of our own, until the stop.

    /// <summary>Whether a step is paid out of credits.</summary>
    public bool Pays(Step step) => options.Billing.Credits && step.UsesOperatorCredential;

    /// <summary>Refuses a step whose account has nothing left.</summary>
    public async ValueTask CheckAsync(Step step)
    {
        var accountId = step.Exchange.Gateway.AccountId;
        try
        {
            var unsent = _accounts.TryGetValue(accountId, out var account) ? account.Unsent : 0;
            if ((await Grain(accountId).GetAsync(CancellationToken.None)).Usd - unsent <= 0)
            {
                step.Fail(new(GatewayErrorKind.InsufficientCredits, "The account has no credits for the operator's credentials; bring a provider key or ask the operator for credits."));
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNotAsked(step.Exchange.Id, exception);
            step.Fail(GatewayError.NoDecision);
        }
    }

    /// <summary>Takes what a step has cost. Never delays or fails the answer.</summary>
    public void Charge(Step step, decimal usd)
    {
        if (usd <= 0)
        {
            return;
        }

        var accountId = step.Exchange.Gateway.AccountId;
        if (_accounts.GetOrAdd(accountId, static _ => new()).Add(usd))
        {
            Interlocked.Increment(ref _pending);
            _ = SendAsync(accountId);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        End();
        await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private ICreditsGrain Grain(string accountId) => grains.GetGrain<ICreditsGrain>(GrainKeys.Credits(accountId));

    private async Task SendAsync(string accountId)
    {
        var account = _accounts[accountId];
        while (account.Take() is { } usd)
        {
            await SendAsync(accountId, usd);
            account.Sent(usd);
        }

        End();
    }

    private async Task SendAsync(string accountId, decimal usd)
    {
        var charge = Guid.CreateVersion7(timeProvider.GetUtcNow());
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Grain(accountId).ChargeAsync(charge, usd, CancellationToken.None);
                return;
            }
#pragma warning disable CA1031 // Storage may throw anything through a grain, and charging again takes nothing twice; nobody awaits this.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (attempt == MostTries)
                {
                    LogNotCharged(accountId, usd, MostTries, exception);
                    return;
                }
            }

            await Task.Delay(FirstPause * (1 << (attempt - 1)), timeProvider);
        }
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _drained.TrySetResult();
        }
    }

    [LoggerMessage(EventId = 1310, EventName = "CreditsNotAsked", Level = LogLevel.Error, Message = "No grain knew the credits for exchange {ExchangeId}.")]
    private partial void LogNotAsked(Guid exchangeId, Exception exception);

    [LoggerMessage(EventId = 1311, EventName = "CreditsNotCharged", Level = LogLevel.Error, Message = "Account {AccountId} could not be charged ${Amount} in {Tries} tries; it keeps the credits.")]
    private partial void LogNotCharged(string accountId, decimal amount, int tries, Exception exception);

    /// <summary>What an account owes and has not been charged yet.</summary>
    private sealed class Account
    {
        private readonly Lock _lock = new();
        private decimal _waiting;
        private decimal _unsent;
        private bool _isSending;

        public decimal Unsent
        {
            get
            {
                lock (_lock)
                {
                    return _unsent;
                }
            }
        }

        /// <returns>Whether the caller must begin to send.</returns>
        public bool Add(decimal usd)
        {
            lock (_lock)
            {
                _waiting += usd;
                _unsent += usd;
                var begins = !_isSending;
                _isSending = true;
                return begins;
            }
        }

        /// <summary>What waits, to be sent; null if nothing does, and sending ends.</summary>
        public decimal? Take()
        {
            lock (_lock)
            {
                if (_waiting == 0)
                {
                    _isSending = false;
                    return null;
                }

                var usd = _waiting;
                _waiting = 0;
                return usd;
            }
        }

        public void Sent(decimal usd)
        {
            lock (_lock)
            {
                _unsent -= usd;
            }
        }
    }
}
