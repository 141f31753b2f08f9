using GatewayActors.Abstractions.Datasets;
using GatewayActors.Grains.Gateways;

namespace GatewayActors.Grains.Datasets;

/// <summary>What is stored of a gateway's datasets. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.datasets.state")]
internal sealed record DatasetsState : IGatewayPartState
{
    /// <inheritdoc/>
    [Id(0)] public Guid GatewayId { get; set; }

    /// <summary>The datasets, in the order of their creation.</summary>
    [Id(1)] public IReadOnlyList<Dataset> Datasets { get; set; } = [];
}
