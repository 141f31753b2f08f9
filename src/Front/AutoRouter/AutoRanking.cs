using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.AutoRouter;

/// <summary>Asks the scorer, and does without it where it fails or takes too long: a request must not wait for the choice of its model.</summary>
internal sealed partial class AutoRanking(IAutoScorer scorer, GatewayOptions options, TimeProvider timeProvider, ILogger<AutoRanking> logger)
{
    /// <returns>All candidates, the best first; and why they stand in the order of the pool, null where the scorer has ranked them.</returns>
    public async ValueTask<(IReadOnlyList<AutoCandidate> Ranked, string? Failure)> RankAsync(
        AutoTask task, IReadOnlyList<AutoCandidate> candidates, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var ranking = scorer.RankAsync(task, candidates, giveUp.Token);
            var ranked = ranking.IsCompletedSuccessfully ? ranking.Result
                : await ranking.AsTask().WaitAsync(options.AutoRouter.ScorerTimeout, timeProvider, cancellationToken);
            var asked = new HashSet<AutoCandidate>(candidates, ReferenceEqualityComparer.Instance);
            return ([.. ranked.Where(asked.Remove), .. candidates.Where(asked.Contains)], null);
        }
        catch (TimeoutException exception)
        {
            await giveUp.CancelAsync();
            LogScorerFailed(exception);
            return (candidates, AutoReason.RouterTimeout);
        }
#pragma warning disable CA1031 // A scorer can be replaced: whatever fails in it, the request can still be answered.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogScorerFailed(exception);
            return (candidates, AutoReason.RouterError);
        }
    }

    [LoggerMessage(EventId = 1304, EventName = "AutoScorerFailed", Level = LogLevel.Warning, Message = "The auto router's scorer did not answer; models are tried in the order of their pool.")]
    private partial void LogScorerFailed(Exception exception);
}
