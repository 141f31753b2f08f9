using GatewayActors.Abstractions;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Gateways;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.DynamicRoutes;

[Collection(typeof(ClusterTests))]
public sealed class DynamicRoutesGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Route_IsStoredAndDeployedBeforeItIsAnswered()
    {
        var (routes, gateway) = await GatewayAsync();

        var created = await routes.CreateAsync("r", Draft("1"), _cancelled);

        Assert.Equal(DynamicRouteOutcome.Done, created.Outcome);
        Assert.NotNull(fixture.Storage.Stored("dynamic-routes", routes));
        var deployed = Assert.Single((await gateway.GetAsync(_cancelled))!.Routes!);
        Assert.Equal((created.Route!.Id, "r", created.Route.Live.Id, "[1]"), (deployed.Id, deployed.Name, deployed.VersionId, deployed.Elements));
        var admission = await gateway.AdmitAsync(new() { SeenVersion = 1, Caller = Caller.Authenticated }, _cancelled);
        Assert.Equal("r", Assert.Single(admission.Gateway!.Routes!).Name);
    }

    [Fact]
    public async Task Everything_AfterBothGrainsHaveMoved_IsAsItWas()
    {
        var (routes, gateway) = await GatewayAsync();
        var route = (await routes.CreateAsync("r", Draft("1"), _cancelled)).Route!;
        await routes.AddVersionAsync(route.Id, Draft("2") with { Comment = "two" }, _cancelled);
        var changed = (await routes.FindAsync(route.Id, _cancelled)).Route!;
        await routes.DeployAsync(route.Id, changed.Versions[1].Id, "live", _cancelled);

        await routes.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        await gateway.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        var found = (await routes.FindAsync(route.Id, _cancelled)).Route!;
        Assert.Equal(["[1]", "[2]"], found.Versions.Select(version => version.Elements));
        Assert.Equal(("two", "live", 2), (found.Versions[1].Comment, found.Deployment.Comment, found.Deployments.Count));
        Assert.Equal("[2]", Assert.Single((await gateway.GetAsync(_cancelled))!.Routes!).Elements);
        Assert.Single((await routes.ListAsync(_cancelled))![0].Versions);
    }

    [Fact]
    public async Task DeployAsync_DiesBetweenTheTwoGrains_TheNextCallBringsTheGatewayUpToDate()
    {
        var (routes, gateway) = await GatewayAsync();
        var route = (await routes.CreateAsync("r", Draft("1"), _cancelled)).Route!;
        var version = (await routes.AddVersionAsync(route.Id, Draft("2"), _cancelled)).Route!.Versions[1];
        fixture.Storage.BeforeWrite(gateway, () => new IOException("disk full"));
        await Assert.ThrowsAsync<OrleansException>(() => routes.DeployAsync(route.Id, version.Id, null, _cancelled));
        Assert.Equal("[1]", Assert.Single((await gateway.GetAsync(_cancelled))!.Routes!).Elements);

        fixture.Storage.BeforeWrite(gateway, () => null);
        await routes.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        var found = (await routes.FindAsync(route.Id, _cancelled)).Route!;

        Assert.Equal(version.Id, found.Live.Id);
        Assert.Equal("[2]", Assert.Single((await gateway.GetAsync(_cancelled))!.Routes!).Elements);
    }

    [Fact]
    public async Task CreateAsync_StorageFails_NothingIsKept()
    {
        var (routes, gateway) = await GatewayAsync();
        fixture.Storage.BeforeWrite(routes, () => new IOException("disk full"));

        await Assert.ThrowsAsync<OrleansException>(() => routes.CreateAsync("r", Draft("1"), _cancelled));

        fixture.Storage.BeforeWrite(routes, () => null);
        Assert.Empty((await routes.ListAsync(_cancelled))!);
        Assert.Null((await gateway.GetAsync(_cancelled))!.Routes);
        Assert.Equal(DynamicRouteOutcome.Done, (await routes.CreateAsync("r", Draft("1"), _cancelled)).Outcome);
    }

    [Fact]
    public async Task CreateAsync_ManyAtOnce_KeepsNamesUnique()
    {
        var (routes, gateway) = await GatewayAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async call =>
            (await fixture.Doors[call % fixture.Doors.Count].GetGrain<IDynamicRoutesGrain>(routes.GetPrimaryKeyString()).CreateAsync($"r{call % 5}", Draft("1"), _cancelled)).Outcome));

        Assert.Equal(5, outcomes.Count(outcome => outcome == DynamicRouteOutcome.Done));
        Assert.Equal(15, outcomes.Count(outcome => outcome == DynamicRouteOutcome.NameTaken));
        Assert.Equal(5, (await gateway.GetAsync(_cancelled))!.Routes!.Count);
    }

    [Fact]
    public async Task Everything_OfAGatewayThatIsGone_IsForgottenWithIt()
    {
        var (routes, gateway) = await GatewayAsync();
        var route = (await routes.CreateAsync("r", Draft("1"), _cancelled)).Route!;
        await gateway.DeleteAsync(_cancelled);

        Assert.Null(await routes.ListAsync(_cancelled));
        Assert.Equal(DynamicRouteOutcome.GatewayNotFound, (await routes.CreateAsync("r", Draft("1"), _cancelled)).Outcome);

        // Also where nobody has cleared what is stored: a gateway of the same id is another one.
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);
        Assert.Empty((await routes.ListAsync(_cancelled))!);
        Assert.Equal(DynamicRouteOutcome.RouteNotFound, (await routes.FindAsync(route.Id, _cancelled)).Outcome);
        Assert.Null((await gateway.GetAsync(_cancelled))!.Routes);
        await routes.ClearAsync(_cancelled);
        Assert.NotNull(await routes.ListAsync(_cancelled));
    }

    [Fact]
    public async Task ClearAsync_OfADeletedGateway_LeavesNoRouteStored()
    {
        var (routes, gateway) = await GatewayAsync();
        await routes.CreateAsync("r", Draft(new string('1', 10_000)), _cancelled);
        await gateway.DeleteAsync(_cancelled);
        Assert.True(fixture.Storage.Stored("dynamic-routes", routes)!.Length > 10_000);

        await routes.ClearAsync(_cancelled);

        Assert.True(fixture.Storage.Stored("dynamic-routes", routes)!.Length < 1_000);
    }

    [Fact]
    public async Task AddVersionAsync_MoreThanAreKept_ForgetsTheOldestButNotTheLiveOne()
    {
        var (routes, _) = await GatewayAsync();
        var route = (await routes.CreateAsync("r", Draft("0"), _cancelled)).Route!;
        for (var i = 1; i <= DynamicRouteLimits.MaxVersions + 1; i++)
        {
            route = (await routes.AddVersionAsync(route.Id, Draft($"{i}"), _cancelled)).Route!;
        }

        Assert.Equal(["[0]", "[2]", "[3]"], route.Versions.Take(3).Select(version => version.Elements));
        Assert.Equal(DynamicRouteLimits.MaxVersions + 1, route.Versions.Count);
        Assert.Equal("[0]", route.Live.Elements);
    }

    [Fact]
    public async Task AddVersionAsync_TooLarge_IsRefusedAndOldOnesMakeRoom()
    {
        var (routes, _) = await GatewayAsync();
        var route = (await routes.CreateAsync("r", Draft("0"), _cancelled)).Route!;
        Assert.Equal(DynamicRouteOutcome.TooLarge, (await routes.AddVersionAsync(route.Id, Draft(new string('1', DynamicRouteLimits.MaxElementsLength)), _cancelled)).Outcome);

        var large = Draft(new string('1', DynamicRouteLimits.MaxElementsLength - 2));
        for (var i = 0; i < (DynamicRouteLimits.MaxTotalLength / DynamicRouteLimits.MaxElementsLength) + 3; i++)
        {
            if (i % 40 == 0)
            {
                await routes.CreateAsync($"other-{i}", Draft("0"), _cancelled); // Holds little, and loses nothing.
            }

            Assert.Equal(DynamicRouteOutcome.Done, (await routes.AddVersionAsync(route.Id, large, _cancelled)).Outcome);
        }

        var found = (await routes.FindAsync(route.Id, _cancelled)).Route!;
        Assert.Equal("[0]", found.Live.Elements);
        Assert.True(found.Versions.Sum(version => (long)version.Elements.Length) <= DynamicRouteLimits.MaxTotalLength);
    }

    [Fact]
    public async Task DeployAsync_VersionThatIsNotValid_IsRefused()
    {
        var (routes, gateway) = await GatewayAsync();
        Assert.Equal(DynamicRouteOutcome.InvalidVersion, (await routes.CreateAsync("r", Draft("1") with { IsValid = false }, _cancelled)).Outcome);
        var route = (await routes.CreateAsync("r", Draft("1"), _cancelled)).Route!;
        var version = (await routes.AddVersionAsync(route.Id, Draft("2") with { IsValid = false }, _cancelled)).Route!.Versions[1];

        Assert.Equal(DynamicRouteOutcome.InvalidVersion, (await routes.DeployAsync(route.Id, version.Id, null, _cancelled)).Outcome);
        Assert.Equal(DynamicRouteOutcome.VersionNotFound, (await routes.DeployAsync(route.Id, "x", null, _cancelled)).Outcome);
        Assert.Equal("[1]", Assert.Single((await gateway.GetAsync(_cancelled))!.Routes!).Elements);
    }

    [Fact]
    public async Task SetRoutesAsync_OlderRevisionOrAnotherGateway_ChangesNothing()
    {
        var (routes, gateway) = await GatewayAsync();
        await routes.CreateAsync("r", Draft("1"), _cancelled);
        var before = (await gateway.GetAsync(_cancelled))!;

        Assert.Equal(GatewayChangeOutcome.Done, (await gateway.SetRoutesAsync(before.InternalId, before.RoutesRevision, [], _cancelled)).Outcome);
        Assert.Equal(GatewayChangeOutcome.NotFound, (await gateway.SetRoutesAsync(Guid.Empty, 99, [], _cancelled)).Outcome);

        var after = (await gateway.GetAsync(_cancelled))!;
        Assert.Equal((before.Version, 1), (after.Version, after.Routes!.Count));
    }

    private static DynamicRouteDraft Draft(string text) => new() { Elements = $"[{text}]", IsValid = true };

    private async Task<(IDynamicRoutesGrain Routes, IGatewayGrain Gateway)> GatewayAsync()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);
        return (fixture.Client.GetGrain<IDynamicRoutesGrain>(GrainKeys.Gateway(account, "main")), gateway);
    }
}
