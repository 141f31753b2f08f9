namespace GatewayActors.Front.Policies.Cel;

/// <summary>A part of an expression. Immutable, thread-safe.</summary>
/// <param name="type">What is known of its value.</param>
internal abstract class CelNode(CelType type)
{
    /// <summary>What is known of its value.</summary>
    public CelType Type { get; } = type;

    /// <summary>Its value for a request.</summary>
    public CelResult Evaluate(CelScope scope) => scope.Take(0) ? Compute(scope) : CelResult.Failed;

    protected abstract CelResult Compute(CelScope scope);

    /// <summary>A kind of value that cannot stand here: null where the kind is right, or not known yet.</summary>
    public bool CanBe(CelType type) => Type is CelType.Any || Type == type;
}

/// <summary>A value that stands in the expression.</summary>
internal sealed class CelLiteral(object? value, CelType type) : CelNode(type)
{
    public object? Value => value;

    protected override CelResult Compute(CelScope scope) => CelResult.Of(value);
}

/// <summary>A field of the request.</summary>
internal sealed class CelField(PolicyField field) : CelNode(field.Kind switch
{
    PolicyFieldKind.UserId or PolicyFieldKind.UserEmail or PolicyFieldKind.Country => CelType.Text,
    PolicyFieldKind.UserGroups => CelType.List,
    PolicyFieldKind.Custom or PolicyFieldKind.Metadata => CelType.Any,
})
{
    protected override CelResult Compute(CelScope scope) => scope.Subject.Find(field);
}

/// <summary>What a quantifier looks at.</summary>
internal sealed class CelVariable(int depth) : CelNode(CelType.Any)
{
    protected override CelResult Compute(CelScope scope) => CelResult.Of(scope.Variable(depth));
}

/// <summary>A member of a map, or an item of a list.</summary>
internal sealed class CelIndex(CelNode target, CelNode index) : CelNode(CelType.Any)
{
    protected override CelResult Compute(CelScope scope)
    {
        var (map, key) = (target.Evaluate(scope), index.Evaluate(scope));
        return !map.HasValue ? map : !key.HasValue ? key : (map.Value, key.Value) switch
        {
            (IReadOnlyDictionary<string, object?> members, string name) => members.TryGetValue(name, out var value) ? CelResult.Of(value) : CelResult.Missing,
            (IReadOnlyList<object?> items, decimal number) =>
                number >= 0 && number < items.Count && number == decimal.Truncate(number) ? CelResult.Of(items[(int)number]) : CelResult.Missing,
            _ => CelResult.Failed,
        };
    }
}

/// <summary>A list that stands in the expression.</summary>
internal sealed class CelList(IReadOnlyList<CelNode> items) : CelNode(CelType.List)
{
    protected override CelResult Compute(CelScope scope)
    {
        var values = new object?[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var item = items[i].Evaluate(scope);
            if (!item.HasValue)
            {
                return item;
            }

            values[i] = item.Value;
        }

        return CelResult.Of(values);
    }
}

/// <summary>Whether something is there: <c>has(metadata.team)</c>.</summary>
internal sealed class CelHas(CelNode operand) : CelNode(CelType.Boolean)
{
    protected override CelResult Compute(CelScope scope)
    {
        var found = operand.Evaluate(scope);
        return found.Fault == CelFault.Failed ? found : CelResult.Of(found.HasValue);
    }
}
