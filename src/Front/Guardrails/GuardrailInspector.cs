using GatewayActors.Front.Errors;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Mapping;

namespace GatewayActors.Front.Guardrails;

/// <summary>Refuses or notes hazards in prompts and answers, as the gateway has it.</summary>
internal sealed class GuardrailInspector(GuardrailEvaluator evaluator) : IInspector
{
    public InspectionLevel LevelOf(Step step, InspectedSide side) =>
        step.Exchange.Snapshot.Guardrails is not { } policy || (side == InspectedSide.Response && !HasTextInAnswers(step)) ? InspectionLevel.None : policy.Of(side).Level;

    public async ValueTask<GatewayError?> InspectAsync(Step step, InspectedSide side, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken)
    {
        if (step.Exchange.Snapshot.Guardrails is not { } policy)
        {
            return null;
        }

        var actions = policy.Of(side);
        var outcome = await evaluator.EvaluateAsync(step, side, policy, texts, cancellationToken);
        step.Guardrails.Add(side, side == InspectedSide.Response && step.IsAnswerOut ? outcome with { IsEnforced = false } : outcome);
        return outcome.Blocked != Hazards.None ? Refusal(step, side)
            : outcome.Scanner == ScannerState.NoCredit ? new(GatewayErrorKind.InsufficientCredits, "The account has no credits for the scanner of its guardrails.")
            : outcome.Scanner == ScannerState.Unavailable && actions.Block != Hazards.None ? Unavailable(side)
            : null;
    }

    public StreamWindow WindowOf(Step step) => step.Exchange.Snapshot.Guardrails is { } policy ? evaluator.WindowOf(policy) : default;

    public GatewayError? Miss(Step step, InspectedSide side)
    {
        if (step.Exchange.Snapshot.Guardrails is not { } policy)
        {
            return null;
        }

        step.Guardrails.Add(side, new(evaluator.EngineOf(policy), Hazards.None, Hazards.None, ScannerState.Missed));
        return policy.Of(side).Block != Hazards.None ? Unavailable(side) : null;
    }

    /// <summary>The reference looks at answers of models for text, and at what stands beside pictures; of others only at prompts.</summary>
    private static bool HasTextInAnswers(Step step) => step.Route.ModelType is ModelTypes.TextGeneration or ModelTypes.Image;

    private static GatewayError Refusal(Step step, InspectedSide side)
    {
        var (kind, message) = side == InspectedSide.Request
            ? (GatewayErrorKind.PromptBlocked, GatewayError.PromptBlockedMessage)
            : (GatewayErrorKind.ResponseBlocked, GatewayError.ResponseBlockedMessage);
        return new(step.Exchange.Run is null ? kind : GatewayErrorKind.RunBlocked, message);
    }

    private static GatewayError Unavailable(InspectedSide side) => new(
        GatewayErrorKind.ScannerUnavailable,
        side == InspectedSide.Request ? "The prompt could not be evaluated, and this gateway lets none pass unevaluated." : "The response could not be evaluated, and this gateway lets none pass unevaluated.");
}
