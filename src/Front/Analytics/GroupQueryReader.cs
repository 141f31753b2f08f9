using System.Collections;
using System.Globalization;
using GatewayActors.Abstractions.Analytics;

namespace GatewayActors.Front.Analytics;

/// <summary>Reads the arguments of a dataset. Values may be literals or variables of any declared type, as real clients send them.</summary>
internal sealed class GroupQueryReader(Dataset dataset, DateTimeOffset now)
{
    public const int DefaultLimit = 10;
    public const int MostLimit = 10_000;

    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(1);

    // The longest first: "_in" would be taken for the end of "_notin".
    private static readonly (string Suffix, AnalyticsOperator Operator)[] Operators =
    [
        ("_notlike", AnalyticsOperator.NotLike),
        ("_hasall", AnalyticsOperator.HasAll),
        ("_hasany", AnalyticsOperator.HasAny),
        ("_notin", AnalyticsOperator.NotIn),
        ("_like", AnalyticsOperator.Like),
        ("_neq", AnalyticsOperator.NotIn),
        ("_geq", AnalyticsOperator.AtLeast),
        ("_leq", AnalyticsOperator.AtMost),
        ("_has", AnalyticsOperator.HasAll),
        ("_in", AnalyticsOperator.In),
        ("_gt", AnalyticsOperator.GreaterThan),
        ("_lt", AnalyticsOperator.LessThan),
        ("", AnalyticsOperator.In),
    ];

    private DateTimeOffset? _from;
    private DateTimeOffset? _to;
    private List<string>? _gateways;

    /// <summary>All suffixes that a dimension can have in a filter.</summary>
    public static IEnumerable<string> Suffixes(DimensionKind kind) => kind switch
    {
        DimensionKind.Texts => ["_has", "_hasall", "_hasany"],
        DimensionKind.Text => ["", "_neq", "_in", "_notin", "_gt", "_geq", "_lt", "_leq", "_like", "_notlike"],
        DimensionKind.CacheStatus => ["", "_neq", "_in", "_notin"],
        DimensionKind.Date or DimensionKind.Time or DimensionKind.Number or DimensionKind.Money => ["", "_neq", "_in", "_notin", "_gt", "_geq", "_lt", "_leq"],
    };

    /// <summary>Reads a query.</summary>
    /// <exception cref="QueryException">It is not valid; the message says why.</exception>
    public AnalyticsQuery Read(string accountId, object? filter, object? order, object? limit, IReadOnlyList<DimensionField> dimensions, bool withDurations)
    {
        var condition = ReadFilter(filter, isTop: true);
        if (dataset.Always is { } always)
        {
            condition = condition is null ? always : new AnalyticsCondition.All([always, condition]);
        }

        var to = _to ?? now + TimeSpan.FromMinutes(1);
        return new()
        {
            AccountId = accountId,
            Source = dataset.Source,
            From = _from ?? (_to ?? now) - DefaultWindow,
            To = to,
            Gateways = _gateways,
            Condition = condition,
            Dimensions = [.. dimensions.Select(field => field.Dimension).Distinct()],
            WithDurations = withDurations,
            Order = [.. ReadOrder(order, dimensions)],
            Limit = ReadLimit(limit),
        };
    }

    private static int ReadLimit(object? limit)
    {
        if (limit is null)
        {
            return DefaultLimit;
        }

        return Number("limit", limit) is >= 1 and <= MostLimit and var number
            ? (int)number
            : throw new QueryException($"limit must be a whole number from 1 to {MostLimit}");
    }

    private AnalyticsCondition? ReadFilter(object? filter, bool isTop)
    {
        if (filter is null)
        {
            return null;
        }

        var conditions = new List<AnalyticsCondition>();
        foreach (var (key, value) in filter as IDictionary<string, object?> ?? throw new QueryException("filter must be an object"))
        {
            switch (key)
            {
                case "AND":
                    conditions.AddRange(Items(value).Select(item => ReadFilter(item, isTop)).OfType<AnalyticsCondition>());
                    break;
                case "OR":
                    conditions.Add(new AnalyticsCondition.Any([.. Items(value).Select(item => ReadFilter(item, isTop: false) ?? new AnalyticsCondition.All([]))]));
                    break;
                default:
                    if (ReadComparison(key, value, isTop) is { } comparison)
                    {
                        conditions.Add(comparison);
                    }

                    break;
            }
        }

        return conditions switch
        {
            [] => null,
            [var only] => only,
            _ => new AnalyticsCondition.All(conditions),
        };
    }

    private AnalyticsCondition.Compare? ReadComparison(string key, object? value, bool isTop)
    {
        var (field, suffix, op) = Find(key) ?? throw new QueryException($"unknown filter \"{key}\"");
        if (value is null)
        {
            return null; // An optional variable that was left out.
        }

        var takesList = suffix is "_in" or "_notin" or "_hasall" or "_hasany";
        object[] values = [.. (takesList ? Items(value) : [value]).Select(item => Value(key, field, item))];
        if (isTop && field.Unit > TimeSpan.Zero && op is AnalyticsOperator.AtLeast or AnalyticsOperator.GreaterThan or AnalyticsOperator.AtMost or AnalyticsOperator.LessThan)
        {
            Bound(op, field.Unit, (DateTimeOffset)values[0]);
            return null;
        }

        if (isTop && op == AnalyticsOperator.In && field.Unit > TimeSpan.Zero && values is [DateTimeOffset only] && Floor(only, field.Unit) == only)
        {
            Bound(AnalyticsOperator.AtLeast, field.Unit, only);
            Bound(AnalyticsOperator.LessThan, field.Unit, only + field.Unit);
            return null;
        }

        if (isTop && op == AnalyticsOperator.In && field.Dimension == AnalyticsDimension.Gateway)
        {
            // Named apart, so that only their sums are looked at.
            _gateways = _gateways is null ? [.. values.Cast<string>()] : [.. _gateways.Intersect(values.Cast<string>())];
            return null;
        }

        return new(field.Dimension, op, values);
    }

    // A bucket is compared by its begin.
    private void Bound(AnalyticsOperator op, TimeSpan unit, DateTimeOffset time)
    {
        var floor = Floor(time, unit);
        var ceiling = floor == time ? floor : floor + unit;
        switch (op)
        {
            case AnalyticsOperator.AtLeast:
                _from = Latest(_from, ceiling);
                break;
            case AnalyticsOperator.GreaterThan:
                _from = Latest(_from, floor + unit);
                break;
            case AnalyticsOperator.AtMost:
                _to = Earliest(_to, floor + unit);
                break;
            default:
                _to = Earliest(_to, ceiling);
                break;
        }
    }

    private static DateTimeOffset Latest(DateTimeOffset? left, DateTimeOffset right) => left > right ? left.Value : right;

    private static DateTimeOffset Earliest(DateTimeOffset? left, DateTimeOffset right) => left < right ? left.Value : right;

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan unit) => new(time.UtcTicks - (time.UtcTicks % unit.Ticks), TimeSpan.Zero);

    private (DimensionField Field, string Suffix, AnalyticsOperator Operator)? Find(string key)
    {
        foreach (var (suffix, op) in Operators)
        {
            if (key.EndsWith(suffix, StringComparison.Ordinal)
                && dataset.Dimensions.FirstOrDefault(field => field.Name.Length == key.Length - suffix.Length && key.StartsWith(field.Name, StringComparison.Ordinal)) is { } field
                && Suffixes(field.Kind).Contains(suffix))
            {
                return (field, suffix, op);
            }
        }

        return null;
    }

    private IEnumerable<AnalyticsOrder> ReadOrder(object? order, IReadOnlyList<DimensionField> dimensions)
    {
        foreach (var item in Items(order))
        {
            var text = item as string ?? throw new QueryException("orderBy must be a list of names such as datetimeHour_ASC");
            var descending = text.EndsWith("_DESC", StringComparison.Ordinal);
            if (!descending && !text.EndsWith("_ASC", StringComparison.Ordinal))
            {
                throw new QueryException($"unknown orderBy \"{text}\"");
            }

            var name = text[..text.LastIndexOf('_')];
            if (name == "count")
            {
                yield return new(null, AnalyticsMeasure.Count, descending);
            }
            else if (dataset.HasSums && name.StartsWith("sum_", StringComparison.Ordinal) && DatasetFields.Sums.TryGetValue(name[4..], out var sum))
            {
                yield return new(null, sum.Measure, descending);
            }
            else
            {
                var field = dataset.Dimensions.FirstOrDefault(field => field.Name == name) ?? throw new QueryException($"unknown orderBy \"{text}\"");
                if (dimensions.All(asked => asked.Dimension != field.Dimension))
                {
                    throw new QueryException($"orderBy \"{text}\" needs {name} among the dimensions");
                }

                yield return new(field.Dimension, null, descending);
            }
        }
    }

    // One value stands for a list of one, as everywhere in this language.
    private static IEnumerable<object?> Items(object? value) => value switch
    {
        null => [],
        string or IDictionary<string, object?> => [value],
        IEnumerable items => items.Cast<object?>(),
        _ => [value],
    };

    private static object Value(string key, DimensionField field, object? value) => field.Kind switch
    {
        DimensionKind.Date or DimensionKind.Time => Time(key, value),
        DimensionKind.Number => Number(key, value) ?? throw new QueryException($"{key} must be a whole number"),
        DimensionKind.Money => Money(key, value),
        DimensionKind.CacheStatus => value is string status && status.ToUpperInvariant() is "HIT" or "MISS"
            ? string.Equals((string)value, "HIT", StringComparison.OrdinalIgnoreCase) ? 1L : 0L
            : throw new QueryException($"{key} must be HIT or MISS"),
        DimensionKind.Text or DimensionKind.Texts => value as string ?? throw new QueryException($"{key} must be a text"),
    };

    private static DateTimeOffset Time(string key, object? value) => value switch
    {
        DateTimeOffset time => time.ToUniversalTime(),
        DateTime time => new(DateTime.SpecifyKind(time.ToUniversalTime(), DateTimeKind.Utc)),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
        _ => throw new QueryException($"{key} must be a time such as 2026-01-31T12:00:00Z"),
    };

    private static long? Number(string key, object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        int number => number,
        long number => number,
        string text when long.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        decimal number when number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue => (long)number,
        double number when number == Math.Truncate(number) && Math.Abs(number) < 1e15 => (long)number,
        _ => throw new QueryException($"{key} must be a whole number"),
    };

    private static decimal Money(string key, object? value) => value switch
    {
        int number => number,
        long number => number,
        decimal number => number,
        double number when Math.Abs(number) < 1e15 => (decimal)number,
        string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new QueryException($"{key} must be a number"),
    };
}

/// <summary>A query cannot be answered as it is; the message tells the client why.</summary>
internal sealed class QueryException(string message) : Exception(message);
