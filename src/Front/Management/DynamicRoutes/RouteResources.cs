using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.DynamicRoutes;

/// <summary>A dynamic route as the admin API answers it; how much of it depends on the operation.</summary>
internal sealed record RouteResource
{
    public required string Id { get; init; }

    public string? AccountTag { get; init; }

    public required string Name { get; init; }

    public required string GatewayId { get; init; }

    public required JsonElement Elements { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public DeploymentResource? Deployment { get; init; }

    public VersionResource? Version { get; init; }

    /// <summary>The route alone, with the graph of one version.</summary>
    public static RouteResource Bare(string gatewayId, DynamicRoute route, DynamicRouteVersion version) => new()
    {
        Id = route.Id,
        Name = route.Name,
        GatewayId = gatewayId,
        Elements = JsonElement.Parse(version.Elements),
        CreatedAt = Times.Format(route.CreatedAt),
        ModifiedAt = Times.Format(route.ModifiedAt),
    };

    /// <summary>The route with what is live.</summary>
    public static RouteResource Full(string gatewayId, DynamicRoute route) => Bare(gatewayId, route, route.Live) with
    {
        Deployment = DeploymentResource.From(route.Deployment),
        Version = VersionResource.From(route, route.Live),
    };

    /// <summary>The route as an item of a list.</summary>
    public static RouteResource Listed(string accountId, string gatewayId, DynamicRoute route) => Full(gatewayId, route) with { AccountTag = accountId };
}

/// <summary>A version, without the route it belongs to.</summary>
internal sealed record VersionResource
{
    public required string VersionId { get; init; }

    /// <summary>A text, because clients have a text in their types.</summary>
    public required string Active { get; init; }

    public required bool IsValid { get; init; }

    public required string CreatedAt { get; init; }

    /// <summary>The graph as JSON text.</summary>
    public required string Data { get; init; }

    public string? Comment { get; init; }

    public static VersionResource From(DynamicRoute route, DynamicRouteVersion version) => new()
    {
        VersionId = version.Id,
        Active = Word(route, version),
        IsValid = version.IsValid,
        CreatedAt = Times.Format(version.CreatedAt),
        Data = version.Elements,
        Comment = version.Comment,
    };

    public static string Word(DynamicRoute route, DynamicRouteVersion version) => route.Deployment.VersionId == version.Id ? "true" : "false";
}

/// <summary>A version with its route.</summary>
internal sealed record VersionFullResource
{
    /// <summary>The route's id.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string GatewayId { get; init; }

    public required string VersionId { get; init; }

    public required string Active { get; init; }

    public required bool IsValid { get; init; }

    public required string Data { get; init; }

    public required JsonElement Elements { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public string? Comment { get; init; }

    public static VersionFullResource From(string gatewayId, DynamicRoute route, DynamicRouteVersion version) => new()
    {
        Id = route.Id,
        Name = route.Name,
        GatewayId = gatewayId,
        VersionId = version.Id,
        Active = VersionResource.Word(route, version),
        IsValid = version.IsValid,
        Data = version.Elements,
        Elements = JsonElement.Parse(version.Elements),
        CreatedAt = Times.Format(version.CreatedAt),
        ModifiedAt = Times.Format(version.CreatedAt), // Versions never change.
        Comment = version.Comment,
    };
}

/// <summary>A deployment.</summary>
internal sealed record DeploymentResource(string DeploymentId, string VersionId, string CreatedAt, string? Comment)
{
    public static DeploymentResource From(DynamicRouteDeployment deployment) =>
        new(deployment.Id, deployment.VersionId, Times.Format(deployment.CreatedAt), deployment.Comment);
}

/// <summary>A page of a list in both of its shapes: the reference's own for routes, and the one of all other lists.</summary>
internal sealed record RoutePageEnvelope<TItem, TData>(IReadOnlyList<TItem> Result, ResultInfo ResultInfo, TData Data)
{
    public bool Success { get; } = true;

    public IReadOnlyList<ApiError> Errors { get; } = [];

    public IReadOnlyList<ApiMessage> Messages { get; } = [];
}

/// <summary>What the reference's lists of routes have in common.</summary>
internal abstract record RoutePageData(int Page, int PerPage)
{
    public string OrderBy { get; } = "created_at";

    public string OrderByDirection { get; } = "desc";
}

/// <summary>A page of routes.</summary>
internal sealed record RoutesData(IReadOnlyList<RouteResource> Routes, int Page, int PerPage) : RoutePageData(Page, PerPage);

/// <summary>A page of versions.</summary>
internal sealed record VersionsData(IReadOnlyList<VersionResource> Versions, int Page, int PerPage) : RoutePageData(Page, PerPage);

/// <summary>A page of deployments.</summary>
internal sealed record DeploymentsData(IReadOnlyList<DeploymentResource> Deployments, int Page, int PerPage) : RoutePageData(Page, PerPage);

/// <summary>The answer to a rename: under <c>route</c> for the SDK, under <c>result</c> like everywhere, and bare for Terraform.</summary>
internal sealed record RoutePatchEnvelope(RouteResource Route)
{
    public bool Success { get; } = true;

    public IReadOnlyList<ApiError> Errors { get; } = [];

    public IReadOnlyList<ApiMessage> Messages { get; } = [];

    public RouteResource Result => Route;

    public string Id => Route.Id;

    public string Name => Route.Name;

    public string GatewayId => Route.GatewayId;

    public JsonElement Elements => Route.Elements;

    public string CreatedAt => Route.CreatedAt;

    public string ModifiedAt => Route.ModifiedAt;

    public DeploymentResource? Deployment => Route.Deployment;

    public VersionResource? Version => Route.Version;
}

/// <summary>How answers about dynamic routes are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<RouteResource>))]
[JsonSerializable(typeof(Envelope<VersionFullResource>))]
[JsonSerializable(typeof(Envelope<ExplanationResource>))]
[JsonSerializable(typeof(RoutePageEnvelope<RouteResource, RoutesData>))]
[JsonSerializable(typeof(RoutePageEnvelope<VersionResource, VersionsData>))]
[JsonSerializable(typeof(RoutePageEnvelope<DeploymentResource, DeploymentsData>))]
[JsonSerializable(typeof(RoutePatchEnvelope))]
internal sealed partial class RoutesJson : JsonSerializerContext;
