using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Grains.Gateways;

namespace GatewayActors.Grains.Evaluations;

/// <summary>What is stored of a gateway's evaluations. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.evaluations.state")]
internal sealed record EvaluationsState : IGatewayPartState
{
    /// <inheritdoc/>
    [Id(0)] public Guid GatewayId { get; set; }

    /// <summary>The evaluations, in the order of their creation.</summary>
    [Id(1)] public IReadOnlyList<Evaluation> Evaluations { get; set; } = [];
}
