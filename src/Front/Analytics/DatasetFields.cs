using GatewayActors.Abstractions.Analytics;

namespace GatewayActors.Front.Analytics;

/// <summary>A dimension as clients know it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dimension">What it is.</param>
/// <param name="Kind">What its values are.</param>
internal sealed record DimensionField(string Name, AnalyticsDimension Dimension, DimensionKind Kind)
{
    /// <summary>How long the time is that a value stands for; zero where it is no time.</summary>
    public TimeSpan Unit => Dimension switch
    {
        AnalyticsDimension.Date => TimeSpan.FromDays(1),
        AnalyticsDimension.Second => TimeSpan.FromSeconds(1),
        AnalyticsDimension.Minute => TimeSpan.FromMinutes(1),
        AnalyticsDimension.FiveMinutes => TimeSpan.FromMinutes(5),
        AnalyticsDimension.FifteenMinutes => TimeSpan.FromMinutes(15),
        AnalyticsDimension.Hour => TimeSpan.FromHours(1),
        _ => TimeSpan.Zero,
    };
}

/// <summary>What values of a dimension are.</summary>
internal enum DimensionKind
{
    /// <summary>A day, <c>2026-01-31</c>.</summary>
    Date,

    /// <summary>A moment, <c>2026-01-31T12:00:00Z</c>.</summary>
    Time,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>US dollars.</summary>
    Money,

    /// <summary>Several texts.</summary>
    Texts,

    /// <summary><c>HIT</c> or <c>MISS</c>.</summary>
    CacheStatus,
}

/// <summary>The dimensions that datasets are made of.</summary>
internal static class DatasetFields
{
    public static IReadOnlyList<DimensionField> Times { get; } =
    [
        new("date", AnalyticsDimension.Date, DimensionKind.Date),
        new("datetime", AnalyticsDimension.Second, DimensionKind.Time),
        new("datetimeMinute", AnalyticsDimension.Minute, DimensionKind.Time),
        new("datetimeFiveMinutes", AnalyticsDimension.FiveMinutes, DimensionKind.Time),
        new("datetimeFifteenMinutes", AnalyticsDimension.FifteenMinutes, DimensionKind.Time),
        new("datetimeHour", AnalyticsDimension.Hour, DimensionKind.Time),
    ];

    public static IReadOnlyList<DimensionField> Names { get; } =
    [
        new("gateway", AnalyticsDimension.Gateway, DimensionKind.Text),
        new("provider", AnalyticsDimension.Provider, DimensionKind.Text),
        new("model", AnalyticsDimension.Model, DimensionKind.Text),
    ];

    public static IReadOnlyList<DimensionField> Requests { get; } =
    [
        .. Times,
        .. Names,
        new("cached", AnalyticsDimension.Cached, DimensionKind.Number),
        new("error", AnalyticsDimension.Error, DimensionKind.Number),
        new("rateLimited", AnalyticsDimension.RateLimited, DimensionKind.Number),
        new("statusCode", AnalyticsDimension.StatusCode, DimensionKind.Number),
        new("wholesale", AnalyticsDimension.Wholesale, DimensionKind.Number),
        new("userAgent", AnalyticsDimension.UserAgent, DimensionKind.Text),
        new("cost", AnalyticsDimension.Cost, DimensionKind.Money),
        new("durationMs", AnalyticsDimension.DurationMs, DimensionKind.Number),
        new("tokensIn", AnalyticsDimension.TokensIn, DimensionKind.Number),
        new("tokensOut", AnalyticsDimension.TokensOut, DimensionKind.Number),
        new("metadataKeys", AnalyticsDimension.MetadataKeys, DimensionKind.Texts),
        new("metadataValues", AnalyticsDimension.MetadataValues, DimensionKind.Texts),
        new("metadataRaw", AnalyticsDimension.MetadataRaw, DimensionKind.Text),
    ];

    public static IReadOnlyList<DimensionField> Errors { get; } = [.. Times, .. Names, new("statusCode", AnalyticsDimension.StatusCode, DimensionKind.Number)];

    public static IReadOnlyList<DimensionField> Cache { get; } =
    [
        .. Times,
        .. Names,
        new("cacheOp", AnalyticsDimension.Cached, DimensionKind.CacheStatus),
        new("cacheStatus", AnalyticsDimension.Cached, DimensionKind.CacheStatus),
    ];

    public static IReadOnlyList<DimensionField> Metadata { get; } =
    [
        new("date", AnalyticsDimension.Date, DimensionKind.Date),
        new("datetimeHour", AnalyticsDimension.Hour, DimensionKind.Time),
        new("gateway", AnalyticsDimension.Gateway, DimensionKind.Text),
        new("key", AnalyticsDimension.MetadataKeys, DimensionKind.Text),
        new("value", AnalyticsDimension.MetadataValues, DimensionKind.Text),
        new("cached", AnalyticsDimension.Cached, DimensionKind.Number),
        new("error", AnalyticsDimension.Error, DimensionKind.Number),
    ];

    /// <summary>The sums, with what they are made of.</summary>
    public static IReadOnlyDictionary<string, (AnalyticsMeasure Measure, Func<AnalyticsGroup, object> Value)> Sums { get; } =
        new Dictionary<string, (AnalyticsMeasure, Func<AnalyticsGroup, object>)>
        {
            ["cost"] = (AnalyticsMeasure.Cost, group => group.CostUsd),
            ["cachedRequests"] = (AnalyticsMeasure.CachedRequests, group => group.CachedRequests),
            ["erroredRequests"] = (AnalyticsMeasure.ErroredRequests, group => group.ErroredRequests),
            ["cachedTokensIn"] = (AnalyticsMeasure.CachedTokensIn, group => group.CachedTokensIn),
            ["cachedTokensOut"] = (AnalyticsMeasure.CachedTokensOut, group => group.CachedTokensOut),
            ["uncachedTokensIn"] = (AnalyticsMeasure.UncachedTokensIn, group => group.UncachedTokensIn),
            ["uncachedTokensOut"] = (AnalyticsMeasure.UncachedTokensOut, group => group.UncachedTokensOut),
            ["tokensIn"] = (AnalyticsMeasure.TokensIn, group => group.CachedTokensIn + group.UncachedTokensIn),
            ["tokensOut"] = (AnalyticsMeasure.TokensOut, group => group.CachedTokensOut + group.UncachedTokensOut),
            ["cacheReadTokens"] = (AnalyticsMeasure.CacheReadTokens, group => group.CacheReadTokens),
            ["cacheWriteTokens"] = (AnalyticsMeasure.CacheWriteTokens, group => group.CacheWriteTokens),
        };

    /// <summary>The percentiles, as shares.</summary>
    public static IReadOnlyDictionary<string, double> Quantiles { get; } = new Dictionary<string, double>
    {
        ["durationMsP25"] = 0.25,
        ["durationMsP50"] = 0.5,
        ["durationMsP75"] = 0.75,
        ["durationMsP90"] = 0.9,
        ["durationMsP95"] = 0.95,
        ["durationMsP99"] = 0.99,
        ["durationMsP999"] = 0.999,
    };
}

/// <summary>A list of groups that clients can ask for.</summary>
/// <param name="Name">The field of the account.</param>
/// <param name="TypeName">The type of a group; the others begin with it.</param>
/// <param name="Dimensions">What groups can have in common.</param>
/// <param name="Source">What is summed up.</param>
internal sealed record Dataset(string Name, string TypeName, IReadOnlyList<DimensionField> Dimensions, AnalyticsSource Source = AnalyticsSource.Requests)
{
    public static Dataset Requests { get; } = new("aiGatewayRequestsAdaptiveGroups", "AccountAiGatewayRequestsAdaptiveGroups", DatasetFields.Requests);

    public static Dataset Errors { get; } = new("aiGatewayErrorsAdaptiveGroups", "AccountAiGatewayErrorsAdaptiveGroups", DatasetFields.Errors)
    {
        Always = new AnalyticsCondition.Compare(AnalyticsDimension.Error, AnalyticsOperator.In, [1L]),
        HasSums = false,
    };

    public static Dataset Cache { get; } = new("aiGatewayCacheAdaptiveGroups", "AccountAiGatewayCacheAdaptiveGroups", DatasetFields.Cache) { HasSums = false };

    /// <summary>Ours: the sums by each entry of the metadata, which the reference can only filter by.</summary>
    public static Dataset Metadata { get; } =
        new("aiGatewayMetadataAdaptiveGroups", "AccountAiGatewayMetadataAdaptiveGroups", DatasetFields.Metadata, AnalyticsSource.Metadata);

    /// <summary>What every exchange must meet; null for nothing.</summary>
    public AnalyticsCondition? Always { get; init; }

    /// <summary>Whether there is more than a count.</summary>
    public bool HasSums { get; init; } = true;
}
