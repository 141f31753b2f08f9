using System.Collections.Concurrent;
using System.Threading.Channels;
using GatewayActors.Abstractions.Limits;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>A quota that lives in the test: grants until it is told not to, and remembers what it was asked.</summary>
internal sealed class FakeQuota(string key) : IQuotaGrain
{
    private readonly Channel<(long Number, decimal Actual)> _settled = Channel.CreateUnbounded<(long, decimal)>();
    private long _number;

    public string Key { get; } = key;

    /// <summary>Null while everything is granted; else what a refusal says.</summary>
    public TimeSpan? RefusesFor { get; set; }

    /// <summary>What a refusal says is used.</summary>
    public decimal Used { get; set; }

    /// <summary>What goes wrong with the next reservations.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = [];

    /// <summary>What goes wrong with the next settlements.</summary>
    public ConcurrentQueue<Exception> SettleFailures { get; } = [];

    /// <summary>What was asked, granted or not.</summary>
    public ConcurrentQueue<(QuotaRule Rule, decimal Amount)> Asked { get; } = [];

    /// <summary>All claims, also those of calls that went wrong.</summary>
    public ConcurrentQueue<QuotaClaim> Claims { get; } = [];

    public ValueTask<QuotaDecision> ReserveAsync(QuotaRule rule, QuotaClaim claim, CancellationToken cancellationToken = default)
    {
        Claims.Enqueue(claim);
        if (Failures.TryDequeue(out var failure))
        {
            return ValueTask.FromException<QuotaDecision>(failure);
        }

        Asked.Enqueue((rule, claim.Amount));
        return ValueTask.FromResult(new QuotaDecision
        {
            IsGranted = RefusesFor is null,
            Reservation = new() { Epoch = Guid.Empty, Number = Interlocked.Increment(ref _number), Window = 0, Amount = claim.Amount, Claim = claim.Id },
            RetryAfter = RefusesFor ?? TimeSpan.Zero,
            Used = Used,
        });
    }

    /// <summary>What was taken at once.</summary>
    public ConcurrentQueue<(QuotaRule Rule, decimal Amount)> Taken { get; } = [];

    /// <summary>How often it was only looked at.</summary>
    public int Peeks { get; private set; }

    /// <summary>Everything that asked to take, also calls that went wrong.</summary>
    public ConcurrentQueue<QuotaUse> Uses { get; } = [];

    public async ValueTask<QuotaDecision> TakeAsync(QuotaRule rule, QuotaUse use, CancellationToken cancellationToken = default)
    {
        Uses.Enqueue(use);
        var decision = await ReserveAsync(rule, new() { Id = use.Id, Amount = use.Amount, Longest = TimeSpan.Zero }, cancellationToken);
        if (decision.IsGranted)
        {
            Taken.Enqueue((rule, use.Amount));
        }

        return decision;
    }

    public ValueTask<QuotaDecision> PeekAsync(QuotaRule rule, decimal amount, CancellationToken cancellationToken = default)
    {
        Peeks++;
        return ValueTask.FromResult(new QuotaDecision { IsGranted = RefusesFor is null, Reservation = default, RetryAfter = RefusesFor ?? TimeSpan.Zero });
    }

    public ValueTask SettleAsync(QuotaReservation reservation, decimal actual, CancellationToken cancellationToken = default)
    {
        if (SettleFailures.TryDequeue(out var failure))
        {
            return ValueTask.FromException(failure);
        }

        _settled.Writer.TryWrite((reservation.Number, actual));
        return ValueTask.CompletedTask;
    }

    /// <summary>The next settlement.</summary>
    public ValueTask<(long Number, decimal Actual)> NextSettledAsync(CancellationToken cancellationToken) => _settled.Reader.ReadAsync(cancellationToken);

    /// <summary>Whether a settlement is there that was not read.</summary>
    public bool HasSettled => _settled.Reader.TryPeek(out _);
}
