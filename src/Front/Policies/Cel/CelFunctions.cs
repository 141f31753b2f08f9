using System.Text.RegularExpressions;

namespace GatewayActors.Front.Policies.Cel;

/// <summary>A function of two texts, called on the first: <c>email.endsWith("@example.com")</c>.</summary>
internal sealed class CelTextFunction(Func<string, string, bool> function, CelNode target, CelNode argument) : CelNode(CelType.Boolean)
{
    /// <summary>The function of a name; null if there is none.</summary>
    public static Func<string, string, bool>? Find(string name) => name switch
    {
        "startsWith" => static (text, part) => text.StartsWith(part, StringComparison.Ordinal),
        "endsWith" => static (text, part) => text.EndsWith(part, StringComparison.Ordinal),
        "contains" => static (text, part) => text.Contains(part, StringComparison.Ordinal),
        _ => null,
    };

    protected override CelResult Compute(CelScope scope)
    {
        var (text, part) = (target.Evaluate(scope), argument.Evaluate(scope));
        return !text.HasValue ? text
            : !part.HasValue ? part
            : text.Value is string whole && part.Value is string sought && scope.Take(CelValues.Weight(whole)) ? CelResult.Of(function(whole, sought))
            : CelResult.Failed;
    }
}

/// <summary><c>matches</c>: whether a regular expression is found in a text.</summary>
/// <param name="pattern">Without backtracking: it takes time in proportion to the text.</param>
/// <param name="target">The text.</param>
internal sealed class CelMatches(Regex pattern, CelNode target) : CelNode(CelType.Boolean)
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxPatternLength = 256;

    /// <summary>Longest text that is looked at, in characters.</summary>
    private const int MaxTextLength = 4_096;

    /// <summary>A pattern; null if it is none.</summary>
    public static Regex? Compile(string pattern)
    {
        try
        {
            return pattern.Length > MaxPatternLength ? null : new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            // The second one: what cannot be found without going back, and what would need too large a machine.
            return null;
        }
    }

    protected override CelResult Compute(CelScope scope)
    {
        var value = target.Evaluate(scope);
        return !value.HasValue ? value
            : value.Value is string { Length: <= MaxTextLength } text && scope.Take(text.Length) ? CelResult.Of(pattern.IsMatch(text))
            : CelResult.Failed;
    }
}

/// <summary><c>size</c>: characters of a text, items of a list, members of a map.</summary>
internal sealed class CelSize(CelNode target) : CelNode(CelType.Number)
{
    protected override CelResult Compute(CelScope scope)
    {
        var value = target.Evaluate(scope);
        return !value.HasValue ? value : value.Value switch
        {
            string text => CelResult.Of((decimal)text.EnumerateRunes().Count()),
            IReadOnlyList<object?> items => CelResult.Of((decimal)items.Count),
            IReadOnlyDictionary<string, object?> map => CelResult.Of((decimal)map.Count),
            _ => CelResult.Failed,
        };
    }
}

/// <summary><c>string</c>: a text of a text, a number, true or false.</summary>
internal sealed class CelText(CelNode target) : CelNode(CelType.Text)
{
    protected override CelResult Compute(CelScope scope)
    {
        var value = target.Evaluate(scope);
        return !value.HasValue ? value : PolicyTexts.Of(value.Value) is { } text ? CelResult.Of(text) : CelResult.Failed;
    }
}

/// <summary><c>exists</c> and <c>all</c> over a list.</summary>
/// <param name="decisive">The answer for one item that is the answer for the list.</param>
/// <param name="target">The list.</param>
/// <param name="depth">Where the item is found.</param>
/// <param name="predicate">What is asked of each item.</param>
internal sealed class CelQuantifier(bool decisive, CelNode target, int depth, CelNode predicate) : CelNode(CelType.Boolean)
{
    protected override CelResult Compute(CelScope scope)
    {
        var list = target.Evaluate(scope);
        if (!list.HasValue)
        {
            return list;
        }

        if (list.Value is not IReadOnlyList<object?> items)
        {
            return CelResult.Failed;
        }

        // As with the logical operators: one item that decides does so whatever became of the others.
        var result = CelResult.Of(!decisive);
        foreach (var item in items)
        {
            scope.Variable(depth) = item;
            var found = predicate.Evaluate(scope);
            if (found.Value is bool truth)
            {
                if (truth == decisive)
                {
                    return found;
                }
            }
            else if (result.HasValue)
            {
                result = found.HasValue ? CelResult.Failed : found;
            }

            if (!scope.Take(0))
            {
                return CelResult.Failed;
            }
        }

        return result;
    }
}
