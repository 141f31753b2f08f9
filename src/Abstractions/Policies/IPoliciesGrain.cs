namespace GatewayActors.Abstractions.Policies;

/// <summary>Owns the policies of one gateway, with what is not committed yet.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.Gateway"/>. Never asked by an exchange: what is committed goes to the gateway's own grain and rides on its
/// admissions. What a method has returned is stored in both.
/// </remarks>
[GrainInterfaceType("gateway.policies"), Alias("gateway.policies")]
public interface IPoliciesGrain : IGrainWithStringKey
{
    /// <summary>All policies in the order of their creation; null if there is no such gateway.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Policy>?> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds a policy.</summary>
    /// <param name="definition">What it says.</param>
    /// <param name="commit">Whether exchanges run under it at once, or with the next commit.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("create")]
    Task<PolicyChange> CreateAsync(PolicyDefinition definition, PolicyCommit commit, CancellationToken cancellationToken = default);

    /// <summary>Changes a committed policy.</summary>
    /// <param name="id">The policy.</param>
    /// <param name="patch">What changes, on top of its draft if it has one.</param>
    /// <param name="commit">Whether exchanges run under it at once, or with the next commit.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("update")]
    Task<PolicyChange> UpdateAsync(Guid id, PolicyPatch patch, PolicyCommit commit, CancellationToken cancellationToken = default);

    /// <summary>Deletes a policy, at once; the result is what it was.</summary>
    [Alias("delete")]
    Task<PolicyChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Commits all drafts together: for every exchange that is admitted after this has returned.</summary>
    /// <returns>The policies that were changed by it; null if there is no such gateway.</returns>
    [Alias("commit")]
    Task<IReadOnlyList<Policy>?> CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>Forgets everything, because the gateway has been deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>When a change holds for exchanges.</summary>
public enum PolicyCommit
{
    /// <summary>With the next <see cref="IPoliciesGrain.CommitAsync"/>.</summary>
    Later,

    /// <summary>For every exchange that is admitted after the call has returned.</summary>
    Now,
}

/// <summary>What changes of a policy; null for what stays. Each part is checked by the caller.</summary>
[GenerateSerializer, Immutable, Alias("gateway.policy.patch")]
public sealed record PolicyPatch
{
    /// <summary>See <see cref="PolicyDefinition.Name"/>.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>See <see cref="PolicyDefinition.Actor"/>.</summary>
    [Id(1)] public string? Actor { get; init; }

    /// <summary>See <see cref="PolicyDefinition.Resource"/>.</summary>
    [Id(2)] public string? Resource { get; init; }

    /// <summary>See <see cref="PolicyDefinition.Condition"/>.</summary>
    [Id(3)] public string? Condition { get; init; }

    /// <summary>See <see cref="PolicyDefinition.Action"/>.</summary>
    [Id(4)] public PolicyAction? Action { get; init; }
}

/// <summary>The result of a change to a policy.</summary>
[GenerateSerializer, Immutable, Alias("gateway.policy.change")]
public sealed record PolicyChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required PolicyOutcome Outcome { get; init; }

    /// <summary>The policy after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public Policy? Policy { get; init; }
}

/// <summary>The outcomes of a change to a policy.</summary>
public enum PolicyOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such gateway.</summary>
    GatewayNotFound,

    /// <summary>There is no such policy.</summary>
    NotFound,

    /// <summary>The policy was never committed, so there is nothing to change yet.</summary>
    NotCommitted,

    /// <summary>A policy that is no block names no actor.</summary>
    ActorMissing,

    /// <summary>The gateway has <see cref="PolicyLimits.MaxPolicies"/> policies.</summary>
    TooMany,
}

/// <summary>Bounds of what one gateway keeps. Fronts look at every committed policy in every exchange.</summary>
public static class PolicyLimits
{
    /// <summary>Policies of one gateway, drafts included.</summary>
    public const int MaxPolicies = 100;

    /// <summary>A condition, in characters.</summary>
    public const int MaxConditionLength = 2_048;

    /// <summary>An actor, in characters.</summary>
    public const int MaxActorLength = 256;

    /// <summary>Models, or providers, of one resource.</summary>
    public const int MaxResourceNames = 50;

    /// <summary>The name of a model or provider in a resource, in characters.</summary>
    public const int MaxResourceNameLength = 128;
}
