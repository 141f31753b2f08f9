using GatewayActors.Abstractions.DynamicRoutes;

namespace GatewayActors.Grains.DynamicRoutes;

/// <summary>What is stored of a gateway's dynamic routes. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.dynamic-routes.state")]
internal sealed class DynamicRoutesState
{
    /// <summary>The gateway that the routes belong to: one created anew under the same id begins without.</summary>
    [Id(0)] public Guid GatewayId { get; set; }

    /// <summary>Grows with every change that the gateway's grain must hear of.</summary>
    [Id(1)] public long Revision { get; set; }

    /// <summary>The routes, in the order of their creation.</summary>
    [Id(2)] public List<DynamicRoute> Routes { get; set; } = [];
}
