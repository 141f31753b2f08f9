using System.Globalization;
using System.Linq.Expressions;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Logs;

/// <summary>Conditions on the entries of the metadata.</summary>
internal static class MetadataFilters
{
    private static readonly Expression<Func<JsonMember, string?>> Key = member => member.Key;
    private static readonly Expression<Func<LogRow, string?>> Metadata = row => row.Metadata;
    private static readonly Expression<Func<JsonMember, string?>> Value = member => LogSql.MemberText(member.Type, member.Atom);

    /// <summary>
    /// The conditions of all metadata filters. As many filters on keys as on values belong together in their order, each pair on the
    /// same entry; otherwise each filter stands alone.
    /// </summary>
    public static IEnumerable<Expression<Func<LogRow, bool>>> Conditions(LogDatabase database, IReadOnlyList<LogFilter> filters)
    {
        var keys = filters.Where(filter => filter.Key == LogFilterKey.MetadataKey).ToArray();
        var values = filters.Where(filter => filter.Key == LogFilterKey.MetadataValue).Select(WithTexts).ToArray();
        return keys.Length == values.Length
            ? keys.Zip(values, (key, value) => Pair(database, key, value))
            : [.. keys.Select(key => Alone(database, Key, key)), .. values.Select(value => Alone(database, Value, value))];
    }

    /// <summary>Whether a key or a value contains a text, ignoring case.</summary>
    public static Expression<Func<LogRow, bool>> Contains(LogDatabase database, string text) =>
        Exists(database, Predicate.Any([Logs.Conditions.Contains(Key, text), Logs.Conditions.Contains(Value, text)]));

    private static Expression<Func<LogRow, bool>> Pair(LogDatabase database, LogFilter key, LogFilter value)
    {
        // Two negations together are not about one entry: neither may match anywhere.
        if (key.Operator == LogFilterOperator.NotEqual && value.Operator == LogFilterOperator.NotEqual)
        {
            return Predicate.All([Alone(database, Key, key), Alone(database, Value, value)]);
        }

        return Predicate.All([Narrow(key), Narrow(value), Exists(database, Predicate.All([Logs.Conditions.Text(Key, key), Logs.Conditions.Text(Value, value)]))]);
    }

    // Null is an absent value: no entry at all, or (for a value) one that is null.
    private static Expression<Func<LogRow, bool>> Alone(LogDatabase database, Expression<Func<JsonMember, string?>> text, LogFilter filter)
    {
        if (filter.Operator == LogFilterOperator.NotEqual)
        {
            return Alone(database, text, filter with { Operator = LogFilterOperator.Equal }).Not();
        }

        var exists = Predicate.All([Narrow(filter), Exists(database, Logs.Conditions.Text(text, filter))]);
        return filter.Values.Contains(null) ? Predicate.Any([exists, Exists(database, Predicate.Constant<JsonMember>(true)).Not()]) : exists;
    }

    // Taking JSON apart is what costs: entries in whose text none of the values can stand are left out first. Values that JSON may
    // write in several ways, and absent ones, tell nothing.
    private static Expression<Func<LogRow, bool>> Narrow(LogFilter filter) =>
        filter.Operator == LogFilterOperator.Equal && filter.Values.All(value => value is string { Length: > 0 } text && text.All(IsPlain) && text.Any(char.IsAsciiLetter))
            ? Predicate.Any(filter.Values.Cast<string>().Select(text => Logs.Conditions.Contains(Metadata, text)))
            : Predicate.Constant<LogRow>(true);

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '@' or ' ' or ':';

    private static Expression<Func<LogRow, bool>> Exists(LogDatabase database, Expression<Func<JsonMember, bool>> condition)
    {
        Expression<Func<LogRow, IQueryable<JsonMember>>> members = row => LogSql.Members(database, row.Metadata);
        return Expression.Lambda<Func<LogRow, bool>>(
            Expression.Call(typeof(Queryable), nameof(Queryable.Any), [typeof(JsonMember)], members.Body, Expression.Quote(condition)),
            members.Parameters);
    }

    private static LogFilter WithTexts(LogFilter filter) => filter with
    {
        Values = [.. filter.Values.Select(value => value switch
        {
            bool boolean => boolean ? "true" : "false",
            decimal number => number.ToString(CultureInfo.InvariantCulture),
            _ => value,
        })],
    };
}
