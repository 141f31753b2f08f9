using System.Globalization;
using System.Text;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Storage.Logs;
using GatewayActors.Storage.Sqlite.Logs;

namespace GatewayActors.Storage.Analytics;

/// <summary>The statement that answers a query. Every value of the caller's is a parameter.</summary>
/// <param name="query">The query.</param>
/// <param name="plan">Where it is answered from.</param>
/// <param name="gatewayKeys">The keys of the gateways that are asked for; not empty.</param>
internal sealed class AnalyticsSql(AnalyticsQuery query, AnalyticsPlan plan, IReadOnlyCollection<long> gatewayKeys)
{
    /// <summary>The measures, in the order of the columns behind the dimensions; the cost follows in two, whole dollars and the rest.</summary>
    public static readonly AnalyticsMeasure[] Measures =
    [
        AnalyticsMeasure.Count, AnalyticsMeasure.CachedRequests, AnalyticsMeasure.ErroredRequests, AnalyticsMeasure.CachedTokensIn, AnalyticsMeasure.CachedTokensOut,
        AnalyticsMeasure.UncachedTokensIn, AnalyticsMeasure.UncachedTokensOut, AnalyticsMeasure.CacheReadTokens, AnalyticsMeasure.CacheWriteTokens,
    ];

    // Far more than any exchange has, and little enough that 9,000 of them do not overflow a sum.
    private const string MostTokens = "1000000000000000";
    private const string PicoPerDollar = "1000000000000";
    private const string WholeDollars = $"SUM(cost_pico / {PicoPerDollar})";
    private const string RestOfDollars = $"SUM(cost_pico % {PicoPerDollar})";

    private readonly List<object> _parameters = [];

    public IReadOnlyList<object> Parameters => _parameters;

    public string Build()
    {
        var sql = new StringBuilder("SELECT ");
        foreach (var dimension in query.Dimensions)
        {
            sql.Append(Column(dimension)).Append(", ");
        }

        sql.AppendJoin(", ", [.. Measures.Select(Sum), WholeDollars, RestOfDollars]);
        if (query.WithDurations)
        {
            sql.Append(", ").Append(plan.Kind == AnalyticsPlanKind.Entries ? DurationFunctions.Count : DurationFunctions.Sum).Append("(durations)");
        }

        sql.Append(" FROM (").Append(Source()).Append(") AS source");
        if (query.Condition is { } condition)
        {
            sql.Append(" WHERE ").Append(Condition(condition));
        }

        if (query.Dimensions.Count > 0)
        {
            sql.Append(" GROUP BY ").AppendJoin(", ", Enumerable.Range(1, query.Dimensions.Count));
        }
        else
        {
            sql.Append(" HAVING COUNT(*) > 0");
        }

        var order = query.Order.SelectMany(Order).ToList();
        if (order.Count > 0)
        {
            sql.Append(" ORDER BY ").AppendJoin(", ", order);
        }

        return sql.Append(CultureInfo.InvariantCulture, $" LIMIT {query.Limit}").ToString();
    }

    private string Source() => plan.Kind switch
    {
        AnalyticsPlanKind.Minutes => Sums(RollupTables.Minute, plan.From, plan.To),
        AnalyticsPlanKind.HoursAndMinutes when plan.FirstHour >= plan.EndOfHours => Sums(RollupTables.Minute, plan.From, plan.To),
        AnalyticsPlanKind.HoursAndMinutes => string.Join(
            " UNION ALL ",
            Sums(RollupTables.Minute, plan.From, plan.FirstHour),
            Sums(RollupTables.Hour, plan.FirstHour, plan.EndOfHours),
            Sums(RollupTables.Minute, plan.EndOfHours, plan.To)),
        AnalyticsPlanKind.MetadataHours =>
            $"""
            SELECT gateway_key, at_us, key, value, success, cached, requests, {Tokens("tokens_in")}, {Tokens("tokens_out")},
                {Tokens("cache_read_tokens")}, {Tokens("cache_write_tokens")}, cost_pico, durations
            FROM {RollupTables.Metadata} {Between("at_us", plan.From, plan.To)}
            """,
        AnalyticsPlanKind.Entries =>
            $"""
            SELECT gateway_key, created_us AS at_us, provider, model, status_code, success, cached, rate_limited, wholesale, user_agent, metadata,
                1 - superseded AS requests, {Tokens("COALESCE(tokens_in, 0)", "tokens_in")}, {Tokens("COALESCE(tokens_out, 0)", "tokens_out")},
                {Tokens("COALESCE(cache_read_tokens, 0)", "cache_read_tokens")}, {Tokens("COALESCE(cache_write_tokens, 0)", "cache_write_tokens")},
                COALESCE(cost_pico, 0) AS cost_pico, CASE superseded WHEN 0 THEN duration_us END AS durations
            FROM log_entry {Between("created_us", plan.From, plan.To)}
            """,
    };

    private string Sums(string table, long from, long to) =>
        $"""
        SELECT gateway_key, at_us, provider, model, status_code, success, cached, rate_limited, wholesale, requests, {Tokens("tokens_in")},
            {Tokens("tokens_out")}, {Tokens("cache_read_tokens")}, {Tokens("cache_write_tokens")}, cost_pico, durations
        FROM {table} {Between("at_us", from, to)}
        """;

    private string Between(string column, long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"WHERE gateway_key IN ({string.Join(',', gatewayKeys)}) AND {column} >= {from} AND {column} < {to}");

    private static string Tokens(string expression, string? name = null) => $"MIN({expression}, {MostTokens}) AS {name ?? expression}";

    private IEnumerable<string> Order(AnalyticsOrder order)
    {
        var direction = order.Descending ? " DESC" : " ASC";
        if (order.Dimension is { } dimension)
        {
            var place = query.Dimensions.ToList().IndexOf(dimension);
            return place < 0
                ? throw new ArgumentException($"Groups can only be ordered by a dimension that they have in common; {dimension} is none.")
                : [dimension == AnalyticsDimension.Gateway ? GatewayName + direction : string.Create(CultureInfo.InvariantCulture, $"{place + 1}{direction}")];
        }

        // Costs are a sum of whole dollars and one of the rest, which may be more than a dollar: compared exactly all the same.
        return order.Measure switch
        {
            null => [],
            AnalyticsMeasure.Cost => [$"{WholeDollars} + {RestOfDollars} / {PicoPerDollar}{direction}", $"{RestOfDollars} % {PicoPerDollar}{direction}"],
            { } measure => [Sum(measure) + direction],
        };
    }

    private static string Sum(AnalyticsMeasure measure) => measure switch
    {
        AnalyticsMeasure.Count => "SUM(requests)",
        AnalyticsMeasure.CachedRequests => "SUM(cached * requests)",
        AnalyticsMeasure.ErroredRequests => "SUM((1 - success) * requests)",
        AnalyticsMeasure.CachedTokensIn => "SUM(cached * tokens_in)",
        AnalyticsMeasure.CachedTokensOut => "SUM(cached * tokens_out)",
        AnalyticsMeasure.UncachedTokensIn => "SUM((1 - cached) * tokens_in)",
        AnalyticsMeasure.UncachedTokensOut => "SUM((1 - cached) * tokens_out)",
        AnalyticsMeasure.TokensIn => "SUM(tokens_in)",
        AnalyticsMeasure.TokensOut => "SUM(tokens_out)",
        AnalyticsMeasure.CacheReadTokens => "SUM(cache_read_tokens)",
        AnalyticsMeasure.CacheWriteTokens => "SUM(cache_write_tokens)",
        AnalyticsMeasure.Cost => throw new ArgumentException("A cost takes two sums.", nameof(measure)),
    };

    // Ids, not keys, are what people order and compare by; a group only has the key, which the reader replaces.
    private const string GatewayName = "(SELECT gateway_id FROM gateway WHERE gateway.key = source.gateway_key)";

    private string Column(AnalyticsDimension dimension) => dimension switch
    {
        AnalyticsDimension.Date => Floor(24 * Timestamps.Hour),
        AnalyticsDimension.Second => Floor(Timestamps.Minute / 60),
        AnalyticsDimension.Minute => Floor(Timestamps.Minute),
        AnalyticsDimension.FiveMinutes => Floor(5 * Timestamps.Minute),
        AnalyticsDimension.FifteenMinutes => Floor(15 * Timestamps.Minute),
        AnalyticsDimension.Hour => Floor(Timestamps.Hour),
        AnalyticsDimension.Gateway => "gateway_key",
        AnalyticsDimension.Provider => "provider",
        AnalyticsDimension.Model => "model",
        AnalyticsDimension.Cached => "cached",
        AnalyticsDimension.Error => "(1 - success)",
        AnalyticsDimension.RateLimited => "rate_limited",
        AnalyticsDimension.StatusCode => "status_code",
        AnalyticsDimension.Wholesale => "wholesale",
        AnalyticsDimension.UserAgent => "user_agent",
        AnalyticsDimension.Cost => "cost_pico",
        AnalyticsDimension.DurationMs => "((durations + 500) / 1000)",
        AnalyticsDimension.TokensIn => "tokens_in",
        AnalyticsDimension.TokensOut => "tokens_out",
        AnalyticsDimension.MetadataKeys when plan.Kind == AnalyticsPlanKind.MetadataHours => "key",
        AnalyticsDimension.MetadataValues when plan.Kind == AnalyticsPlanKind.MetadataHours => "value",
        AnalyticsDimension.MetadataKeys => "(SELECT json_group_array(key) FROM (SELECT key FROM json_each(metadata) ORDER BY key))",
        AnalyticsDimension.MetadataValues => $"(SELECT json_group_array({JsonText}) FROM (SELECT value, type FROM json_each(metadata) ORDER BY key))",
        AnalyticsDimension.MetadataRaw => "metadata",
    };

    private const string JsonText = "CASE type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(value AS TEXT) END";

    private static string Floor(long unit) => string.Create(CultureInfo.InvariantCulture, $"(at_us - at_us % {unit})");

    private string Condition(AnalyticsCondition condition) => condition switch
    {
        AnalyticsCondition.All { Conditions: [] } => "1",
        AnalyticsCondition.All { Conditions: var all } => $"({string.Join(" AND ", all.Select(Condition))})",
        AnalyticsCondition.Any { Conditions: [] } => "0",
        AnalyticsCondition.Any { Conditions: var any } => $"({string.Join(" OR ", any.Select(Condition))})",
        AnalyticsCondition.Compare compare => Compare(compare),
        _ => throw new ArgumentException($"{condition.GetType().Name} is no known condition."),
    };

    private string Compare(AnalyticsCondition.Compare compare)
    {
        if (plan.Kind == AnalyticsPlanKind.Entries && compare.Dimension is AnalyticsDimension.MetadataKeys or AnalyticsDimension.MetadataValues)
        {
            var text = compare.Dimension == AnalyticsDimension.MetadataKeys ? "key" : JsonText;
            string Has(object value) => $"EXISTS (SELECT 1 FROM json_each(metadata) WHERE {text} = {Parameter(value)})";
            return compare.Operator switch
            {
                AnalyticsOperator.HasAll => $"({string.Join(" AND ", compare.Values.Select(Has).DefaultIfEmpty("1"))})",
                AnalyticsOperator.HasAny => $"({string.Join(" OR ", compare.Values.Select(Has).DefaultIfEmpty("0"))})",
                _ => throw Unsuitable(compare),
            };
        }

        var column = compare.Dimension == AnalyticsDimension.Gateway ? GatewayName : Column(compare.Dimension);
        var values = compare.Values.Select(value => Stored(compare, value)).ToList();
        return compare.Operator switch
        {
            AnalyticsOperator.In or AnalyticsOperator.HasAny => $"{column} IN ({string.Join(", ", values.Select(Parameter))})",
            AnalyticsOperator.NotIn => $"({column} IS NULL OR {column} NOT IN ({string.Join(", ", values.Select(Parameter))}))",
            AnalyticsOperator.GreaterThan => $"{column} > {Only()}",
            AnalyticsOperator.AtLeast => $"{column} >= {Only()}",
            AnalyticsOperator.LessThan => $"{column} < {Only()}",
            AnalyticsOperator.AtMost => $"{column} <= {Only()}",
            AnalyticsOperator.Like when values is [string] => $"{column} LIKE {Only()}",
            AnalyticsOperator.NotLike when values is [string] => $"({column} IS NULL OR {column} NOT LIKE {Only()})",
            AnalyticsOperator.HasAll when values.Count == 1 => $"{column} = {Only()}",
            AnalyticsOperator.Like or AnalyticsOperator.NotLike or AnalyticsOperator.HasAll => throw Unsuitable(compare),
        };

        string Only() => values is [var one] ? Parameter(one) : throw Unsuitable(compare);
    }

    private static object Stored(AnalyticsCondition.Compare compare, object value) => (compare.Dimension, value) switch
    {
        ( <= AnalyticsDimension.Hour, DateTimeOffset time) => Timestamps.ToMicroseconds(time),
        (AnalyticsDimension.Gateway or AnalyticsDimension.Provider or AnalyticsDimension.Model or AnalyticsDimension.UserAgent, string text) => text,
        (AnalyticsDimension.MetadataRaw or AnalyticsDimension.MetadataKeys or AnalyticsDimension.MetadataValues, string text) => text,
        (AnalyticsDimension.Cost, decimal cost) => PicoDollars.From(cost),
        ( >= AnalyticsDimension.Cached and <= AnalyticsDimension.Wholesale, long number) => number,
        (AnalyticsDimension.DurationMs or AnalyticsDimension.TokensIn or AnalyticsDimension.TokensOut, long number) => number,
        _ => throw Unsuitable(compare),
    };

    private string Parameter(object value)
    {
        _parameters.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"@p{_parameters.Count - 1}");
    }

    private static ArgumentException Unsuitable(AnalyticsCondition.Compare compare) =>
        new($"The comparison {compare.Operator} with {compare.Values.Count} values of this kind does not suit {compare.Dimension}.");
}
