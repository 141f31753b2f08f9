namespace GatewayActors.Grains.Limits;

/// <summary>What is stored of a gateway's rate limit. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Immutable, Alias("gateway.rate.state")]
internal sealed record RateState
{
    /// <summary>The gateway: one created anew under the same id begins with nothing counted.</summary>
    [Id(0)] public Guid GatewayId { get; init; }

    /// <summary>What was counted, in the order of time.</summary>
    [Id(1)] public IReadOnlyList<RateCount> Counts { get; init; } = [];
}
