using GatewayActors.Abstractions.Gateways;
using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Limits;

/// <summary>Owns what has been used of one amount: of one rule of one gateway and, where the rule counts apart, of one set of values.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.Quota"/>. What a call has reserved counts until it is settled. The rule comes with each reservation, so a
/// changed configuration holds at once and the counter survives it.
/// </remarks>
[GrainInterfaceType("gateway.quota"), Alias("gateway.quota")]
public interface IQuotaGrain : IGrainWithStringKey
{
    /// <summary>Reserves an amount, if the rule allows; never waits.</summary>
    /// <param name="rule">The rule as it is now configured.</param>
    /// <param name="claim">Who asks for how much. Asking again with the same id reserves nothing more.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued; what is reserved is not given back by it.</param>
    /// <remarks>
    /// Granted while used, reserved and <see cref="QuotaClaim.Amount"/> together stay within the limit. Also granted to a call that would go
    /// alone, until the limit is reached: an estimate above what is left must not shut out the caller who uses less.
    /// </remarks>
    [AlwaysInterleave, Alias("reserve")]
    ValueTask<QuotaDecision> ReserveAsync(QuotaRule rule, QuotaClaim claim, CancellationToken cancellationToken = default);

    /// <summary>Uses an amount at once, if it fits into the rule; never waits.</summary>
    /// <param name="rule">The rule as it is now configured.</param>
    /// <param name="use">Who uses how much. Asking again with the same id uses nothing more.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued; what is used is not given back by it.</param>
    /// <returns>The decision; there is nothing to settle.</returns>
    /// <remarks>Stored behind the answers: a crash forgets what was used in the last second, and nothing else.</remarks>
    [AlwaysInterleave, Alias("take")]
    ValueTask<QuotaDecision> TakeAsync(QuotaRule rule, QuotaUse use, CancellationToken cancellationToken = default);

    /// <summary>What <see cref="TakeAsync"/> would say. Nothing is used.</summary>
    [AlwaysInterleave, Alias("peek")]
    ValueTask<QuotaDecision> PeekAsync(QuotaRule rule, decimal amount, CancellationToken cancellationToken = default);

    /// <summary>Replaces a reservation by what was really used. What is answered is stored.</summary>
    /// <param name="reservation">What <see cref="ReserveAsync"/> has granted. Settling it again changes nothing.</param>
    /// <param name="actual">What was used, at least 0; 0 gives the reservation back.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [AlwaysInterleave, Alias("settle")]
    ValueTask SettleAsync(QuotaReservation reservation, decimal actual, CancellationToken cancellationToken = default);
}

/// <summary>How much may be used in which time.</summary>
[GenerateSerializer, Immutable, Alias("gateway.quota.rule")]
public readonly record struct QuotaRule
{
    /// <summary>The most that may be used in a window.</summary>
    [Id(0)] public required decimal Limit { get; init; }

    /// <summary>Length of the window, above 0.</summary>
    [Id(1)] public required TimeSpan Window { get; init; }

    /// <summary>
    /// Fixed: windows are aligned to the clock and begin with nothing used. Sliding: what was used in the window before counts by the
    /// share of it that is still less than a window ago.
    /// </summary>
    [Id(2)] public required LimitTechnique Technique { get; init; }

    /// <summary>Whether the window is the calendar month (UTC); then <see cref="Window"/> is only the longest that it can be, and the technique is fixed.</summary>
    [Id(3)] public bool IsMonthly { get; init; }
}

/// <summary>What one call wants to reserve.</summary>
[GenerateSerializer, Immutable, Alias("gateway.quota.claim")]
public readonly record struct QuotaClaim
{
    /// <summary>Names the call among all calls: a caller who has got no answer asks again under the same id.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>An estimate of what will be used, at least 0: US dollars or tokens, as the rule counts.</summary>
    [Id(1)] public required decimal Amount { get; init; }

    /// <summary>The longest that the call can take. What is not settled by then, because the caller is gone, counts as used in full.</summary>
    [Id(2)] public required TimeSpan Longest { get; init; }
}

/// <summary>What one call uses at once.</summary>
[GenerateSerializer, Immutable, Alias("gateway.quota.use")]
public readonly record struct QuotaUse
{
    /// <summary>Names the call among all calls: a caller who has got no answer asks again under the same id.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>What is used, at least 0, as the rule counts.</summary>
    [Id(1)] public required decimal Amount { get; init; }

    /// <summary>Whether the same was asked before, without an answer: only then is <see cref="Id"/> looked for among the latest ones.</summary>
    [Id(2)] public bool IsRepeated { get; init; }
}

/// <summary>The answer to one reservation.</summary>
[GenerateSerializer, Immutable, Alias("gateway.quota.decision")]
public sealed record QuotaDecision
{
    /// <summary>Whether the exchange may go on.</summary>
    [Id(0)] public required bool IsGranted { get; init; }

    /// <summary>What is to be settled; of no use unless <see cref="IsGranted"/>.</summary>
    [Id(1)] public required QuotaReservation Reservation { get; init; }

    /// <summary>When as much may be free again, if nothing else is used until then; zero when granted.</summary>
    [Id(2)] public required TimeSpan RetryAfter { get; init; }

    /// <summary>What was used and reserved without this call; 0 when granted a reservation.</summary>
    [Id(3)] public decimal Used { get; init; }
}

/// <summary>An amount that counts as used until it is settled.</summary>
[GenerateSerializer, Immutable, Alias("gateway.quota.reservation")]
public readonly record struct QuotaReservation
{
    /// <summary>The activation that granted it.</summary>
    [Id(0)] public required Guid Epoch { get; init; }

    /// <summary>Its number in that activation, from 1.</summary>
    [Id(1)] public required long Number { get; init; }

    /// <summary>The window it was granted in, in which its use counts.</summary>
    [Id(2)] public required long Window { get; init; }

    /// <summary>What was reserved.</summary>
    [Id(3)] public required decimal Amount { get; init; }

    /// <summary>The <see cref="QuotaClaim.Id"/> it was granted to.</summary>
    [Id(4)] public required Guid Claim { get; init; }
}
