using GatewayActors.Front.Compat;
using GatewayActors.Front.Errors;

namespace GatewayActors.Front.AutoRouter;

/// <summary>Puts the models of a pool into the order in which they are to be tried for one request.</summary>
internal sealed class AutoChooser(AutoPool pool, AutoRanking ranking, AutoSessions sessions)
{
    /// <returns>The order; or why there is none.</returns>
    public async ValueTask<AutoOrder> ChooseAsync(ModelCall call, AutoTask task)
    {
        var headers = call.Headers;
        var candidates = pool.Find(call.Exchange.Snapshot.AutoModels, headers.AllowedModels, headers.AllowedProviders);
        if (candidates.Count == 0)
        {
            return AutoOrder.Refuse(headers.AllowedModels is null && headers.AllowedProviders is null
                ? new(GatewayErrorKind.InvalidProvider, "The auto router's pool holds no model that can be called.")
                : new(GatewayErrorKind.MalformedRequest, "cf-aig-allowed-models and cf-aig-allowed-providers leave no model."));
        }

        var able = new HashSet<AutoCandidate>(candidates.Where(candidate => candidate.CanTake(task)), ReferenceEqualityComparer.Instance);
        if (able.Count == 0)
        {
            return AutoOrder.Refuse(new(GatewayErrorKind.MalformedRequest, $"No model of the auto router's pool takes what the request has: {string.Join(", ", task.Inputs.ToWords())}."));
        }

        // The length is an estimate: where it would leave nobody, it leaves everybody.
        if (able.Any(candidate => candidate.HasRoomFor(task)))
        {
            able.RemoveWhere(candidate => !candidate.HasRoomFor(task));
        }

        if (candidates is [_])
        {
            return new(candidates, AutoReason.ForcedByPool);
        }

        var (all, failure) = await ranking.RankAsync(task, candidates, call.Exchange.Http.RequestAborted);
        var ranked = all.Where(able.Contains).ToList();
        var reason = failure
            ?? (!able.Contains(all[0]) ? AutoReason.UnsupportedInput : ranked.Count == 1 ? AutoReason.ForcedByPool : AutoReason.CostOptimal);
        return ByAffinity(call, task, ranked, reason) with { LeftOut = [.. all.Where(candidate => !able.Contains(candidate))] };
    }

    /// <summary>Keeps in mind which model a turn has begun with.</summary>
    public void Keep(ModelCall call, AutoTask task, AutoCandidate candidate)
    {
        if (SessionOf(call) is { } session)
        {
            sessions.Keep(call.Exchange.Gateway.AccountId, call.Exchange.Gateway.GatewayId, session, new(TurnOf(call, task), candidate.Name));
        }
    }

    private AutoOrder ByAffinity(ModelCall call, AutoTask task, List<AutoCandidate> ranked, string reason)
    {
        if (SessionOf(call) is not { } session || sessions.Find(call.Exchange.Gateway.AccountId, call.Exchange.Gateway.GatewayId, session) is not { } last)
        {
            return new(ranked, reason);
        }

        if (ranked.Find(candidate => candidate.Name == last.Model) is not { } former)
        {
            return new(ranked, AutoReason.KeyNotInCandidates);
        }

        var isSameTurn = last.Turn == TurnOf(call, task);
        return isSameTurn || IsWorthKeeping(task, former, ranked[0])
            ? new([former, .. ranked.Where(candidate => candidate != former)], isSameTurn ? AutoReason.PinnedByTurn : reason)
            : new(ranked, reason);
    }

    /// <summary>Whether a model that has the conversation in its cache costs no more than the best one that has not.</summary>
    private static bool IsWorthKeeping(AutoTask task, AutoCandidate former, AutoCandidate best) =>
        former == best
        || (HeuristicScorer.Suits(task, former)
            && former.Price is { CachedInput: { } cached, Output: { } output }
            && best.Price is { Input: { } bestInput, Output: { } bestOutput }
            && (task.InputTokens * cached) + (task.OutputTokens * output) <= (task.InputTokens * bestInput) + (task.OutputTokens * bestOutput));

    private static string? SessionOf(ModelCall call) => call.Headers.NoSessionAffinity == true ? null : call.Headers.SessionId;

    private static string TurnOf(ModelCall call, AutoTask task) => call.Headers.TurnId ?? task.Turn;
}

/// <summary>The models to try.</summary>
/// <param name="Ranked">The first is called first; none where <see cref="Refusal"/> says why.</param>
/// <param name="Reason">Why the first one: one of <see cref="AutoReason"/>.</param>
internal sealed record AutoOrder(IReadOnlyList<AutoCandidate> Ranked, string Reason)
{
    /// <summary>The models of the pool that do not take what the request has.</summary>
    public IReadOnlyList<AutoCandidate> LeftOut { get; init; } = [];

    /// <summary>Why no model can be called; null if one can.</summary>
    public GatewayError? Refusal { get; private init; }

    public static AutoOrder Refuse(GatewayError error) => new([], "") { Refusal = error };
}
