using GatewayActors.Abstractions;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.DynamicRoutes;

/// <remarks>
/// A change of what is deployed is written here first and then in the gateway's grain. After a crash in between, which nobody was told
/// had succeeded, the revisions differ, and the next call brings the gateway's grain up to date. The gateway's grain never calls this
/// one, so the two cannot wait for each other.
/// </remarks>
[GrainType("gateway.dynamic-routes")]
internal sealed class DynamicRoutesGrain(
    [PersistentState("dynamic-routes")] IPersistentState<DynamicRoutesState> stored, TimeProvider timeProvider) : Grain, IDynamicRoutesGrain
{
    private IGatewayGrain Gateway => GrainFactory.GetGrain<IGatewayGrain>(this.GetPrimaryKeyString());

    public async Task<IReadOnlyList<DynamicRoute>?> ListAsync(CancellationToken cancellationToken = default) =>
        await OpenAsync()
            ? [.. stored.State.Routes.Select(route => route with { Versions = [route.Live], Deployments = [route.Deployment] })]
            : null;

    public async Task<DynamicRouteChange> FindAsync(string routeId, CancellationToken cancellationToken = default) =>
        !await OpenAsync() ? Refuse(DynamicRouteOutcome.GatewayNotFound)
        : Find(routeId) is { } route ? Done(route)
        : Refuse(DynamicRouteOutcome.RouteNotFound);

    public async Task<DynamicRouteChange> CreateAsync(string name, DynamicRouteDraft draft, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DynamicRouteOutcome.GatewayNotFound);
        }

        var routes = stored.State.Routes;
        if (IsTaken(name, exceptRouteId: null) || !draft.IsValid || routes.Count >= DynamicRouteLimits.MaxRoutes)
        {
            return Refuse(
                !draft.IsValid ? DynamicRouteOutcome.InvalidVersion
                : IsTaken(name, exceptRouteId: null) ? DynamicRouteOutcome.NameTaken
                : DynamicRouteOutcome.TooManyRoutes);
        }

        var now = timeProvider.GetUtcNow();
        var version = Version(draft, now);
        var route = new DynamicRoute
        {
            Id = NewId(now),
            Name = name,
            CreatedAt = now,
            ModifiedAt = now,
            Versions = [version],
            Deployments = [new() { Id = NewId(now), VersionId = version.Id, CreatedAt = now, Comment = draft.Comment }],
        };
        return await StoreAsync([.. routes, route], route, isDeployment: true);
    }

    public async Task<DynamicRouteChange> RenameAsync(string routeId, string name, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DynamicRouteOutcome.GatewayNotFound);
        }

        return Find(routeId) is not { } route ? Refuse(DynamicRouteOutcome.RouteNotFound)
            : IsTaken(name, routeId) ? Refuse(DynamicRouteOutcome.NameTaken)
            : await ReplaceAsync(route with { Name = name, ModifiedAt = timeProvider.GetUtcNow() }, isDeployment: true);
    }

    public async Task<DynamicRouteChange> AddVersionAsync(string routeId, DynamicRouteDraft draft, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DynamicRouteOutcome.GatewayNotFound);
        }

        if (Find(routeId) is not { } route)
        {
            return Refuse(DynamicRouteOutcome.RouteNotFound);
        }

        var now = timeProvider.GetUtcNow();
        return await ReplaceAsync(
            route with { ModifiedAt = now, Versions = RouteHistory.Add(route, Version(draft, now)) }, isDeployment: false);
    }

    public async Task<DynamicRouteChange> DeployAsync(string routeId, string versionId, string? comment, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DynamicRouteOutcome.GatewayNotFound);
        }

        if (Find(routeId) is not { } route)
        {
            return Refuse(DynamicRouteOutcome.RouteNotFound);
        }

        if (route.FindVersion(versionId) is not { IsValid: var isValid })
        {
            return Refuse(DynamicRouteOutcome.VersionNotFound);
        }

        if (!isValid)
        {
            return Refuse(DynamicRouteOutcome.InvalidVersion);
        }

        var now = timeProvider.GetUtcNow();
        var deployment = new DynamicRouteDeployment { Id = NewId(now), VersionId = versionId, CreatedAt = now, Comment = comment };
        return await ReplaceAsync(route with { ModifiedAt = now, Deployments = RouteHistory.Add(route, deployment) }, isDeployment: true);
    }

    public async Task<DynamicRouteChange> DeleteAsync(string routeId, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DynamicRouteOutcome.GatewayNotFound);
        }

        return Find(routeId) is not { } route
            ? Refuse(DynamicRouteOutcome.RouteNotFound)
            : await StoreAsync([.. stored.State.Routes.Where(other => other.Id != routeId)], route, isDeployment: true);
    }

    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (await Gateway.GetAsync(CancellationToken.None) is { } gateway && gateway.InternalId == stored.State.GatewayId)
        {
            return; // It lives: another one of this id was deleted.
        }

        if (stored.State.Routes.Count > 0)
        {
            // Written empty rather than cleared: an activation elsewhere that still holds the old state must meet a newer one.
            stored.State = new();
            await stored.WriteStateAsync(CancellationToken.None);
        }

        DeactivateOnIdle();
    }

    /// <summary>Whether there is a gateway. Afterwards the state is that of this gateway, and the gateway's grain knows what is deployed.</summary>
    private async Task<bool> OpenAsync()
    {
        if (await Gateway.GetAsync(CancellationToken.None) is not { } gateway)
        {
            DeactivateOnIdle();
            return false;
        }

        if (stored.State.GatewayId != gateway.InternalId)
        {
            stored.State = new() { GatewayId = gateway.InternalId, Revision = gateway.RoutesRevision };
        }

        if (stored.State.Revision > gateway.RoutesRevision)
        {
            await PushAsync();
        }

        return true;
    }

    private Task<DynamicRouteChange> ReplaceAsync(DynamicRoute route, bool isDeployment) =>
        StoreAsync([.. stored.State.Routes.Select(other => other.Id == route.Id ? route : other)], route, isDeployment);

    private async Task<DynamicRouteChange> StoreAsync(List<DynamicRoute> routes, DynamicRoute route, bool isDeployment)
    {
        if (!RouteHistory.Fits(ref routes))
        {
            return Refuse(DynamicRouteOutcome.TooLarge);
        }

        var before = stored.State;
        await stored.ReplaceAsync(new() { GatewayId = before.GatewayId, Revision = before.Revision + (isDeployment ? 1 : 0), Routes = routes });

        if (isDeployment)
        {
            await PushAsync();
        }

        return Done(Find(route.Id) ?? route);
    }

    private Task<GatewayChange> PushAsync() => Gateway.SetRoutesAsync(
        stored.State.GatewayId,
        stored.State.Revision,
        [.. stored.State.Routes.Select(route => new DeployedRoute { Id = route.Id, Name = route.Name, VersionId = route.Live.Id, Elements = route.Live.Elements })],
        CancellationToken.None);

    private DynamicRoute? Find(string routeId) => stored.State.Routes.Find(route => route.Id == routeId);

    private bool IsTaken(string name, string? exceptRouteId) => stored.State.Routes.Exists(route => route.Name == name && route.Id != exceptRouteId);

    private static DynamicRouteVersion Version(DynamicRouteDraft draft, DateTimeOffset now) =>
        new() { Id = NewId(now), Elements = draft.Elements, IsValid = draft.IsValid, CreatedAt = now, Comment = draft.Comment };

    private static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("D");

    private static DynamicRouteChange Done(DynamicRoute route) => new() { Outcome = DynamicRouteOutcome.Done, Route = route };

    private static DynamicRouteChange Refuse(DynamicRouteOutcome outcome) => new() { Outcome = outcome };
}
