using GatewayActors.Abstractions.Work;

namespace GatewayActors.Grains.Work;

/// <summary>What is stored of pending work. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.pending-work.state")]
internal sealed record PendingWorkState
{
    /// <summary>The items, in the order in which they came.</summary>
    [Id(0)] public IReadOnlyList<PendingWorkItem> Items { get; set; } = [];
}
