using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Work;

/// <summary>
/// Knows which grains have begun work that goes on after the call that began it. Fronts look here at their start and from time to time, and
/// wake those grains: so the work survives the loss of every process.
/// </summary>
/// <remarks>
/// Key: <see cref="GrainKeys.PendingWork"/>. One grain, never on the path of a request. An item too many, left by a crash, does no harm: the
/// grain that is woken finds nothing to do and takes it off.
/// </remarks>
[GrainInterfaceType("gateway.pending-work"), Alias("gateway.pending-work")]
public interface IPendingWorkGrain : IGrainWithStringKey
{
    /// <summary>All items, in the order in which they came.</summary>
    [ReadOnly, Alias("list")]
    Task<IReadOnlyList<PendingWorkItem>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Enters an item, before the work itself is stored; repeating it changes nothing.</summary>
    [Alias("add")]
    Task AddAsync(PendingWorkItem item, CancellationToken cancellationToken = default);

    /// <summary>Takes an item off, after the work is done; repeating it changes nothing.</summary>
    [Alias("remove")]
    Task RemoveAsync(PendingWorkItem item, CancellationToken cancellationToken = default);
}

/// <summary>A grain that has work to do.</summary>
[GenerateSerializer, Immutable, Alias("gateway.pending-work.item")]
public sealed record PendingWorkItem
{
    /// <summary>Which kind of grain.</summary>
    [Id(0)] public required PendingWorkKind Kind { get; init; }

    /// <summary>Its key.</summary>
    [Id(1)] public required string Key { get; init; }
}

/// <summary>The kinds of work. The numbers are stored.</summary>
public enum PendingWorkKind
{
    /// <summary><see cref="Evaluations.IEvaluationsGrain"/>.</summary>
    Evaluations = 0,

    /// <summary><see cref="Replays.IReplayGrain"/>; a front does its work.</summary>
    Replay = 1,
}
