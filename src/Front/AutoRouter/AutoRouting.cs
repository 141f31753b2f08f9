using GatewayActors.Front.Compat;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.AutoRouter;

/// <summary>
/// Answers a call that leaves the choice of the model to the gateway: ranks the models of its pool for what is asked, calls the best, and
/// the next where one fails.
/// </summary>
internal sealed class AutoRouting(AutoPool pool, IAutoScorer scorer, AutoSessions sessions, RouteServices services)
{
    /// <summary>The names by which it is called.</summary>
    public static bool IsCalledBy(string model) => model is "cloudflare/auto" or "auto";

    /// <returns>The answer to commit, which is that of the exchange's step; null if the exchange has failed or its client is gone.</returns>
    public async ValueTask<Answer?> RunAsync(ModelCall call)
    {
        var exchange = call.Exchange;
        if (Refusal(call, out var task, out var candidates) is { } refusal)
        {
            exchange.Step = call.CreateStep(services.TimeProvider, new());
            exchange.Step.Fail(refusal);
            return null;
        }

        var (ranked, reason) = Choose(call, task, candidates);
        var trace = new RouteTrace("cloudflare/auto");
        var execution = new RouteExecution(call, trace, services);
        var verdict = CallVerdict.Failed;
        for (var index = 0; index < ranked.Count && verdict == CallVerdict.Failed; index++)
        {
            var candidate = ranked[index];
            verdict = await execution.CallAsync(new($"candidate-{index}", candidate.Provider, candidate.Model), hasFallback: index + 1 < ranked.Count);
            trace.Add($"candidate-{index}", "model", verdict == CallVerdict.Answered ? "success" : "failed");
            reason = index > 0 ? AutoReason.CandidateUnavailable : reason;
            if (verdict == CallVerdict.Answered && SessionOf(call) is { } session)
            {
                sessions.Keep(exchange.Gateway.AccountId, exchange.Gateway.GatewayId, session, new(TurnOf(call, task), candidate.Name));
            }
        }

        var answer = execution.Finish(verdict switch
        {
            CallVerdict.Answered => RouteEnd.Answered,
            CallVerdict.Stopped => RouteEnd.Stopped,
            CallVerdict.Failed => RouteEnd.Failed(null),
        });
        if (exchange.Step is { Route.Provider.Slug: var slug, ResolvedModel: { } model } step)
        {
            step.AutoDecision = new($"{slug}/{model}", reason, ExchangeIds.Create(services.TimeProvider.GetUtcNow()));
        }

        return answer;
    }

    private GatewayError? Refusal(ModelCall call, out AutoTask task, out IReadOnlyList<AutoCandidate> candidates)
    {
        var headers = call.Headers;
        task = null!;
        candidates = [];
        if (CompatRouting.FormatOf(call.Endpoint) is null)
        {
            return new(GatewayErrorKind.InvalidProvider, "The auto router answers in the formats of conversations only.");
        }

        if (AutoTask.Read(call.Body) is not { } read)
        {
            return new(GatewayErrorKind.BadChatFormat, "The body must be a JSON object.");
        }

        task = read;
        candidates = pool.Find(call.Exchange.Snapshot.AutoModels, headers.AllowedModels, headers.AllowedProviders);
        return candidates.Count > 0 ? null
            : headers.AllowedModels is null && headers.AllowedProviders is null ? new(GatewayErrorKind.InvalidProvider, "The auto router's pool holds no model that can be called.")
            : new(GatewayErrorKind.MalformedRequest, "cf-aig-allowed-models and cf-aig-allowed-providers leave no model.");
    }

    private (IReadOnlyList<AutoCandidate> Ranked, string Reason) Choose(ModelCall call, AutoTask task, IReadOnlyList<AutoCandidate> candidates)
    {
        if (candidates is [_])
        {
            return (candidates, AutoReason.ForcedByPool);
        }

        var ranked = scorer.Rank(task, candidates);
        if (SessionOf(call) is not { } session || sessions.Find(call.Exchange.Gateway.AccountId, call.Exchange.Gateway.GatewayId, session) is not { } last)
        {
            return (ranked, AutoReason.CostOptimal);
        }

        if (ranked.FirstOrDefault(candidate => candidate.Name == last.Model) is not { } former)
        {
            return (ranked, AutoReason.KeyNotInCandidates);
        }

        var isSameTurn = last.Turn == TurnOf(call, task);
        return isSameTurn || IsWorthKeeping(task, former, ranked[0])
            ? ([former, .. ranked.Where(candidate => candidate != former)], isSameTurn ? AutoReason.PinnedByTurn : AutoReason.CostOptimal)
            : (ranked, AutoReason.CostOptimal);
    }

    /// <summary>Whether a model that has the conversation in its cache costs no more than the best one that has not.</summary>
    private bool IsWorthKeeping(AutoTask task, AutoCandidate former, AutoCandidate best) =>
        former == best
        || (scorer.Suits(task, former)
            && former.Price is { CachedInput: { } cached, Output: { } output }
            && best.Price is { Input: { } bestInput, Output: { } bestOutput }
            && (task.InputTokens * cached) + (task.OutputTokens * output) <= (task.InputTokens * bestInput) + (task.OutputTokens * bestOutput));

    private static string? SessionOf(ModelCall call) => call.Headers.NoSessionAffinity == true ? null : call.Headers.SessionId;

    private static string TurnOf(ModelCall call, AutoTask task) => call.Headers.TurnId ?? task.Turn;
}

/// <summary>A choice as the answer tells it.</summary>
/// <param name="Model">The provider's slug and the model.</param>
/// <param name="Reason">One of <see cref="AutoReason"/>.</param>
/// <param name="Id">Names the choice.</param>
internal sealed record AutoDecision(string Model, string Reason, Guid Id);

/// <summary>Why a model was chosen.</summary>
internal static class AutoReason
{
    /// <summary>The cheapest that is good enough.</summary>
    public const string CostOptimal = "cost_optimal_within_pool";

    /// <summary>There was no other.</summary>
    public const string ForcedByPool = "forced_by_candidate_pool";

    /// <summary>The turn has begun with it.</summary>
    public const string PinnedByTurn = "pinned_by_turn";

    /// <summary>A better one has failed.</summary>
    public const string CandidateUnavailable = "fallback_candidate_unavailable";

    /// <summary>The session's model is not among those that are allowed now.</summary>
    public const string KeyNotInCandidates = "fallback_key_not_in_candidates";
}
