using System.Linq.Expressions;

namespace GatewayActors.Storage.Logs;

/// <summary>Puts conditions together that were written as lambdas.</summary>
internal static class Predicate
{
    public static Expression<Func<T, bool>> Constant<T>(bool value) => Expression.Lambda<Func<T, bool>>(Expression.Constant(value), Expression.Parameter(typeof(T)));

    /// <summary>The condition on a column as a condition on its row.</summary>
    public static Expression<Func<T, bool>> On<T, TColumn>(this Expression<Func<T, TColumn>> column, Expression<Func<TColumn, bool>> condition) =>
        Expression.Lambda<Func<T, bool>>(Replace(condition.Body, condition.Parameters[0], column.Body), column.Parameters);

    public static Expression<Func<T, bool>> Not<T>(this Expression<Func<T, bool>> condition) =>
        Expression.Lambda<Func<T, bool>>(Expression.Not(condition.Body), condition.Parameters);

    public static Expression<Func<T, bool>> Any<T>(IEnumerable<Expression<Func<T, bool>>> conditions) => Fold(conditions, Expression.OrElse, false);

    public static Expression<Func<T, bool>> All<T>(IEnumerable<Expression<Func<T, bool>>> conditions) => Fold(conditions, Expression.AndAlso, true);

    private static Expression<Func<T, bool>> Fold<T>(
        IEnumerable<Expression<Func<T, bool>>> conditions, Func<Expression, Expression, Expression> join, bool empty)
    {
        Expression<Func<T, bool>>? all = null;
        foreach (var next in conditions)
        {
            all = all is null
                ? next
                : Expression.Lambda<Func<T, bool>>(join(all.Body, Replace(next.Body, next.Parameters[0], all.Parameters[0])), all.Parameters);
        }

        return all ?? Constant<T>(empty);
    }

    private static Expression Replace(Expression body, Expression what, Expression with) => new Replacement(what, with).Visit(body)!;

    private sealed class Replacement(Expression what, Expression with) : ExpressionVisitor
    {
        public override Expression? Visit(Expression? node) => node == what ? with : base.Visit(node);
    }
}
