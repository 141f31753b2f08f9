using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Grains.Evaluations;

/// <summary>What evaluators make of the sums over log entries. Without a clock or storage.</summary>
internal static class Evaluators
{
    /// <summary>The result with what was found; null: it could not be computed.</summary>
    public static EvaluationResult Finish(EvaluationResult result, LogAggregate? found, DateTimeOffset now)
    {
        if (found is null)
        {
            return result with { Status = EvaluationStatus.Failed, ModifiedAt = now };
        }

        var (sum, count) = result.Evaluator switch
        {
            Evaluator.Cost => (found.CostUsd, found.WithCost),
            Evaluator.Speed => (found.DurationMs, found.Entries),
            Evaluator.HumanFeedback => (found.ThumbsUp, found.WithFeedback),
        };

        // An entry without what is looked at is left out. An average over none of them is no number, not even 0.
        return result with { Status = EvaluationStatus.Done, Value = count == 0 ? null : sum / count, TotalLogs = count, ModifiedAt = now };
    }
}
