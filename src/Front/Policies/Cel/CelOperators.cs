namespace GatewayActors.Front.Policies.Cel;

/// <summary><c>&amp;&amp;</c> and <c>||</c>. A side that decides alone does so whatever the other one is, also where that has no value.</summary>
internal sealed class CelLogic(bool decisive, CelNode left, CelNode right) : CelNode(CelType.Boolean)
{
    protected override CelResult Compute(CelScope scope)
    {
        var first = left.Evaluate(scope);
        if (first.Value is bool a && a == decisive)
        {
            return first;
        }

        var second = right.Evaluate(scope);
        return second.Value is bool b && b == decisive ? second
            : !first.HasValue ? first
            : !second.HasValue ? second
            : first.Value is bool && second.Value is bool ? CelResult.Of(!decisive)
            : CelResult.Failed;
    }
}

/// <summary><c>!</c>.</summary>
internal sealed class CelNot(CelNode operand) : CelNode(CelType.Boolean)
{
    protected override CelResult Compute(CelScope scope)
    {
        var value = operand.Evaluate(scope);
        return !value.HasValue ? value : value.Value is bool truth ? CelResult.Of(!truth) : CelResult.Failed;
    }
}

/// <summary><c>condition ? then : otherwise</c>.</summary>
internal sealed class CelConditional(CelNode condition, CelNode then, CelNode otherwise) : CelNode(then.Type == otherwise.Type ? then.Type : CelType.Any)
{
    protected override CelResult Compute(CelScope scope)
    {
        var value = condition.Evaluate(scope);
        return !value.HasValue ? value
            : value.Value is bool truth ? (truth ? then : otherwise).Evaluate(scope)
            : CelResult.Failed;
    }
}

/// <summary><c>==</c> and <c>!=</c>.</summary>
internal sealed class CelEquality(bool isNegated, CelNode left, CelNode right) : CelNode(CelType.Boolean)
{
    protected override CelResult Compute(CelScope scope)
    {
        var (a, b) = (left.Evaluate(scope), right.Evaluate(scope));
        return !a.HasValue ? a
            : !b.HasValue ? b
            : scope.Take(Math.Min(CelValues.Weight(a.Value), CelValues.Weight(b.Value))) ? CelResult.Of(CelValues.AreEqual(a.Value, b.Value) != isNegated)
            : CelResult.Failed;
    }
}

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>: numbers, or texts by their characters.</summary>
/// <param name="accepts">Whether a result of comparing is what was asked for.</param>
/// <param name="left">What stands before the operator.</param>
/// <param name="right">What stands behind it.</param>
internal sealed class CelComparison(Func<int, bool> accepts, CelNode left, CelNode right) : CelNode(CelType.Boolean)
{
    protected override CelResult Compute(CelScope scope)
    {
        var (a, b) = (left.Evaluate(scope), right.Evaluate(scope));
        return !a.HasValue ? a : !b.HasValue ? b : (a.Value, b.Value) switch
        {
            (decimal x, decimal y) => CelResult.Of(accepts(x.CompareTo(y))),
            (string x, string y) => CelResult.Of(accepts(string.CompareOrdinal(x, y))),
            _ => CelResult.Failed,
        };
    }
}

/// <summary><c>in</c>: an item of a list, or a name of a map.</summary>
internal sealed class CelIn(CelNode item, CelNode container) : CelNode(CelType.Boolean)
{
    protected override CelResult Compute(CelScope scope)
    {
        var (value, all) = (item.Evaluate(scope), container.Evaluate(scope));
        return !all.HasValue ? all
            : !value.HasValue ? value
            : !scope.Take(CelValues.Weight(all.Value)) ? CelResult.Failed
            : (all.Value, value.Value) switch
            {
                (IReadOnlyList<object?> items, var sought) => CelResult.Of(items.Any(candidate => CelValues.AreEqual(candidate, sought))),
                (IReadOnlyDictionary<string, object?> map, string name) => CelResult.Of(map.ContainsKey(name)),
                _ => CelResult.Failed,
            };
    }
}
