using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Logs;

/// <summary>The orders of a query.</summary>
internal static class LogOrdering
{
    /// <summary>Sorts; equal values by id, in the same direction, so that pages neither repeat nor miss an entry.</summary>
    public static IQueryable<LogRow> InOrder(this IQueryable<LogRow> rows, LogQuery query) => query.OrderBy switch
    {
        LogOrder.CreatedAt => Sort(rows, row => row.CreatedUs, query),
        LogOrder.Provider => Sort(rows, row => row.Provider, query),
        LogOrder.Model => Sort(rows, row => row.Model, query),
        LogOrder.ModelType => Sort(rows, row => row.ModelType, query),
        LogOrder.Success => Sort(rows, row => row.Success, query),
        LogOrder.Cached => Sort(rows, row => row.Cached, query),
        LogOrder.Cost => Sort(rows, row => row.CostPico, query),
        LogOrder.TokensIn => Sort(rows, row => row.TokensIn, query),
        LogOrder.TokensOut => Sort(rows, row => row.TokensOut, query),
        LogOrder.Duration => Sort(rows, row => row.DurationUs, query),
        LogOrder.Feedback => Sort(rows, row => row.Feedback, query),
    };

    private static IQueryable<LogRow> Sort<TKey>(
        IQueryable<LogRow> rows, System.Linq.Expressions.Expression<Func<LogRow, TKey>> key, LogQuery query) => query.Descending
        ? rows.OrderByDescending(key).ThenByDescending(row => row.Id)
        : rows.OrderBy(key).ThenBy(row => row.Id);
}
