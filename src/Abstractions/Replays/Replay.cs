using GatewayActors.Abstractions.Datasets;

namespace GatewayActors.Abstractions.Replays;

/// <summary>Logged requests that are sent once more, to another model or route.</summary>
[GenerateSerializer, Immutable, Alias("gateway.replay.record")]
public sealed record Replay
{
    /// <summary>A UUIDv7.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>What was asked for.</summary>
    [Id(1)] public required ReplayDefinition Definition { get; init; }

    /// <summary>How far it is.</summary>
    [Id(2)] public required ReplayState State { get; init; }

    /// <summary>When it was made. Requests that were logged later are not in it.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its requests were chosen; null before that.</summary>
    [Id(4)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before that.</summary>
    [Id(5)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    [Id(6)] public string? Problem { get; init; }

    /// <summary>Its requests, in the order in which they are sent.</summary>
    [Id(7)] public IReadOnlyList<ReplayItem> Items { get; init; } = [];

    /// <summary>How many entries of the dataset were passed over, because they hold no chat request.</summary>
    [Id(8)] public int Skipped { get; init; }

    /// <summary>What the requests that were sent have cost, as far as known, in US dollars.</summary>
    public decimal CostUsd => Items.Sum(item => item.Replayed?.CostUsd ?? 0);

    /// <summary>Whether nothing more is sent.</summary>
    public bool IsEnded => State switch
    {
        ReplayState.Waiting or ReplayState.Running => false,
        ReplayState.Done or ReplayState.Cancelled or ReplayState.CostLimit or ReplayState.Failed => true,
    };
}

/// <summary>What a replay is to do; checked by the caller.</summary>
[GenerateSerializer, Immutable, Alias("gateway.replay.definition")]
public sealed record ReplayDefinition
{
    /// <summary>The dataset that holds the requests.</summary>
    [Id(0)] public required Guid DatasetId { get; init; }

    /// <summary>The dataset as it was when the replay was made.</summary>
    [Id(1)] public required DatasetDefinition Dataset { get; init; }

    /// <summary><c>{provider}/{model}</c>, or <c>dynamic/{route}</c>.</summary>
    [Id(2)] public required string Target { get; init; }

    /// <summary>How many requests at most.</summary>
    [Id(3)] public required int MaxEntries { get; init; }

    /// <summary>How many at the same time.</summary>
    [Id(4)] public required int Concurrency { get; init; }

    /// <summary>After how many US dollars no more request is sent; null for no end.</summary>
    [Id(5)] public decimal? MaxCostUsd { get; init; }

    /// <summary>The API token that began it, and for which it runs.</summary>
    [Id(6)] public required string TokenId { get; init; }

    /// <summary>Whether that is the operator's.</summary>
    [Id(7)] public required bool IsOperator { get; init; }
}

/// <summary>One request of a replay.</summary>
[GenerateSerializer, Immutable, Alias("gateway.replay.item")]
public sealed record ReplayItem
{
    /// <summary>The log entry that holds the request.</summary>
    [Id(0)] public required Guid SourceId { get; init; }

    /// <summary>What the request was answered with at first.</summary>
    [Id(1)] public required ReplayFigures Source { get; init; }

    /// <summary>What it was answered with now; null while it was not sent, or could not be.</summary>
    [Id(2)] public ReplayFigures? Replayed { get; init; }

    /// <summary>The log entry of what was sent now.</summary>
    [Id(3)] public Guid? ReplayedId { get; init; }

    /// <summary>Why it could not be sent; null where it was, or still is to be.</summary>
    [Id(4)] public string? Problem { get; init; }

    /// <summary>Whether nothing more happens with it.</summary>
    public bool IsDone => Replayed is not null || Problem is not null;
}

/// <summary>The figures of an exchange.</summary>
[GenerateSerializer, Immutable, Alias("gateway.replay.figures")]
public sealed record ReplayFigures
{
    /// <summary>The status.</summary>
    [Id(0)] public required int StatusCode { get; init; }

    /// <summary>Whether it was answered whole and without an error.</summary>
    [Id(1)] public required bool Success { get; init; }

    /// <summary>The cost in US dollars; null if unknown.</summary>
    [Id(2)] public decimal? CostUsd { get; init; }

    /// <summary>From the request's arrival to the answer's end, in milliseconds.</summary>
    [Id(3)] public required double DurationMs { get; init; }

    /// <summary>Prompt tokens; null if unknown.</summary>
    [Id(4)] public long? TokensIn { get; init; }

    /// <summary>Generated tokens; null if unknown.</summary>
    [Id(5)] public long? TokensOut { get; init; }
}

/// <summary>How far a replay is. The numbers are stored.</summary>
public enum ReplayState
{
    /// <summary>Its requests are not chosen yet.</summary>
    Waiting = 0,

    /// <summary>Requests are being sent.</summary>
    Running = 1,

    /// <summary>All requests were sent.</summary>
    Done = 2,

    /// <summary>Somebody has cancelled it.</summary>
    Cancelled = 3,

    /// <summary>It has reached <see cref="ReplayDefinition.MaxCostUsd"/>.</summary>
    CostLimit = 4,

    /// <summary>It could not go on.</summary>
    Failed = 5,
}
