using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Grains.Gateways;

namespace GatewayActors.Grains.Policies;

/// <remarks>
/// A change of what is committed is written here first and then in the gateway's grain. After a crash in between, which nobody was told
/// had succeeded, the revisions differ, and the next call brings the gateway's grain up to date.
/// </remarks>
[GrainType("gateway.policies")]
internal sealed class PoliciesGrain([PersistentState("policies")] IPersistentState<PoliciesState> stored, TimeProvider timeProvider)
    : GatewayPartGrain<PoliciesState>(stored), IPoliciesGrain
{
    public async Task<IReadOnlyList<Policy>?> ListAsync(CancellationToken cancellationToken = default) => await OpenAsync() ? State.Policies : null;

    public async Task<PolicyChange> CreateAsync(PolicyDefinition definition, PolicyCommit commit, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(PolicyOutcome.GatewayNotFound);
        }

        if (LacksActor(definition))
        {
            return Refuse(PolicyOutcome.ActorMissing);
        }

        if (State.Policies.Count >= PolicyLimits.MaxPolicies)
        {
            return Refuse(PolicyOutcome.TooMany);
        }

        var now = timeProvider.GetUtcNow();
        var policy = With(new() { Id = Guid.CreateVersion7(now), CreatedAt = now, ModifiedAt = now }, definition, commit);
        await StoreAsync([.. State.Policies, policy], commit);
        return Done(policy);
    }

    public async Task<PolicyChange> UpdateAsync(Guid id, PolicyPatch patch, PolicyCommit commit, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(PolicyOutcome.GatewayNotFound);
        }

        if (Find(id) is not { } existing)
        {
            return Refuse(PolicyOutcome.NotFound);
        }

        if (existing.Committed is not { } committed)
        {
            return Refuse(PolicyOutcome.NotCommitted);
        }

        var before = existing.Draft ?? committed;
        var definition = before with
        {
            Name = patch.Name ?? before.Name,
            Actor = patch.Actor ?? before.Actor,
            Resource = patch.Resource ?? before.Resource,
            Condition = patch.Condition ?? before.Condition,
            Action = patch.Action ?? before.Action,
        };
        if (LacksActor(definition))
        {
            return Refuse(PolicyOutcome.ActorMissing);
        }

        var policy = With(existing with { ModifiedAt = timeProvider.GetUtcNow() }, definition, commit);
        await StoreAsync([.. State.Policies.Select(other => other.Id == id ? policy : other)], commit);
        return Done(policy);
    }

    public async Task<PolicyChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(PolicyOutcome.GatewayNotFound);
        }

        if (Find(id) is not { } existing)
        {
            return Refuse(PolicyOutcome.NotFound);
        }

        await StoreAsync([.. State.Policies.Where(other => other.Id != id)], existing.Committed is null ? PolicyCommit.Later : PolicyCommit.Now);
        return Done(existing);
    }

    public async Task<IReadOnlyList<Policy>?> CommitAsync(CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        Policy[] changed = [.. State.Policies.Where(policy => policy.Draft is not null).Select(policy => With(policy with { ModifiedAt = now }, policy.Draft!, PolicyCommit.Now))];
        if (changed.Length > 0)
        {
            await StoreAsync([.. State.Policies.Select(policy => Array.Find(changed, other => other.Id == policy.Id) ?? policy)], PolicyCommit.Now);
        }

        return changed;
    }

    // What a call that broke off has stored here only.
    protected override Task OnOpenedAsync(GatewayRecord gateway) => State.Revision > gateway.PoliciesRevision ? PushAsync() : Task.CompletedTask;

    private static Policy With(Policy policy, PolicyDefinition definition, PolicyCommit commit) =>
        commit == PolicyCommit.Now ? policy with { Committed = definition, Draft = null } : policy with { Draft = definition };

    // A budget needs a name; a block has none.
    private static bool LacksActor(PolicyDefinition definition) => definition is { Actor.Length: 0, Action.Kind: not PolicyActionKind.Block };

    private static PolicyChange Done(Policy policy) => new() { Outcome = PolicyOutcome.Done, Policy = policy };

    private static PolicyChange Refuse(PolicyOutcome outcome) => new() { Outcome = outcome };

    private Policy? Find(Guid id) => State.Policies.FirstOrDefault(policy => policy.Id == id);

    private async Task StoreAsync(IReadOnlyList<Policy> policies, PolicyCommit commit)
    {
        var isCommit = commit == PolicyCommit.Now;
        await StoreAsync(State with { Policies = policies, Revision = State.Revision + (isCommit ? 1 : 0) });
        if (isCommit)
        {
            await PushAsync();
        }
    }

    private Task<GatewayChange> PushAsync() => GrainFactory.GetGrain<IGatewayGrain>(this.GetPrimaryKeyString()).SetPoliciesAsync(
        State.GatewayId,
        State.Revision,
        [.. State.Policies.Where(policy => policy.Committed is not null).Select(policy => new CommittedPolicy { Id = policy.Id, Definition = policy.Committed! })],
        CancellationToken.None);
}
