namespace GatewayActors.Front.Telemetry;

/// <summary>What is counted when an exchange has ended.</summary>
internal readonly record struct ExchangeMeasurement
{
    /// <summary>How it ended.</summary>
    public required ExchangeOutcome Outcome { get; init; }

    /// <summary>The status the client got; 499 if it went away first.</summary>
    public required int StatusCode { get; init; }

    /// <summary>From the first byte of the request to the last of the answer.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The slug of the provider that answered, or was called last; null if none was chosen.</summary>
    public string? Provider { get; init; }

    /// <summary>The semantic conventions' operation, such as <c>chat</c> or <c>embeddings</c>; null if unknown.</summary>
    public string? Operation { get; init; }

    /// <summary>The model the request names.</summary>
    public string? RequestModel { get; init; }

    /// <summary>The model the answer names.</summary>
    public string? ResponseModel { get; init; }

    /// <summary>Whether the price table knows the model; only then it becomes a label.</summary>
    public bool IsPricedModel { get; init; }

    /// <summary>Whether the answer came from the cache.</summary>
    public bool IsCached { get; init; }

    /// <summary>Until the first byte of the answer's body was sent; null if none was.</summary>
    public TimeSpan? TimeToFirstByte { get; init; }

    /// <summary>Spent on work of the gateway's own: not waiting for an upstream, for the client, or before a retry. Null if unknown.</summary>
    public TimeSpan? Overhead { get; init; }

    /// <summary>From the start of the first attempt to the end of the last; null if no upstream was called.</summary>
    public TimeSpan? OperationDuration { get; init; }

    /// <summary>All input tokens; null if not known.</summary>
    public long? InputTokens { get; init; }

    /// <summary>All output tokens; null if not known.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>What it cost, in US dollars; null if not known.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>One of <see cref="TelemetryNames.Errors"/>; null where the status says enough.</summary>
    public string? ErrorType { get; init; }
}

/// <summary>What is counted when an attempt has ended.</summary>
internal readonly record struct AttemptMeasurement
{
    /// <summary>The provider's slug.</summary>
    public required string Provider { get; init; }

    /// <summary>How it ended.</summary>
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>From sending the request to the first byte of the answer's body, or to the failure.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Why this attempt was made.</summary>
    public AttemptKind Kind { get; init; }
}

/// <summary>How an exchange ended.</summary>
internal enum ExchangeOutcome
{
    /// <summary>The upstream, or the cache, answered well.</summary>
    Success,

    /// <summary>The gateway refused it: credentials, limits, policies, guardrails, a malformed request.</summary>
    Refused,

    /// <summary>The upstream refused it with a 4xx.</summary>
    UpstreamRefused,

    /// <summary>The upstream failed, was too slow or could not be reached.</summary>
    UpstreamFailed,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>The gateway failed.</summary>
    Failed,
}

/// <summary>How an attempt ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>An answer below 400.</summary>
    Success,

    /// <summary>A 4xx.</summary>
    Refused,

    /// <summary>A 5xx, or an error inside an answer of status 200.</summary>
    Failed,

    /// <summary>Too slow.</summary>
    Timeout,

    /// <summary>No connection, or one that broke.</summary>
    Connection,

    /// <summary>Given up because the client went away or another attempt won.</summary>
    Cancelled,
}

/// <summary>Why an attempt was made.</summary>
internal enum AttemptKind
{
    /// <summary>The first one of the exchange.</summary>
    First,

    /// <summary>Again at the same target.</summary>
    Retry,

    /// <summary>At the next target.</summary>
    Fallback,

    /// <summary>Beside another one that is under way.</summary>
    Hedge,
}

/// <summary>A part of a log entry.</summary>
internal enum LogPart
{
    /// <summary>The whole entry.</summary>
    Entry,

    /// <summary>Only its bodies.</summary>
    Body,
}

/// <summary>What is exported for tenants.</summary>
internal enum ExportKind
{
    /// <summary>Spans of a gateway's <c>otel</c>.</summary>
    Spans,

    /// <summary>Log entries of a push job.</summary>
    Logs,
}
