using GatewayActors.Abstractions.Replays;
using GatewayActors.Grains.Gateways;

namespace GatewayActors.Grains.Replays;

/// <summary>What is stored about which replays a gateway has. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.replays.state")]
internal sealed record ReplaysState : IGatewayPartState
{
    /// <inheritdoc/>
    [Id(0)] public Guid GatewayId { get; set; }

    /// <summary>Their ids, in the order of their creation.</summary>
    [Id(1)] public IReadOnlyList<Guid> Replays { get; set; } = [];
}

/// <summary>What is stored of one replay. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.replay.state")]
internal sealed record ReplayRecordState
{
    /// <summary>The replay; null if it does not exist or was deleted.</summary>
    [Id(0)] public Replay? Replay { get; set; }
}
