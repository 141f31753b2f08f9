namespace GatewayActors.Front.Policies.Cel;

/// <summary>One evaluation of one expression.</summary>
/// <param name="subject">The request.</param>
internal sealed class CelScope(PolicySubject subject)
{
    /// <summary>How much one evaluation may look at: far more than any condition needs that people write, and some microseconds.</summary>
    public const int MaxSteps = 10_000;

    private readonly object?[] _variables = new object?[CelParser.MaxVariables];
    private int _steps;

    /// <summary>The request.</summary>
    public PolicySubject Subject { get; } = subject;

    /// <summary>The value that a quantifier looks at, by the quantifier's depth.</summary>
    public ref object? Variable(int depth) => ref _variables[depth];

    /// <summary>Counts what is looked at; false once it is too much.</summary>
    public bool Take(int steps)
    {
        _steps += 1 + steps;
        return _steps <= MaxSteps;
    }
}
