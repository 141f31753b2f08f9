using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

/// <summary>What is stored of a gateway. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.gateway.state")]
internal sealed class GatewayState
{
    /// <summary>The gateway; null if it does not exist or has been deleted.</summary>
    [Id(0)] public GatewayRecord? Gateway { get; set; }

    /// <summary>The last version given out, also after a deletion.</summary>
    [Id(1)] public long LastVersion { get; set; }
}
