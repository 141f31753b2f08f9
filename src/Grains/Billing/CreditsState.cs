using GatewayActors.Abstractions.Billing;

namespace GatewayActors.Grains.Billing;

/// <summary>What is stored of an account's credits. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.credits.state")]
internal sealed record CreditsState
{
    /// <summary>US dollars.</summary>
    [Id(0)] public decimal Usd { get; init; }

    /// <summary>When credits are added by themselves.</summary>
    [Id(1)] public AutoTopUp? AutoTopUp { get; init; }

    /// <summary>The latest top-ups, newest first.</summary>
    [Id(2)] public IReadOnlyList<CreditTopUp> TopUps { get; init; } = [];

    /// <summary>The latest charges, newest first, so that a repeated one takes nothing.</summary>
    [Id(3)] public IReadOnlyList<Guid> Charges { get; init; } = [];
}
