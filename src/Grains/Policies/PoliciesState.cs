using GatewayActors.Abstractions.Policies;
using GatewayActors.Grains.Gateways;

namespace GatewayActors.Grains.Policies;

/// <summary>What is stored of a gateway's policies. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.policies.state")]
internal sealed record PoliciesState : IGatewayPartState
{
    /// <inheritdoc/>
    [Id(0)] public Guid GatewayId { get; set; }

    /// <summary>Grows with every change that the gateway's grain must hear of.</summary>
    [Id(1)] public long Revision { get; set; }

    /// <summary>The policies, in the order of their creation.</summary>
    [Id(2)] public IReadOnlyList<Policy> Policies { get; set; } = [];
}
