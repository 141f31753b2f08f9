namespace GatewayActors.Abstractions.Logpush;

/// <summary>What a job is.</summary>
[GenerateSerializer, Immutable, Alias("gateway.logpush.definition")]
public sealed record LogpushDefinition
{
    /// <summary>A name for people; null for none.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>Where entries go, with the credentials of the destination; sealed by fronts. In the clear only where it was stored before there was sealing.</summary>
    [Id(1)] public required string Destination { get; init; }

    /// <summary>Whether it pushes.</summary>
    [Id(2)] public required bool Enabled { get; init; }

    /// <summary>Most bytes of one delivery before compression; null for the gateway's own limit.</summary>
    [Id(3)] public long? MaxUploadBytes { get; init; }

    /// <summary>Most entries of one delivery; null for the gateway's own limit.</summary>
    [Id(4)] public int? MaxUploadRecords { get; init; }

    /// <summary>How many seconds entries may wait for others; null for the gateway's own interval.</summary>
    [Id(5)] public int? MaxUploadIntervalSeconds { get; init; }

    /// <summary>Which entries are pushed, a JSON object as the tenant wrote it; null for all.</summary>
    [Id(6)] public string? Filter { get; init; }

    /// <summary>How they are written; null for the default.</summary>
    [Id(7)] public LogpushOutput? Output { get; init; }
}

/// <summary>A job as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("gateway.logpush.job")]
public sealed record LogpushJob
{
    /// <summary>From 1; never used again.</summary>
    [Id(0)] public required int Id { get; init; }

    /// <summary>What it is.</summary>
    [Id(1)] public required LogpushDefinition Definition { get; init; }

    /// <summary>The number of the last entry that its destination has taken.</summary>
    [Id(2)] public required long Cursor { get; init; }

    /// <summary>When its destination last took a delivery.</summary>
    [Id(3)] public DateTimeOffset? LastComplete { get; init; }

    /// <summary>When a delivery last failed.</summary>
    [Id(4)] public DateTimeOffset? LastError { get; init; }

    /// <summary>Why; null once a delivery was taken again.</summary>
    [Id(5)] public string? ErrorMessage { get; init; }
}

/// <summary>What became of a delivery.</summary>
[GenerateSerializer, Immutable, Alias("gateway.logpush.progress")]
public sealed record LogpushProgress
{
    /// <summary>Where the delivery went.</summary>
    [Id(0)] public required string Destination { get; init; }

    /// <summary>The last number that was taken; null where the delivery failed.</summary>
    [Id(1)] public long? Cursor { get; init; }

    /// <summary>Whether there was a delivery at all, and not only numbers to pass over.</summary>
    [Id(2)] public bool IsDelivery { get; init; }

    /// <summary>What is wrong; null for nothing.</summary>
    [Id(3)] public string? Problem { get; init; }
}

/// <summary>How a change ended.</summary>
public enum LogpushOutcome
{
    /// <summary>It is stored.</summary>
    Done,

    /// <summary>There is no such job.</summary>
    NotFound,

    /// <summary>There is no such account.</summary>
    AccountNotFound,

    /// <summary>The account has as many jobs as it may have.</summary>
    TooMany,
}

/// <summary>The answer to a change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.logpush.change")]
public sealed record LogpushChange
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required LogpushOutcome Outcome { get; init; }

    /// <summary>The job; null where there is none.</summary>
    [Id(1)] public LogpushJob? Job { get; init; }
}
