namespace GatewayActors.Front.Policies.Cel;

/// <summary>A condition that was read. Immutable, thread-safe.</summary>
internal sealed class CelExpression
{
    private readonly CelNode _root;

    private CelExpression(CelNode root) => _root = root;

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="mistake">What is wrong with it, for its author; null if nothing is.</param>
    /// <returns>The expression; null if there is a mistake.</returns>
    public static CelExpression? Parse(string text, out string? mistake)
    {
        var root = new CelParser(text).Parse(out mistake);
        return mistake is null ? new(root) : null;
    }

    /// <summary>Whether a request meets the condition. Takes a bounded time, whatever the request.</summary>
    public CelResult Evaluate(PolicySubject subject)
    {
        var result = _root.Evaluate(new(subject));
        return result.HasValue && result.Value is not bool ? CelResult.Failed : result;
    }
}
