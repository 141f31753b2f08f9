using System.Linq.Expressions;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Logs;

/// <summary>Turns the filters of a query into conditions on rows.</summary>
internal static class LogFilters
{
    // Far more than anybody chooses by hand, and below what the databases take in one statement.
    private const int MaxValues = 100;

    /// <summary>The tokens of an entry, in and out; null where neither is known.</summary>
    public static readonly Expression<Func<LogRow, long?>> Tokens =
        row => row.TokensIn == null && row.TokensOut == null ? null : (row.TokensIn ?? 0) + (row.TokensOut ?? 0);

    private static readonly Expression<Func<LogRow, string?>> IdText = row => LogSql.IdText(row.Id);
    private static readonly Expression<Func<LogRow, string?>> EventId = row => row.EventId ?? LogSql.IdText(row.Id);

    /// <summary>The rows of a gateway that a query asks for, in no order.</summary>
    /// <exception cref="ArgumentException">A filter has no values, too many, or an operator or value that does not suit its key.</exception>
    public static IQueryable<LogRow> Matching(this LogDatabase database, long gatewayKey, LogQuery query)
    {
        var rows = database.Entries.Where(row => row.GatewayKey == gatewayKey);
        foreach (var condition in Of(database, query.Filters))
        {
            rows = rows.Where(condition);
        }

        return string.IsNullOrEmpty(query.Search) ? rows : rows.Where(Search(database, query.Search));
    }

    /// <summary>The conditions of filters, all of which must hold.</summary>
    /// <exception cref="ArgumentException">A filter has no values, too many, or an operator or value that does not suit its key.</exception>
    public static IReadOnlyList<Expression<Func<LogRow, bool>>> Of(LogDatabase database, IReadOnlyList<LogFilter> filters)
    {
        List<Expression<Func<LogRow, bool>>> conditions = [];
        foreach (var filter in filters)
        {
            if (filter.Values.Count is 0 or > MaxValues)
            {
                throw Conditions.Invalid(filter, $"it needs 1 to {MaxValues} values");
            }

            if (filter.Key is not (LogFilterKey.MetadataKey or LogFilterKey.MetadataValue))
            {
                conditions.Add(Condition(filter));
            }
        }

        conditions.AddRange(MetadataFilters.Conditions(database, filters));
        return conditions;
    }

    private static Expression<Func<LogRow, bool>> Condition(LogFilter filter) => filter.Key switch
    {
        LogFilterKey.Id => Id(filter),
        LogFilterKey.CreatedAt => Conditions.Number<LogRow>(row => row.CreatedUs, filter, Microseconds),
        LogFilterKey.RequestContentType => Conditions.Text<LogRow>(row => row.RequestContentType, filter),
        LogFilterKey.ResponseContentType => Conditions.Text<LogRow>(row => row.ResponseContentType, filter),
        LogFilterKey.RequestType => Conditions.Text<LogRow>(row => row.RequestType, filter),
        LogFilterKey.Success => Conditions.Boolean<LogRow>(row => row.Success, filter),
        LogFilterKey.Cached => Conditions.Boolean<LogRow>(row => row.Cached, filter),
        LogFilterKey.Provider => Conditions.Text<LogRow>(row => row.Provider, filter),
        LogFilterKey.Model => Conditions.Text<LogRow>(row => row.Model, filter),
        LogFilterKey.ModelType => Conditions.Text<LogRow>(row => row.ModelType, filter),
        LogFilterKey.Cost => Conditions.Number<LogRow>(row => row.CostPico, filter, value => value is decimal cost ? PicoDollars.Scale(cost) : null),
        LogFilterKey.Tokens => Conditions.Number(Tokens, filter, Number),
        LogFilterKey.TokensIn => Conditions.Number<LogRow>(row => row.TokensIn, filter, Number),
        LogFilterKey.TokensOut => Conditions.Number<LogRow>(row => row.TokensOut, filter, Number),
        LogFilterKey.Duration => Conditions.Number<LogRow>(row => row.DurationUs, filter, value => value is decimal ms ? Decimals.Scale(ms, 1_000) : null),
        LogFilterKey.Feedback => Conditions.Number<LogRow>(row => row.Feedback, filter, Number),
        LogFilterKey.EventId => Conditions.Text(EventId, filter),
        LogFilterKey.Authentication => Conditions.Boolean<LogRow>(row => row.Authentication, filter),
        LogFilterKey.Wholesale => Conditions.Boolean<LogRow>(row => row.Wholesale, filter),
        LogFilterKey.CompatibilityMode => Conditions.Boolean<LogRow>(row => row.CompatibilityMode, filter),
        LogFilterKey.DlpAction => Conditions.Text<LogRow>(row => row.DlpAction, filter),
        LogFilterKey.UserAgent => Conditions.Text<LogRow>(row => row.UserAgent, filter),
        LogFilterKey.StatusCode => Conditions.Number<LogRow>(row => row.StatusCode, filter, Number),
        LogFilterKey.PromptId => Predicate.Constant<LogRow>(false),
        LogFilterKey.MetadataKey or LogFilterKey.MetadataValue => throw new InvalidOperationException("Metadata filters go together."),
    };

    // As bytes, so that the index finds it; what is no id equals none.
    private static Expression<Func<LogRow, bool>> Id(LogFilter filter)
    {
        if (filter.Operator is not (LogFilterOperator.Equal or LogFilterOperator.NotEqual))
        {
            return Conditions.Text(IdText, filter);
        }

        var equal = Predicate.Any(filter.Values
            .Select(value => Guid.TryParseExact(Conditions.Value<string>(filter, value), "D", out var id) ? LogIds.ToBytes(id) : null)
            .OfType<byte[]>()
            .Select(id => (Expression<Func<LogRow, bool>>)(row => row.Id == id)));
        return filter.Operator == LogFilterOperator.Equal ? equal : equal.Not();
    }

    private static Expression<Func<LogRow, bool>> Search(LogDatabase database, string text) => Predicate.Any(
    [
        Conditions.Contains(IdText, text),
        Conditions.Contains<LogRow>(row => row.EventId, text),
        Conditions.Contains<LogRow>(row => row.Provider, text),
        Conditions.Contains<LogRow>(row => row.Model, text),
        Conditions.Contains<LogRow>(row => row.Path, text),
        Conditions.Contains<LogRow>(row => row.UserAgent, text),
        MetadataFilters.Contains(database, text),
    ]);

    private static decimal? Number(object value) => value as decimal?;

    private static decimal? Microseconds(object value) =>
        value is DateTimeOffset time ? (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / (decimal)TimeSpan.TicksPerMicrosecond : null;
}
