using System.Text.Json.Serialization;
using GatewayActors.Front.Policies;

namespace GatewayActors.Front.Management.Policies;

/// <summary>What a simulation answers. The names are those that clients of this resource read.</summary>
internal sealed record PolicySimulationResource
{
    public required PolicyEvaluationResource Evaluation { get; init; }

    public required PolicyEnforcementResource Enforcement { get; init; }

    [JsonPropertyName("policiesEvaluated")] public required int PoliciesEvaluated { get; init; }

    /// <param name="decision">What the policies say.</param>
    /// <param name="usage">What is spent, by the names of budgets; nothing of those that are not named.</param>
    /// <param name="count">How many policies there are.</param>
    public static PolicySimulationResource From(PolicyDecision decision, IReadOnlyDictionary<string, decimal> usage, int count)
    {
        var full = decision.Caps.FirstOrDefault(cap => usage.GetValueOrDefault(cap.Bucket) >= cap.Amount);
        return new()
        {
            Evaluation = new(
                decision.Verdict switch
                {
                    PolicyVerdict.NoLimit => "no-limit",
                    PolicyVerdict.CheckLimits => "check_limits",
                    PolicyVerdict.Block => "block",
                    PolicyVerdict.Failed => "failed",
                },
                [
                    .. decision.Caps.Select(cap => new PolicyBucketResource(cap.Bucket, cap.Amount, PolicyReader.Periods.Format(cap.Period), cap.Policy.Name, NoLimit: null)),
                    .. decision.Unlimited.Select(name => new PolicyBucketResource(name, Limit: null, Period: null, PolicyName: null, NoLimit: true)),
                ]),
            Enforcement = decision.Verdict switch
            {
                PolicyVerdict.Block => new(Allowed: false, "blocked") { PolicyName = decision.Blocking?.Name },
                PolicyVerdict.CheckLimits when full is not null => new(Allowed: false, "limit_exceeded")
                {
                    Bucket = full.Bucket,
                    Spent = usage.GetValueOrDefault(full.Bucket),
                    Limit = full.Amount,
                    PolicyName = full.Policy.Name,
                },
                PolicyVerdict.Failed => new(Allowed: null, "evaluation_failed"),
                PolicyVerdict.NoLimit or PolicyVerdict.CheckLimits => new(Allowed: true, Reason: null),
            },
            PoliciesEvaluated = count,
        };
    }
}

/// <summary>What the policies say.</summary>
internal sealed record PolicyEvaluationResource(string Decision, IReadOnlyList<PolicyBucketResource> Buckets);

/// <summary>A budget that counts the request: one line for each period that is capped.</summary>
internal sealed record PolicyBucketResource(
    string Name,
    decimal? Limit,
    string? Period,
    [property: JsonPropertyName("policyName")] string? PolicyName,
    [property: JsonPropertyName("noLimit")] bool? NoLimit);

/// <summary>What would become of the request; <c>allowed</c> is absent where the gateway's <c>policy_failure_mode</c> decides.</summary>
internal sealed record PolicyEnforcementResource(bool? Allowed, string? Reason)
{
    public string? Bucket { get; init; }

    public decimal? Spent { get; init; }

    public decimal? Limit { get; init; }

    [JsonPropertyName("policyName")] public string? PolicyName { get; init; }
}
