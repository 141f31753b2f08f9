using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.DynamicRoutes;

/// <summary>Dynamic routes: create, read, rename, delete.</summary>
internal static class RouteEndpoints
{
    public const int MaxPerPage = 100;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the dynamic routes of a gateway.</summary>
        public void MapDynamicRoutes()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/routes")
                .WithTags("Dynamic routes")
                .RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListRoutes").WithQuery("page:integer", "per_page:integer");
            group.MapPost("/", CreateAsync).WithName("CreateRoute").RequirePermission(Permissions.GatewayWrite).WithBody(["name", "elements:array"], "comment");
            group.MapGet("/{routeId}", GetAsync).WithName("GetRoute");
            group.MapPatch("/{routeId}", RenameAsync).WithName("RenameRoute").RequirePermission(Permissions.GatewayWrite).WithBody(["name"]);
            group.MapDelete("/{routeId}", DeleteAsync).WithName("DeleteRoute").RequirePermission(Permissions.GatewayWrite);
            group.MapGet("/{routeId}/versions", RouteVersionEndpoints.ListAsync).WithName("ListRouteVersions").WithQuery("page:integer", "per_page:integer");
            group.MapPost("/{routeId}/versions", RouteVersionEndpoints.CreateAsync).WithName("CreateRouteVersion")
                .RequirePermission(Permissions.GatewayWrite).WithBody(["elements:array"], "comment");
            group.MapGet("/{routeId}/versions/{versionId}", RouteVersionEndpoints.GetAsync).WithName("GetRouteVersion");
            group.MapGet("/{routeId}/deployments", RouteVersionEndpoints.ListDeploymentsAsync).WithName("ListRouteDeployments").WithQuery("page:integer", "per_page:integer");
            group.MapPost("/{routeId}/deployments", RouteVersionEndpoints.DeployAsync).WithName("CreateRouteDeployment")
                .RequirePermission(Permissions.GatewayWrite).WithBody(["version_id"], "comment");
            group.MapPost("/{routeId}/explain", RouteExplainEndpoint.ExplainAsync).WithName("ExplainRoute").OnlyReads()
                .WithBody([], "body:object", "headers:object", "metadata:object", "endpoint", "failing:array", "version_id");
        }
    }

    internal static async Task<Results<Ok<RoutePageEnvelope<RouteResource, RoutesData>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(MaxPerPage);
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain || await grain.ListAsync(cancellationToken) is not { } found)
        {
            return ApiProblem.NotFound;
        }

        RouteResource[] page = [.. paging.Of(found.Reverse()).Select(route => RouteResource.Listed(accountId, gatewayId, route))];
        return TypedResults.Ok(Page(page, new RoutesData(page, paging.Page, paging.PerPage), paging, found.Count));
    }

    internal static async Task<Results<Ok<Envelope<RouteResource>>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var name = RouteBody.ReadName(body, errors);
        var draft = RouteBody.ReadVersion(body, mustBeValid: true, errors); // It is deployed at once.
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Full(gatewayId, await grain.CreateAsync(name!, draft, cancellationToken));
    }

    internal static async Task<Results<Ok<Envelope<RouteResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string routeId, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(grains, accountId, gatewayId) is { } grain
            ? Full(gatewayId, await grain.FindAsync(routeId, cancellationToken))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<RoutePatchEnvelope>, ApiProblem>> RenameAsync(
        string accountId, string gatewayId, string routeId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        if (RouteBody.ReadName(body, errors) is not { } name)
        {
            return ApiProblem.Invalid(errors);
        }

        var change = await grain.RenameAsync(routeId, name, cancellationToken);
        return RouteErrors.Of(change.Outcome) is { } refusal
            ? refusal
            : TypedResults.Ok(new RoutePatchEnvelope(RouteResource.Listed(accountId, gatewayId, change.Route!)));
    }

    internal static async Task<Results<Ok<Envelope<RouteResource>>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, string routeId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (Find(grains, accountId, gatewayId) is not { } grain)
        {
            return ApiProblem.NotFound;
        }

        var change = await grain.DeleteAsync(routeId, cancellationToken);
        return RouteErrors.Of(change.Outcome) is { } refusal
            ? refusal
            : TypedResults.Ok(Envelope.Of(RouteResource.Bare(gatewayId, change.Route!, change.Route!.Live)));
    }

    /// <summary>The grain of a gateway's routes; null for an id that no gateway can have.</summary>
    internal static IDynamicRoutesGrain? Find(IGrainFactory grains, string accountId, string gatewayId) =>
        Identifiers.IsUrlId(gatewayId) ? grains.GetGrain<IDynamicRoutesGrain>(GrainKeys.Gateway(accountId, gatewayId)) : null;

    /// <summary>A page in both shapes.</summary>
    internal static RoutePageEnvelope<TItem, TData> Page<TItem, TData>(IReadOnlyList<TItem> items, TData data, Paging paging, int total) =>
        new(items, new() { Count = items.Count, Page = paging.Page, PerPage = paging.PerPage, TotalCount = total }, data);

    private static Results<Ok<Envelope<RouteResource>>, ApiProblem> Full(string gatewayId, DynamicRouteChange change) =>
        RouteErrors.Of(change.Outcome) is { } refusal ? refusal : TypedResults.Ok(Envelope.Of(RouteResource.Full(gatewayId, change.Route!)));
}
