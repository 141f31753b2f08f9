using System.Linq.Expressions;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Logs;

/// <summary>
/// Conditions of one kind of column: the values of a filter are alternatives, <see cref="LogFilterOperator.NotEqual"/> means that none
/// matches, and null is an absent value.
/// </summary>
internal static class Conditions
{
    public static Expression<Func<T, bool>> Text<T>(Expression<Func<T, string?>> column, LogFilter filter)
    {
        var values = filter.Values.Select(value => Value<string>(filter, value)).ToArray();
        return filter.Operator switch
        {
            LogFilterOperator.Equal => OneOf(column, values),
            LogFilterOperator.NotEqual => NoneOf(column, values),
            LogFilterOperator.Contains => Predicate.Any(values.Select(
                value => Contains(column, value ?? throw Invalid(filter, "'contains' needs a text, not null")))),
            LogFilterOperator.LessThan or LogFilterOperator.GreaterThan or LogFilterOperator.AtLeast or LogFilterOperator.AtMost => throw Unsuitable(filter),
        };
    }

    /// <param name="column">In stored units.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="toStored">Gives a value in stored units, exactly: it need not be whole.</param>
    public static Expression<Func<T, bool>> Number<T>(Expression<Func<T, long?>> column, LogFilter filter, Func<object, decimal?> toStored)
    {
        var values = filter.Values
            .Select(value => value is null ? (decimal?)null : toStored(value) ?? throw WrongType(filter, value))
            .ToArray();
        return filter.Operator switch
        {
            LogFilterOperator.Equal => Predicate.Any(values.Select(value => Equal(column, value))),
            LogFilterOperator.NotEqual => Predicate.All(values.Select(value => NotEqual(column, value))),
            LogFilterOperator.LessThan => Compare(decimal.Ceiling, bound => stored => stored < bound),
            LogFilterOperator.GreaterThan => Compare(decimal.Floor, bound => stored => stored > bound),
            LogFilterOperator.AtLeast => Compare(decimal.Ceiling, bound => stored => stored >= bound),
            LogFilterOperator.AtMost => Compare(decimal.Floor, bound => stored => stored <= bound),
            LogFilterOperator.Contains => throw Unsuitable(filter),
        };

        // A bound between two stored values is moved to the one that gives the same answer.
        Expression<Func<T, bool>> Compare(Func<decimal, decimal> round, Func<long, Expression<Func<long?, bool>>> condition) =>
            Predicate.Any(values.OfType<decimal>().Select(value => column.On(condition(Bound(round(value))))));
    }

    public static Expression<Func<T, bool>> Boolean<T>(Expression<Func<T, bool>> column, LogFilter filter)
    {
        var values = filter.Values.Select(value => value is null ? (bool?)null : value as bool? ?? throw WrongType(filter, value)).OfType<bool>().ToArray();
        return filter.Operator switch
        {
            LogFilterOperator.Equal => Predicate.Any(values.Select(value => column.On(stored => stored == value))),
            LogFilterOperator.NotEqual => Predicate.All(values.Select(value => column.On(stored => stored != value))),
            LogFilterOperator.Contains or LogFilterOperator.LessThan or LogFilterOperator.GreaterThan
                or LogFilterOperator.AtLeast or LogFilterOperator.AtMost => throw Unsuitable(filter),
        };
    }

    public static Expression<Func<T, bool>> Contains<T>(Expression<Func<T, string?>> column, string needle)
    {
        var lower = needle.ToLowerInvariant();
        return LogSql.IsAscii(needle)
            ? column.On(stored => LogSql.ContainsAscii(stored, lower))
            : column.On(stored => LogSql.ContainsAny(stored, needle));
    }

    public static ArgumentException Unsuitable(LogFilter filter) => Invalid(filter, $"the operator {filter.Operator} does not suit it");

    public static ArgumentException WrongType(LogFilter filter, object value) => Invalid(filter, $"a value of type {value.GetType().Name} does not suit it");

    public static ArgumentException Invalid(LogFilter filter, string reason) => new($"The filter {filter.Key} is not valid: {reason}.");

    public static T? Value<T>(LogFilter filter, object? value)
        where T : class => value is null ? null : value as T ?? throw WrongType(filter, value);

    private static Expression<Func<T, bool>> OneOf<T>(Expression<Func<T, string?>> column, string?[] values)
    {
        var present = values.OfType<string>().ToArray();
        var matches = present.Length == 0 ? Predicate.Constant<T>(false) : column.On(stored => present.Contains(stored));
        return values.Contains(null) ? Predicate.Any([matches, column.On(stored => stored == null)]) : matches;
    }

    private static Expression<Func<T, bool>> NoneOf<T>(Expression<Func<T, string?>> column, string?[] values)
    {
        // Spelled out for absent values: in SQL they are neither in a list nor outside it.
        var present = values.OfType<string>().ToArray();
        var differs = present.Length == 0 ? Predicate.Constant<T>(true) : column.On(stored => stored == null || !present.Contains(stored));
        return values.Contains(null) ? Predicate.All([differs, column.On(stored => stored != null)]) : differs;
    }

    private static Expression<Func<T, bool>> Equal<T>(Expression<Func<T, long?>> column, decimal? value) => value switch
    {
        null => column.On(stored => stored == null),
        { } number when Whole(number) is { } whole => column.On(stored => stored == whole),
        _ => Predicate.Constant<T>(false),
    };

    private static Expression<Func<T, bool>> NotEqual<T>(Expression<Func<T, long?>> column, decimal? value) => value switch
    {
        null => column.On(stored => stored != null),
        { } number when Whole(number) is { } whole => column.On(stored => stored == null || stored != whole),
        _ => Predicate.Constant<T>(true),
    };

    private static long? Whole(decimal value) => value == decimal.Truncate(value) && value is >= long.MinValue and <= long.MaxValue ? (long)value : null;

    private static long Bound(decimal value) => (long)Math.Clamp(value, long.MinValue, long.MaxValue);
}
