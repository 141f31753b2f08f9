namespace GatewayActors.Front.AutoRouter;

/// <summary>Ranks the models that a request may be given to. Deterministic and thread-safe; another one is registered in its place.</summary>
internal interface IAutoScorer
{
    /// <param name="task">What is asked.</param>
    /// <param name="candidates">The models, at least one.</param>
    /// <returns>All of them, the best first.</returns>
    IReadOnlyList<AutoCandidate> Rank(AutoTask task, IReadOnlyList<AutoCandidate> candidates);

    /// <summary>Whether a model is good enough for a task.</summary>
    bool Suits(AutoTask task, AutoCandidate candidate);
}
