using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logs;

/// <summary>Reads the conditions of a query: <c>filters</c>, and the older parameters that stand for one filter each.</summary>
internal static class LogFilterReader
{
    private static readonly (string Name, LogFilterKey Key, LogFilterOperator Operator)[] Bounds =
    [
        ("min_cost", LogFilterKey.Cost, LogFilterOperator.AtLeast), ("max_cost", LogFilterKey.Cost, LogFilterOperator.AtMost),
        ("min_tokens_in", LogFilterKey.TokensIn, LogFilterOperator.AtLeast), ("max_tokens_in", LogFilterKey.TokensIn, LogFilterOperator.AtMost),
        ("min_tokens_out", LogFilterKey.TokensOut, LogFilterOperator.AtLeast), ("max_tokens_out", LogFilterKey.TokensOut, LogFilterOperator.AtMost),
        ("min_total_tokens", LogFilterKey.Tokens, LogFilterOperator.AtLeast), ("max_total_tokens", LogFilterKey.Tokens, LogFilterOperator.AtMost),
        ("min_duration", LogFilterKey.Duration, LogFilterOperator.AtLeast), ("max_duration", LogFilterKey.Duration, LogFilterOperator.AtMost),
    ];

    private static readonly (string Name, LogFilterKey Key)[] Texts =
    [
        ("id", LogFilterKey.Id), ("model", LogFilterKey.Model), ("model_type", LogFilterKey.ModelType), ("provider", LogFilterKey.Provider),
        ("request_content_type", LogFilterKey.RequestContentType), ("response_content_type", LogFilterKey.ResponseContentType),
    ];

    /// <summary>Reads <c>filters</c>; notes every mistake with the filter's place.</summary>
    public static List<LogFilter> ReadFilters(QueryReader query, string? queryString)
    {
        List<LogFilter> filters = [];
        var raw = RawLogFilters.Read(queryString, out var problem);
        if (problem is not null)
        {
            query.Fail("filters", problem);
        }
        else if (raw.Count > LogFilterValues.MaxFilters)
        {
            query.Fail("filters", $"At most {LogFilterValues.MaxFilters} filters");
        }
        else
        {
            foreach (var (index, filter) in raw.Index())
            {
                if (Read(filter, index, query) is { } read)
                {
                    filters.Add(read);
                }
            }
        }

        return filters;
    }

    /// <summary>Adds what the older parameters ask for.</summary>
    public static void AddParameters(QueryReader query, List<LogFilter> filters)
    {
        if (query.Time("start_date") is { } start)
        {
            filters.Add(new(LogFilterKey.CreatedAt, LogFilterOperator.AtLeast, [start]));
        }

        if (query.Time("end_date") is { } end)
        {
            filters.Add(new(LogFilterKey.CreatedAt, LogFilterOperator.AtMost, [end]));
        }

        foreach (var (name, key, @operator) in Bounds)
        {
            if (query.Number(name) is { } number)
            {
                filters.Add(new(key, @operator, [number]));
            }
        }

        foreach (var (name, key) in Texts)
        {
            if (query.Text(name) is { } text)
            {
                filters.Add(new(key, LogFilterOperator.Equal, [text]));
            }
        }

        foreach (var (name, key) in (ReadOnlySpan<(string, LogFilterKey)>)[("success", LogFilterKey.Success), ("cached", LogFilterKey.Cached)])
        {
            if (query.Boolean(name) is { } flag)
            {
                filters.Add(new(key, LogFilterOperator.Equal, [flag]));
            }
        }

        if (query.Text("feedback") is not null)
        {
            filters.Add(new(LogFilterKey.Feedback, LogFilterOperator.Equal, [(decimal)query.Integer("feedback", 0, -1, 1)]));
        }
    }

    private static LogFilter? Read(RawLogFilter raw, int index, QueryReader query)
    {
        var known = query.Errors.Count;
        void Fail(string field, string message) =>
            query.Errors.Add(ApiErrors.Invalid($"filters.{field}: {message}", "query", "filters", $"{index}", field));

        if (raw.Key is null || !LogWords.Keys.TryParse(raw.Key, out var key))
        {
            Fail("key", raw.Key is null ? "Required" : LogWords.Keys.Refusal(raw.Key));
            key = default;
        }

        if (raw.Operator is null || !LogWords.Operators.TryParse(raw.Operator, out var @operator))
        {
            Fail("operator", raw.Operator is null ? "Required" : LogWords.Operators.Refusal(raw.Operator));
            @operator = default;
        }

        if (raw.Values.Count is 0 or > LogFilterValues.MaxValues)
        {
            Fail("value", raw.Values.Count == 0 ? "Required" : $"At most {LogFilterValues.MaxValues} values");
        }

        if (query.Errors.Count > known)
        {
            return null;
        }

        return LogFilterValues.Read(key, @operator, raw.Values, Fail);
    }
}
