using System.Text.Json;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.DynamicRoutes;

/// <summary>Versions of a dynamic route, and which of them is live.</summary>
internal static class RouteVersionEndpoints
{
    internal static async Task<Results<Ok<RoutePageEnvelope<VersionResource, VersionsData>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, string routeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(RouteEndpoints.MaxPerPage);
        var (route, problem) = await FindAsync(query.Problem, grains, accountId, gatewayId, routeId, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        VersionResource[] page = [.. paging.Of(route!.Versions.Reverse()).Select(version => VersionResource.From(route, version))];
        return TypedResults.Ok(RouteEndpoints.Page(page, new VersionsData(page, paging.Page, paging.PerPage), paging, route.Versions.Count));
    }

    internal static async Task<Results<Ok<RoutePageEnvelope<DeploymentResource, DeploymentsData>>, ApiProblem>> ListDeploymentsAsync(
        string accountId, string gatewayId, string routeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(RouteEndpoints.MaxPerPage);
        var (route, problem) = await FindAsync(query.Problem, grains, accountId, gatewayId, routeId, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        DeploymentResource[] page = [.. paging.Of(route!.Deployments.Reverse()).Select(DeploymentResource.From)];
        return TypedResults.Ok(RouteEndpoints.Page(page, new DeploymentsData(page, paging.Page, paging.PerPage), paging, route.Deployments.Count));
    }

    internal static async Task<Results<Ok<Envelope<VersionFullResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string routeId, string versionId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (route, problem) = await FindAsync(null, grains, accountId, gatewayId, routeId, cancellationToken);
        return problem is not null ? problem
            : route!.FindVersion(versionId) is { } version ? TypedResults.Ok(Envelope.Of(VersionFullResource.From(gatewayId, route, version)))
            : RouteErrors.VersionNotFound;
    }

    internal static async Task<Results<Ok<Envelope<RouteResource>>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, string routeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (RouteEndpoints.Find(grains, accountId, gatewayId) is not { } grain)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var draft = RouteBody.ReadVersion(body, mustBeValid: false, errors);
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        var change = await grain.AddVersionAsync(routeId, draft, cancellationToken);
        if (RouteErrors.Of(change.Outcome) is { } refusal)
        {
            return refusal;
        }

        // The graph and the id of the new version: there is no other way to deploy what was just made than by its id.
        var version = change.Route!.Versions[^1];
        return TypedResults.Ok(Envelope.Of(
            RouteResource.Bare(gatewayId, change.Route, version) with { Version = VersionResource.From(change.Route, version) }));
    }

    internal static async Task<Results<Ok<Envelope<RouteResource>>, ApiProblem>> DeployAsync(
        string accountId, string gatewayId, string routeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (RouteEndpoints.Find(grains, accountId, gatewayId) is not { } grain)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var versionId = new ObjectReader(body, ["body"], errors).Text("version_id", 1, 64, Need.NotNull).Value;
        var comment = RouteBody.ReadComment(body, errors);
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        var change = await grain.DeployAsync(routeId, versionId!, comment, cancellationToken);
        if (change.Outcome == DynamicRouteOutcome.InvalidVersion)
        {
            return await MistakesAsync(grain, routeId, versionId!, cancellationToken);
        }

        return RouteErrors.Of(change.Outcome) is { } refusal
            ? refusal
            : TypedResults.Ok(Envelope.Of(
                RouteResource.Bare(gatewayId, change.Route!, change.Route!.Live) with { Deployment = DeploymentResource.From(change.Route.Deployment) }));
    }

    /// <summary>Every reason why a version cannot be deployed.</summary>
    private static async Task<ApiProblem> MistakesAsync(IDynamicRoutesGrain grain, string routeId, string versionId, CancellationToken cancellationToken)
    {
        var found = await grain.FindAsync(routeId, cancellationToken);
        List<ApiError> errors = [.. RouteErrors.Of(DynamicRouteOutcome.InvalidVersion)!.Errors];
        if (found.Route?.FindVersion(versionId) is { } version)
        {
            var reading = RouteReader.Read(JsonElement.Parse($"{{\"elements\":{version.Elements}}}"));
            errors.AddRange(reading.Malformed.Concat(reading.Invalid).Select(error => error with { Path = ["version", .. error.Path!.Skip(1)] }));
        }

        return ApiProblem.Invalid(errors);
    }

    private static async Task<(DynamicRoute? Route, ApiProblem? Problem)> FindAsync(
        ApiProblem? problem, IGrainFactory grains, string accountId, string gatewayId, string routeId, CancellationToken cancellationToken)
    {
        if (problem is not null || RouteEndpoints.Find(grains, accountId, gatewayId) is not { } grain)
        {
            return (null, problem ?? ApiProblem.NotFound);
        }

        var found = await grain.FindAsync(routeId, cancellationToken);
        return (found.Route, RouteErrors.Of(found.Outcome));
    }
}
