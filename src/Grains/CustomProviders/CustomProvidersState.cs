using GatewayActors.Abstractions.CustomProviders;

namespace GatewayActors.Grains.CustomProviders;

/// <summary>What is stored of an account's providers. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.state")]
internal sealed record CustomProvidersState
{
    /// <summary>The last version given out, also after everything was deleted.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>Oldest first.</summary>
    [Id(1)] public IReadOnlyList<CustomProviderRecord> Providers { get; init; } = [];

    /// <summary>Oldest first.</summary>
    [Id(2)] public IReadOnlyList<PricingRuleRecord> Rules { get; init; } = [];
}
