using GatewayActors.Abstractions.Datasets;

namespace GatewayActors.Abstractions.Evaluations;

/// <summary>What was computed about the log entries of some datasets, as they were at one moment.</summary>
[GenerateSerializer, Immutable, Alias("gateway.evaluation")]
public sealed record Evaluation
{
    /// <summary>A UUIDv7.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>Unique in the gateway.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The datasets as they were when the evaluation was made.</summary>
    [Id(2)] public required IReadOnlyList<Dataset> Datasets { get; init; }

    /// <summary>One for each evaluator.</summary>
    [Id(3)] public required IReadOnlyList<EvaluationResult> Results { get; init; }

    /// <summary>How many entries are in the datasets, each counted once; 0 until that is known.</summary>
    [Id(4)] public long TotalLogs { get; init; }

    /// <summary>When it was made. Entries that came later do not count.</summary>
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was made, or when its results became final.</summary>
    [Id(6)] public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Whether all results are final.</summary>
    public bool IsProcessed => Results.All(result => result.IsFinal);
}

/// <summary>What one evaluator found.</summary>
[GenerateSerializer, Immutable, Alias("gateway.evaluation.result")]
public sealed record EvaluationResult
{
    /// <summary>A UUIDv7.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The evaluator.</summary>
    [Id(1)] public required Evaluator Evaluator { get; init; }

    /// <summary>How far it is.</summary>
    [Id(2)] public required EvaluationStatus Status { get; init; }

    /// <summary>What was found, in the evaluator's unit; null until it is known, and where no entry has what it looks at.</summary>
    [Id(3)] public decimal? Value { get; init; }

    /// <summary>How many entries have what the evaluator looks at.</summary>
    [Id(4)] public long TotalLogs { get; init; }

    /// <summary>When this changed last.</summary>
    [Id(5)] public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Whether it will not change any more.</summary>
    public bool IsFinal => Status switch
    {
        EvaluationStatus.Pending or EvaluationStatus.Running => false,
        EvaluationStatus.Done or EvaluationStatus.Failed => true,
    };
}

/// <summary>What can be computed. The numbers are stored.</summary>
public enum Evaluator
{
    /// <summary>The average cost of an entry whose cost is known, in US dollars.</summary>
    Cost,

    /// <summary>The average duration of an entry, in milliseconds.</summary>
    Speed,

    /// <summary>The share of entries with thumbs up among those with feedback, from 0 to 1.</summary>
    HumanFeedback,
}

/// <summary>How far a result is. The numbers are stored, and clients see them.</summary>
public enum EvaluationStatus
{
    /// <summary>Not begun.</summary>
    Pending = 0,

    /// <summary>Being computed.</summary>
    Running = 1,

    /// <summary>Final.</summary>
    Done = 2,

    /// <summary>Given up after several attempts.</summary>
    Failed = 3,
}
