namespace GatewayActors.Front.AutoRouter;

/// <summary>Ranks the models that a request may be given to. Thread-safe.</summary>
internal interface IAutoScorer
{
    /// <param name="task">What is asked.</param>
    /// <param name="candidates">The models, at least one, in the order of the pool.</param>
    /// <param name="cancellationToken">Nobody waits for it any more.</param>
    /// <returns>The best first. Who is left out of the list comes last.</returns>
    ValueTask<IReadOnlyList<AutoCandidate>> RankAsync(AutoTask task, IReadOnlyList<AutoCandidate> candidates, CancellationToken cancellationToken);
}
