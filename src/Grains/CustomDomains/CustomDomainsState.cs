using GatewayActors.Abstractions.CustomDomains;

namespace GatewayActors.Grains.CustomDomains;

/// <summary>What is stored of the custom domains. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-domains.state")]
internal sealed record CustomDomainsState
{
    /// <summary>Grows with every change; stored, so that no activation repeats one that fronts hold.</summary>
    [Id(0)] public long Revision { get; init; }

    /// <summary>The domains, newest first.</summary>
    [Id(1)] public IReadOnlyList<CustomDomain> Domains { get; init; } = [];
}
