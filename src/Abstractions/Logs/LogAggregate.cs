namespace GatewayActors.Abstractions.Logs;

/// <summary>Counts and exact sums over log entries.</summary>
[GenerateSerializer, Immutable, Alias("gateway.log-aggregate")]
public sealed record LogAggregate
{
    /// <summary>How many entries.</summary>
    [Id(0)] public required long Entries { get; init; }

    /// <summary>How many of them have a known cost.</summary>
    [Id(1)] public required long WithCost { get; init; }

    /// <summary>The sum of the known costs, in US dollars.</summary>
    [Id(2)] public required decimal CostUsd { get; init; }

    /// <summary>The sum of the durations, in milliseconds.</summary>
    [Id(3)] public required decimal DurationMs { get; init; }

    /// <summary>How many of them have feedback, of whatever kind.</summary>
    [Id(4)] public required long WithFeedback { get; init; }

    /// <summary>How many of them have thumbs up.</summary>
    [Id(5)] public required long ThumbsUp { get; init; }

    /// <summary>Over no entry.</summary>
    public static LogAggregate None { get; } = new() { Entries = 0, WithCost = 0, CostUsd = 0, DurationMs = 0, WithFeedback = 0, ThumbsUp = 0 };
}
