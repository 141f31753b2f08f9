namespace GatewayActors.Abstractions.Logs;

/// <summary>Which entries, in which order, and which page of them.</summary>
public sealed record LogQuery
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The gateway.</summary>
    public required string GatewayId { get; init; }

    /// <summary>All must match.</summary>
    public IReadOnlyList<LogFilter> Filters { get; init; } = [];

    /// <summary>Text to find in id, event id, provider, model, path, user agent or metadata, ignoring case; null for none.</summary>
    public string? Search { get; init; }

    /// <summary>The order; ties are broken by id.</summary>
    public LogOrder OrderBy { get; init; } = LogOrder.CreatedAt;

    /// <summary>Whether the order is descending.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>The page, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Entries per page, 1 to 50.</summary>
    public int PerPage { get; init; } = 20;

    /// <summary>Whether ranges over all matching entries are wanted.</summary>
    public bool WithRanges { get; init; }
}

/// <summary>Fields that entries can be ordered by.</summary>
public enum LogOrder
{
    CreatedAt,
    Provider,
    Model,
    ModelType,
    Success,
    Cached,
    Cost,
    TokensIn,
    TokensOut,
    Duration,
    Feedback,
}

/// <summary>One condition. Several values are alternatives (for <see cref="LogFilterOperator.NotEqual"/>: none may match).</summary>
/// <param name="Key">What is compared.</param>
/// <param name="Operator">How.</param>
/// <param name="Values">
/// At least one. By key: string, <see cref="bool"/>, <see cref="decimal"/> or <see cref="DateTimeOffset"/>; null matches an absent value.
/// </param>
public sealed record LogFilter(LogFilterKey Key, LogFilterOperator Operator, IReadOnlyList<object?> Values);

/// <summary>What a filter can compare. The numbers are stored with datasets: new keys go to the end.</summary>
public enum LogFilterKey
{
    Id,
    CreatedAt,
    RequestContentType,
    ResponseContentType,
    RequestType,
    Success,
    Cached,
    Provider,
    Model,
    ModelType,
    Cost,

    /// <summary>Tokens in plus tokens out.</summary>
    Tokens,
    TokensIn,
    TokensOut,
    Duration,
    Feedback,
    EventId,

    /// <summary>An entry of the metadata has this key. With a <see cref="MetadataValue"/> filter: the same entry.</summary>
    MetadataKey,

    /// <summary>An entry of the metadata has this value.</summary>
    MetadataValue,
    Authentication,
    Wholesale,
    CompatibilityMode,
    DlpAction,
    UserAgent,
    StatusCode,

    /// <summary>Never matches: kept because clients of older editions send it.</summary>
    PromptId,
}

/// <summary>How a filter compares. The numbers are stored with datasets: new operators go to the end.</summary>
public enum LogFilterOperator
{
    Equal,
    NotEqual,

    /// <summary>A part of the text, ignoring case.</summary>
    Contains,
    LessThan,
    GreaterThan,

    /// <summary>Ours: the inclusive bounds of the deprecated <c>start_date</c>, <c>min_…</c> parameters.</summary>
    AtLeast,

    /// <summary>Ours: the inclusive bounds of the deprecated <c>end_date</c>, <c>max_…</c> parameters.</summary>
    AtMost,
}

/// <summary>One page of entries.</summary>
/// <param name="Entries">The entries, without bodies.</param>
/// <param name="TotalCount">How many match in all.</param>
/// <param name="Ranges">Over all that match, if asked for.</param>
public sealed record LogPage(IReadOnlyList<LogEntry> Entries, long TotalCount, LogRanges? Ranges);

/// <summary>Smallest and largest values over a set of entries; null for an empty set.</summary>
public sealed record LogRanges(
    decimal? MinCost,
    decimal? MaxCost,
    double? MinDuration,
    double? MaxDuration,
    long? MinTokensIn,
    long? MaxTokensIn,
    long? MinTokensOut,
    long? MaxTokensOut,
    long? MinTotalTokens,
    long? MaxTotalTokens);
