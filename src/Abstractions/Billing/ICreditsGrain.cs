using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Billing;

/// <summary>Owns the credits of one account: what the operator has given it, less what its exchanges with the operator's credentials have cost.</summary>
/// <remarks>Key: <see cref="GrainKeys.Credits"/>. What a write method has returned is stored.</remarks>
[GrainInterfaceType("gateway.credits"), Alias("gateway.credits")]
public interface ICreditsGrain : IGrainWithStringKey
{
    /// <summary>The credits. Interleaves: one synchronous look, so that an exchange does not wait for another one's charge to be stored.</summary>
    [AlwaysInterleave, Alias("get")]
    ValueTask<CreditBalance> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds credits.</summary>
    /// <param name="amountCents">US cents, at least 1.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("top-up")]
    Task<CreditTopUp> TopUpAsync(long amountCents, CancellationToken cancellationToken = default);

    /// <summary>A top-up; null if there is none of this id, or it is none of the latest.</summary>
    [ReadOnly, Alias("find-top-up")]
    Task<CreditTopUp?> FindTopUpAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Takes what exchanges have cost; the balance may become negative, because what was used was used. Repeating it takes nothing more.</summary>
    /// <param name="charge">The id of the charge.</param>
    /// <param name="usd">US dollars, not negative.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("charge")]
    Task<CreditBalance> ChargeAsync(Guid charge, decimal usd, CancellationToken cancellationToken = default);

    /// <summary>Says when credits are added by themselves; null for never.</summary>
    [Alias("set-auto-top-up")]
    Task<CreditBalance> SetAutoTopUpAsync(AutoTopUp? autoTopUp, CancellationToken cancellationToken = default);

    /// <summary>Forgets everything, because the account is gone.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>The credits of an account.</summary>
[GenerateSerializer, Immutable, Alias("gateway.credits.balance")]
public sealed record CreditBalance
{
    /// <summary>US dollars; negative where exchanges have cost more than there was.</summary>
    [Id(0)] public required decimal Usd { get; init; }

    /// <summary>When credits are added by themselves; null for never.</summary>
    [Id(1)] public AutoTopUp? AutoTopUp { get; init; }

    /// <summary>Whether credits were ever added.</summary>
    [Id(2)] public required bool HasToppedUp { get; init; }
}

/// <summary>Credits that were added.</summary>
[GenerateSerializer, Immutable, Alias("gateway.credits.top-up")]
public sealed record CreditTopUp
{
    /// <summary>32 hex digits behind <c>topup_</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>US cents.</summary>
    [Id(1)] public required long AmountCents { get; init; }

    /// <summary>When.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether <see cref="AutoTopUp"/> added them.</summary>
    [Id(3)] public required bool IsAutomatic { get; init; }
}

/// <summary>When credits are added by themselves.</summary>
[GenerateSerializer, Immutable, Alias("gateway.credits.auto-top-up")]
public sealed record AutoTopUp
{
    /// <summary>US cents that are added.</summary>
    [Id(0)] public required long AmountCents { get; init; }

    /// <summary>US cents below which they are.</summary>
    [Id(1)] public required long ThresholdCents { get; init; }
}
