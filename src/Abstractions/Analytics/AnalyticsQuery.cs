namespace GatewayActors.Abstractions.Analytics;

/// <summary>A question about the exchanges of an account: which of them, in which groups, and what of each group.</summary>
public sealed record AnalyticsQuery
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>Which kind of sums is asked.</summary>
    public AnalyticsSource Source { get; init; }

    /// <summary>The first moment that counts; held to the minute, and to the hour where only hours are kept.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first moment that counts no more; held like <see cref="From"/>.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Which gateways; null for all of the account.</summary>
    public IReadOnlyCollection<string>? Gateways { get; init; }

    /// <summary>Which exchanges; null for all.</summary>
    public AnalyticsCondition? Condition { get; init; }

    /// <summary>What the groups have in common; none puts everything into one group.</summary>
    public IReadOnlyList<AnalyticsDimension> Dimensions { get; init; } = [];

    /// <summary>Whether percentiles of the durations are asked.</summary>
    public bool WithDurations { get; init; }

    /// <summary>The order of the groups, the first one first.</summary>
    public IReadOnlyList<AnalyticsOrder> Order { get; init; } = [];

    /// <summary>Most groups.</summary>
    public required int Limit { get; init; }
}

/// <summary>What is summed up.</summary>
public enum AnalyticsSource
{
    /// <summary>Exchanges.</summary>
    Requests,

    /// <summary>Entries of the metadata of exchanges: an exchange counts once for each of its entries.</summary>
    Metadata,
}

/// <summary>What a group has in common, or a condition looks at.</summary>
public enum AnalyticsDimension
{
    /// <summary>The day, in UTC.</summary>
    Date,

    /// <summary>The second.</summary>
    Second,

    /// <summary>The minute.</summary>
    Minute,

    /// <summary>The five minutes.</summary>
    FiveMinutes,

    /// <summary>The quarter of an hour.</summary>
    FifteenMinutes,

    /// <summary>The hour.</summary>
    Hour,

    /// <summary>The gateway's id.</summary>
    Gateway,

    /// <summary>The provider's slug.</summary>
    Provider,

    /// <summary>The model.</summary>
    Model,

    /// <summary>Whether the answer came out of the gateway's cache.</summary>
    Cached,

    /// <summary>Whether the exchange failed.</summary>
    Error,

    /// <summary>Whether a rate limit of the gateway refused it.</summary>
    RateLimited,

    /// <summary>The status the client got.</summary>
    StatusCode,

    /// <summary>Whether the operator's credentials were used.</summary>
    Wholesale,

    /// <summary>The client's user agent.</summary>
    UserAgent,

    /// <summary>The cost of one exchange in US dollars.</summary>
    Cost,

    /// <summary>The duration of one exchange in whole milliseconds.</summary>
    DurationMs,

    /// <summary>The prompt tokens of one exchange.</summary>
    TokensIn,

    /// <summary>The generated tokens of one exchange.</summary>
    TokensOut,

    /// <summary>The metadata of one exchange, as a JSON object.</summary>
    MetadataRaw,

    /// <summary>The keys of the metadata of one exchange, or the key of one entry of <see cref="AnalyticsSource.Metadata"/>.</summary>
    MetadataKeys,

    /// <summary>The values of the metadata of one exchange, or the value of one entry of <see cref="AnalyticsSource.Metadata"/>.</summary>
    MetadataValues,
}

/// <summary>What can be summed up.</summary>
public enum AnalyticsMeasure
{
    /// <summary>Exchanges.</summary>
    Count,

    /// <summary>US dollars.</summary>
    Cost,

    /// <summary>Exchanges answered out of the gateway's cache.</summary>
    CachedRequests,

    /// <summary>Exchanges that failed.</summary>
    ErroredRequests,

    /// <summary>Prompt tokens of answers out of the gateway's cache.</summary>
    CachedTokensIn,

    /// <summary>Generated tokens of answers out of the gateway's cache.</summary>
    CachedTokensOut,

    /// <summary>Prompt tokens of upstream calls.</summary>
    UncachedTokensIn,

    /// <summary>Generated tokens of upstream calls.</summary>
    UncachedTokensOut,

    /// <summary>Prompt tokens of all answers.</summary>
    TokensIn,

    /// <summary>Generated tokens of all answers.</summary>
    TokensOut,

    /// <summary>Prompt tokens that were read from a provider's prompt cache.</summary>
    CacheReadTokens,

    /// <summary>Prompt tokens that were written to a provider's prompt cache.</summary>
    CacheWriteTokens,
}

/// <summary>One part of an order: a dimension or a measure.</summary>
public readonly record struct AnalyticsOrder(AnalyticsDimension? Dimension, AnalyticsMeasure? Measure, bool Descending);

/// <summary>What an exchange must meet.</summary>
public abstract record AnalyticsCondition
{
    /// <summary>All of several conditions.</summary>
    public sealed record All(IReadOnlyList<AnalyticsCondition> Conditions) : AnalyticsCondition;

    /// <summary>At least one of several conditions.</summary>
    public sealed record Any(IReadOnlyList<AnalyticsCondition> Conditions) : AnalyticsCondition;

    /// <summary>A comparison.</summary>
    /// <param name="Dimension">What is looked at.</param>
    /// <param name="Operator">How.</param>
    /// <param name="Values">
    /// With what: texts for names, whole numbers for counts, truth values, and statuses, <see cref="decimal"/> for money, times for times. One value
    /// for all operators but those that take a list.
    /// </param>
    public sealed record Compare(AnalyticsDimension Dimension, AnalyticsOperator Operator, IReadOnlyList<object> Values) : AnalyticsCondition;
}

/// <summary>How a dimension is compared.</summary>
public enum AnalyticsOperator
{
    /// <summary>Is one of the values.</summary>
    In,

    /// <summary>Is none of the values.</summary>
    NotIn,

    /// <summary>Is greater than the value.</summary>
    GreaterThan,

    /// <summary>Is the value or greater.</summary>
    AtLeast,

    /// <summary>Is less than the value.</summary>
    LessThan,

    /// <summary>Is the value or less.</summary>
    AtMost,

    /// <summary>Matches the pattern, in which <c>%</c> stands for any text.</summary>
    Like,

    /// <summary>Does not match the pattern.</summary>
    NotLike,

    /// <summary>Of several texts: all of the values are among them.</summary>
    HasAll,

    /// <summary>Of several texts: at least one of the values is among them.</summary>
    HasAny,
}

/// <summary>What is known about one group.</summary>
public sealed record AnalyticsGroup
{
    /// <summary>
    /// What it has in common, in the order of the query's dimensions: texts, whole numbers (also for truth values), <see cref="decimal"/> for money,
    /// <see cref="DateTimeOffset"/> for times, lists of texts for the metadata's keys and values; null where there is none.
    /// </summary>
    public required IReadOnlyList<object?> Dimensions { get; init; }

    /// <summary>Exchanges.</summary>
    public required long Count { get; init; }

    /// <summary>US dollars, exact.</summary>
    public required decimal CostUsd { get; init; }

    /// <summary>Exchanges answered out of the gateway's cache.</summary>
    public required long CachedRequests { get; init; }

    /// <summary>Exchanges that failed.</summary>
    public required long ErroredRequests { get; init; }

    /// <summary>Prompt tokens of answers out of the gateway's cache.</summary>
    public required long CachedTokensIn { get; init; }

    /// <summary>Generated tokens of answers out of the gateway's cache.</summary>
    public required long CachedTokensOut { get; init; }

    /// <summary>Prompt tokens of upstream calls.</summary>
    public required long UncachedTokensIn { get; init; }

    /// <summary>Generated tokens of upstream calls.</summary>
    public required long UncachedTokensOut { get; init; }

    /// <summary>Prompt tokens that were read from a provider's prompt cache.</summary>
    public required long CacheReadTokens { get; init; }

    /// <summary>Prompt tokens that were written to a provider's prompt cache.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>The durations; null if they were not asked for.</summary>
    public DurationHistogram? Durations { get; init; }
}
