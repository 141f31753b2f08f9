using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Policies;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Policies;

[Collection(typeof(ClusterTests))]
public sealed class PoliciesGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Committed_HoldsForTheNextAdmission()
    {
        var (policies, gateway) = await MakeAsync();

        var created = (await policies.CreateAsync(Definition("p"), PolicyCommit.Now, _cancelled)).Policy!;

        Assert.NotNull(fixture.Storage.Stored("policies", policies));
        var held = Assert.Single((await gateway.AdmitAsync(new() { Caller = Caller.Authenticated, SeenVersion = 1 }, _cancelled)).Gateway!.Policies!);
        Assert.Equal((created.Id, "p"), (held.Id, held.Definition.Name));
        await policies.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        Assert.Equal(created, Assert.Single((await policies.ListAsync(_cancelled))!));
    }

    [Fact]
    public async Task Drafts_HoldForNobodyUntilTheyAreCommittedTogether()
    {
        var (policies, gateway) = await MakeAsync();
        var first = (await policies.CreateAsync(Definition("a"), PolicyCommit.Now, _cancelled)).Policy!;
        var second = (await policies.CreateAsync(Definition("b"), PolicyCommit.Later, _cancelled)).Policy!;
        await policies.UpdateAsync(first.Id, new() { Name = "a2" }, PolicyCommit.Later, _cancelled);
        await policies.UpdateAsync(first.Id, new() { Condition = "false" }, PolicyCommit.Later, _cancelled);
        Assert.Equal(["a"], await HeldAsync(gateway));
        Assert.Equal(PolicyOutcome.NotCommitted, (await policies.UpdateAsync(second.Id, new() { Name = "b2" }, PolicyCommit.Now, _cancelled)).Outcome);

        var changed = (await policies.CommitAsync(_cancelled))!;

        Assert.Equal([first.Id, second.Id], changed.Select(policy => policy.Id));
        Assert.Equal(["a2", "b"], await HeldAsync(gateway));
        Assert.Equal(("a2", "false", null), (await policies.ListAsync(_cancelled))![0] is var policy ? (policy.Committed!.Name, policy.Committed.Condition, policy.Draft) : default);
        Assert.Empty((await policies.CommitAsync(_cancelled))!);
    }

    [Fact]
    public async Task DeleteAsync_HoldsAtOnce()
    {
        var (policies, gateway) = await MakeAsync();
        var policy = (await policies.CreateAsync(Definition("a"), PolicyCommit.Now, _cancelled)).Policy!;

        Assert.Equal("a", (await policies.DeleteAsync(policy.Id, _cancelled)).Policy!.Committed!.Name);

        Assert.Null((await gateway.GetAsync(_cancelled))!.Policies);
        Assert.Equal(PolicyOutcome.NotFound, (await policies.DeleteAsync(policy.Id, _cancelled)).Outcome);
    }

    [Fact]
    public async Task CreateAsync_TheGatewayCannotStoreIt_TheNextCallMakesUpForIt()
    {
        var (policies, gateway) = await MakeAsync();
        fixture.Storage.BeforeWrite(gateway, () => new IOException("disk full"));
        await Assert.ThrowsAsync<OrleansException>(() => policies.CreateAsync(Definition("p"), PolicyCommit.Now, _cancelled));
        Assert.Null((await gateway.GetAsync(_cancelled))!.Policies);

        fixture.Storage.BeforeWrite(gateway, () => null);
        await policies.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        Assert.Single((await policies.ListAsync(_cancelled))!);

        Assert.Equal(["p"], await HeldAsync(gateway));
    }

    [Fact]
    public async Task CreateAsync_StorageFails_NothingIsKept()
    {
        var (policies, gateway) = await MakeAsync();
        fixture.Storage.BeforeWrite(policies, () => new IOException("disk full"));
        await Assert.ThrowsAsync<OrleansException>(() => policies.CreateAsync(Definition("p"), PolicyCommit.Now, _cancelled));

        fixture.Storage.BeforeWrite(policies, () => null);
        Assert.Empty((await policies.ListAsync(_cancelled))!);
        Assert.Null((await gateway.GetAsync(_cancelled))!.Policies);
    }

    [Fact]
    public async Task UpdateAsync_ManyAtOnce_EveryPatchHolds()
    {
        var (policies, _) = await MakeAsync();
        var policy = (await policies.CreateAsync(Definition("p"), PolicyCommit.Now, _cancelled)).Policy!;

        await Task.WhenAll(
            policies.UpdateAsync(policy.Id, new() { Name = "n" }, PolicyCommit.Now, _cancelled),
            policies.UpdateAsync(policy.Id, new() { Actor = "x" }, PolicyCommit.Now, _cancelled),
            policies.UpdateAsync(policy.Id, new() { Condition = "false" }, PolicyCommit.Now, _cancelled));

        var found = Assert.Single((await policies.ListAsync(_cancelled))!).Committed!;
        Assert.Equal(("n", "x", "false"), (found.Name, found.Actor, found.Condition));
    }

    [Fact]
    public async Task CreateAsync_ManyAtOnce_TheirNumberIsBounded()
    {
        var (policies, _) = await MakeAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, PolicyLimits.MaxPolicies + 5).Select(async call =>
            (await fixture.Doors[call % fixture.Doors.Count].GetGrain<IPoliciesGrain>(policies.GetPrimaryKeyString()).CreateAsync(Definition("p"), PolicyCommit.Later, _cancelled)).Outcome));

        Assert.Equal(5, outcomes.Count(outcome => outcome == PolicyOutcome.TooMany));
    }

    [Fact]
    public async Task ActorOfABudget_IsNeeded()
    {
        var (policies, _) = await MakeAsync();
        Assert.Equal(PolicyOutcome.ActorMissing, (await policies.CreateAsync(Definition("p") with { Actor = "" }, PolicyCommit.Now, _cancelled)).Outcome);
        var block = (await policies.CreateAsync(Definition("p") with { Actor = "", Action = new() { Kind = PolicyActionKind.Block } }, PolicyCommit.Now, _cancelled)).Policy!;

        Assert.Equal(PolicyOutcome.ActorMissing, (await policies.UpdateAsync(block.Id, new() { Action = new() { Kind = PolicyActionKind.NoLimit } }, PolicyCommit.Now, _cancelled)).Outcome);
    }

    [Fact]
    public async Task Everything_OfAGatewayThatIsGone_IsForgottenWithIt()
    {
        var (policies, gateway) = await MakeAsync();
        await policies.CreateAsync(Definition("p"), PolicyCommit.Now, _cancelled);
        await gateway.DeleteAsync(_cancelled);

        Assert.Null(await policies.ListAsync(_cancelled));
        Assert.Null(await policies.CommitAsync(_cancelled));
        Assert.Equal(PolicyOutcome.GatewayNotFound, (await policies.CreateAsync(Definition("p"), PolicyCommit.Now, _cancelled)).Outcome);
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);

        Assert.Empty((await policies.ListAsync(_cancelled))!);
        Assert.Null((await gateway.GetAsync(_cancelled))!.Policies);
        await policies.CreateAsync(Definition("new"), PolicyCommit.Now, _cancelled);
        Assert.Equal(["new"], await HeldAsync(gateway));
    }

    private static PolicyDefinition Definition(string name) =>
        new() { Name = name, Actor = "all", Resource = "\"*\"", Condition = "true", Action = new() { Kind = PolicyActionKind.NoLimit } };

    private async Task<IEnumerable<string>> HeldAsync(IGatewayGrain gateway) => (await gateway.GetAsync(_cancelled))!.Policies!.Select(policy => policy.Definition.Name);

    private async Task<(IPoliciesGrain Policies, IGatewayGrain Gateway)> MakeAsync()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);
        return (fixture.Client.GetGrain<IPoliciesGrain>(GrainKeys.Gateway(account, "main")), gateway);
    }
}
