namespace GatewayActors.Front.AutoRouter;

/// <summary>The cheapest model whose class is that of the task or above, by a table of names; behind them the better ones first.</summary>
internal sealed class HeuristicScorer : IAutoScorer
{
    private const decimal UnknownPrice = 5; // US dollars per million tokens: neither first nor last.

    // Words in names of models, and the class from 1 (simple tasks) to 4 (the hardest). The first that fits counts.
    private static readonly (string Word, int Quality)[] Table =
    [
        ("nano", 1), ("lite", 1), ("8b", 1), ("-mini", 2), ("haiku", 2), ("flash", 2), ("small", 1), ("luna", 2), ("instant", 1),
        ("fable", 4), ("opus", 4), ("sol", 4), ("-pro", 4), ("o3", 4), ("reasoner", 4),
        ("sonnet", 3), ("terra", 3), ("grok-4", 3), ("gpt-5", 3), ("gpt-4", 3), ("large", 3), ("70b", 2),
    ];

    public ValueTask<IReadOnlyList<AutoCandidate>> RankAsync(AutoTask task, IReadOnlyList<AutoCandidate> candidates, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Rank(task, candidates));

    /// <summary>The same task always gets the same order.</summary>
    public static IReadOnlyList<AutoCandidate> Rank(AutoTask task, IReadOnlyList<AutoCandidate> candidates) =>
    [
        .. candidates
            .OrderBy(candidate => Quality(candidate) >= (int)task.Difficulty ? 0 : (int)task.Difficulty - Quality(candidate))
            .ThenBy(candidate => Cost(task, candidate))
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal),
    ];

    /// <summary>Whether a model is good enough for a task.</summary>
    public static bool Suits(AutoTask task, AutoCandidate candidate) => Quality(candidate) >= (int)task.Difficulty;

    /// <summary>The class of a model; of one that the table does not know, by its price.</summary>
    public static int Quality(AutoCandidate candidate)
    {
        foreach (var (word, quality) in Table)
        {
            if (candidate.Model.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return quality;
            }
        }

        return candidate.Price?.Output switch { null => 2, < 1 => 1, < 6 => 2, < 20 => 3, _ => 4 };
    }

    /// <summary>What a task may cost, in millionths of a US dollar.</summary>
    public static decimal Cost(AutoTask task, AutoCandidate candidate) =>
        (task.InputTokens * (candidate.Price?.Input ?? UnknownPrice)) + (task.OutputTokens * (candidate.Price?.Output ?? UnknownPrice));
}
