using GatewayActors.Abstractions.Analytics;

namespace GatewayActors.Storage.Analytics;

/// <summary>Where a query is answered from: sums where they can tell, which is by far the quickest, else the log entries.</summary>
/// <param name="Kind">Where from.</param>
/// <param name="From">The first moment, in stored units.</param>
/// <param name="To">The first moment that is not asked for, in stored units.</param>
internal sealed record AnalyticsPlan(AnalyticsPlanKind Kind, long From, long To)
{
    private static readonly AnalyticsDimension[] OnlyInEntries =
    [
        AnalyticsDimension.Second, AnalyticsDimension.UserAgent, AnalyticsDimension.Cost, AnalyticsDimension.DurationMs, AnalyticsDimension.TokensIn,
        AnalyticsDimension.TokensOut, AnalyticsDimension.MetadataRaw, AnalyticsDimension.MetadataKeys, AnalyticsDimension.MetadataValues,
    ];

    private static readonly AnalyticsDimension[] OnlyInMinutes = [AnalyticsDimension.Minute, AnalyticsDimension.FiveMinutes, AnalyticsDimension.FifteenMinutes];

    private static readonly AnalyticsDimension[] InMetadata =
    [
        AnalyticsDimension.Date, AnalyticsDimension.Hour, AnalyticsDimension.Gateway, AnalyticsDimension.Cached, AnalyticsDimension.Error,
        AnalyticsDimension.MetadataKeys, AnalyticsDimension.MetadataValues,
    ];

    /// <summary>The first whole hour that is asked for.</summary>
    public long FirstHour => Timestamps.Floor(From + Timestamps.Hour - 1, Timestamps.Hour);

    /// <summary>The end of the last whole hour that is asked for.</summary>
    public long EndOfHours => Math.Max(FirstHour, Timestamps.Floor(To, Timestamps.Hour));

    public static AnalyticsPlan Of(AnalyticsQuery query)
    {
        AnalyticsDimension[] used = [.. query.Dimensions, .. UsedBy(query.Condition), .. query.Order.Select(order => order.Dimension).OfType<AnalyticsDimension>()];
        var (from, to) = (Timestamps.ToMicroseconds(query.From), Timestamps.ToMicroseconds(query.To));
        if (query.Source == AnalyticsSource.Metadata)
        {
            return used.FirstOrDefault(dimension => !InMetadata.Contains(dimension), AnalyticsDimension.Date) is not AnalyticsDimension.Date and var unknown
                ? throw new ArgumentException($"The entries of metadata are not known by {unknown}.")
                : new(AnalyticsPlanKind.MetadataHours, Timestamps.Floor(from, Timestamps.Hour), Timestamps.Floor(to + Timestamps.Hour - 1, Timestamps.Hour));
        }

        if (used.Any(OnlyInEntries.Contains))
        {
            return new(AnalyticsPlanKind.Entries, from, to);
        }

        var (fromMinute, toMinute) = (Timestamps.Floor(from, Timestamps.Minute), Timestamps.Floor(to + Timestamps.Minute - 1, Timestamps.Minute));
        return new(used.Any(OnlyInMinutes.Contains) ? AnalyticsPlanKind.Minutes : AnalyticsPlanKind.HoursAndMinutes, fromMinute, toMinute);
    }

    private static IEnumerable<AnalyticsDimension> UsedBy(AnalyticsCondition? condition) => condition switch
    {
        AnalyticsCondition.All all => all.Conditions.SelectMany(UsedBy),
        AnalyticsCondition.Any any => any.Conditions.SelectMany(UsedBy),
        AnalyticsCondition.Compare compare => [compare.Dimension],
        _ => [],
    };
}

/// <summary>Where a query is answered from.</summary>
internal enum AnalyticsPlanKind
{
    /// <summary>Sums by hour, and by minute for the parts of hours at both ends.</summary>
    HoursAndMinutes,

    /// <summary>Sums by minute.</summary>
    Minutes,

    /// <summary>Sums by hour and entry of the metadata.</summary>
    MetadataHours,

    /// <summary>The log entries.</summary>
    Entries,
}
