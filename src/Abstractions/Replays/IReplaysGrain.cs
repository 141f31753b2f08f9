namespace GatewayActors.Abstractions.Replays;

/// <summary>Knows the replays of one gateway.</summary>
/// <remarks>Key: <see cref="GrainKeys.Gateway"/>. Never asked by an exchange. What a write method has returned is stored.</remarks>
[GrainInterfaceType("gateway.replays"), Alias("gateway.replays")]
public interface IReplaysGrain : IGrainWithStringKey
{
    /// <summary>Most replays of a gateway.</summary>
    public const int MaxReplays = 50;

    /// <summary>
    /// The ids of all replays in the order of their creation; null if there is no such gateway. After a crash one may name a replay that does
    /// not exist: a reader skips it.
    /// </summary>
    [Alias("list")]
    Task<IReadOnlyList<Guid>?> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes a replay; a front has to be told.</summary>
    [Alias("create")]
    Task<ReplayChange> CreateAsync(ReplayDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Deletes a replay that has ended; the result is what it was.</summary>
    [Alias("delete")]
    Task<ReplayChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Forgets everything, because the gateway has been deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>The result of a change of a replay.</summary>
[GenerateSerializer, Immutable, Alias("gateway.replay.change")]
public sealed record ReplayChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required ReplayOutcome Outcome { get; init; }

    /// <summary>The replay after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public Replay? Replay { get; init; }
}

/// <summary>The outcomes of a change of a replay.</summary>
public enum ReplayOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such gateway.</summary>
    GatewayNotFound,

    /// <summary>There is no such replay.</summary>
    NotFound,

    /// <summary>It has not ended.</summary>
    NotEnded,

    /// <summary>The gateway has <see cref="IReplaysGrain.MaxReplays"/> replays.</summary>
    TooMany,
}
