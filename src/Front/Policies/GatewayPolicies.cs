using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Policies.Cel;

namespace GatewayActors.Front.Policies;

/// <summary>The policies of one version of a gateway. Immutable, thread-safe.</summary>
internal sealed class GatewayPolicies
{
    // Read when a request needs them first: a snapshot is made in the middle of an exchange, which may never come to its policies.
    private readonly Lazy<PolicyRule[]> _rules;

    private GatewayPolicies(IReadOnlyList<CommittedPolicy> policies, PolicyFailureMode mode) =>
        (_rules, FailureMode) = (new(() => [.. policies.Select(policy => PolicyRule.Of(policy.Id, policy.Definition))]), mode);

    /// <summary>What happens where they cannot decide.</summary>
    public PolicyFailureMode FailureMode { get; }

    /// <summary>The policies of a gateway; null for none, as most have none.</summary>
    public static GatewayPolicies? Of(GatewayRecord gateway) =>
        gateway.Policies is { Count: > 0 } policies ? new(policies, gateway.Configuration.PolicyFailureMode ?? PolicyFailureMode.Open) : null;

    /// <summary>What the policies say about a request.</summary>
    public PolicyDecision Decide(PolicySubject subject) => PolicyDecision.Of(_rules.Value, subject);
}

/// <summary>One policy, ready to be asked.</summary>
internal sealed class PolicyRule
{
    private readonly CelExpression? _condition;

    private PolicyRule(PolicyDefinition definition, CelExpression? condition, PolicyActor? actor) =>
        (Definition, _condition, Actor, Resource) = (definition, condition, actor, PolicyResourceMatch.Of(definition.Resource));

    public required Guid Id { get; init; }

    public PolicyDefinition Definition { get; }

    public PolicyActor? Actor { get; }

    public PolicyResourceMatch Resource { get; }

    public PolicyAction Action => Definition.Action;

    /// <summary>A policy; one that this release cannot read fails whenever it is asked.</summary>
    public static PolicyRule Of(Guid id, PolicyDefinition definition) =>
        new(definition, CelExpression.Parse(definition.Condition, out _), PolicyActor.Parse(definition.Actor, out _)) { Id = id };

    /// <summary>Whether a request meets the condition.</summary>
    public CelResult Meets(PolicySubject subject) => _condition?.Evaluate(subject) ?? CelResult.Failed;
}
