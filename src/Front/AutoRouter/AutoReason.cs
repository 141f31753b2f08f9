namespace GatewayActors.Front.AutoRouter;

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

    /// <summary>A better one does not take what the request has beside text.</summary>
    public const string UnsupportedInput = "fallback_unsupported_input";

    /// <summary>The scorer has failed: the order is that of the pool.</summary>
    public const string RouterError = "fallback_router_error";

    /// <summary>The scorer took too long: the same.</summary>
    public const string RouterTimeout = "fallback_router_timeout";
}
