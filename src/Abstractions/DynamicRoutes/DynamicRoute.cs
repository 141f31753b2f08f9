namespace GatewayActors.Abstractions.DynamicRoutes;

/// <summary>A dynamic route of a gateway: a name that clients call like a model, and a graph of elements that decides which model answers.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dynamic-route")]
public sealed record DynamicRoute
{
    /// <summary>A UUID, never used again.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Unique in its gateway; clients call <c>dynamic/{name}</c>.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its name, its versions or its deployment last changed.</summary>
    [Id(3)] public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The versions, oldest first: the newest <see cref="DynamicRouteLimits.MaxVersions"/>, and always the live one.</summary>
    [Id(4)] public required IReadOnlyList<DynamicRouteVersion> Versions { get; init; }

    /// <summary>The deployments, oldest first; the last one is in force. At least one.</summary>
    [Id(5)] public required IReadOnlyList<DynamicRouteDeployment> Deployments { get; init; }

    /// <summary>The deployment in force.</summary>
    public DynamicRouteDeployment Deployment => Deployments[^1];

    /// <summary>The version that exchanges run.</summary>
    public DynamicRouteVersion Live => FindVersion(Deployment.VersionId) ?? Versions[^1];

    /// <summary>A version; null if there is none of this id.</summary>
    public DynamicRouteVersion? FindVersion(string versionId) => Versions.FirstOrDefault(version => version.Id == versionId);
}

/// <summary>One version of a route. Never changed.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dynamic-route.version")]
public sealed record DynamicRouteVersion
{
    /// <summary>A UUID.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The graph: a JSON array of elements, in the newer of the two dialects that clients write.</summary>
    [Id(1)] public required string Elements { get; init; }

    /// <summary>Whether it can be deployed.</summary>
    [Id(2)] public required bool IsValid { get; init; }

    /// <summary>When it was created.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What its author says about it.</summary>
    [Id(4)] public string? Comment { get; init; }
}

/// <summary>The moment at which a version went live.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dynamic-route.deployment")]
public sealed record DynamicRouteDeployment
{
    /// <summary>A UUID.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The version.</summary>
    [Id(1)] public required string VersionId { get; init; }

    /// <summary>When.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What its author says about it.</summary>
    [Id(3)] public string? Comment { get; init; }
}

/// <summary>What exchanges need of a route: its live version.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dynamic-route.deployed")]
public sealed record DeployedRoute
{
    /// <summary><see cref="DynamicRoute.Id"/>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary><see cref="DynamicRoute.Name"/>.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The live version's id.</summary>
    [Id(2)] public required string VersionId { get; init; }

    /// <summary>The live version's <see cref="DynamicRouteVersion.Elements"/>.</summary>
    [Id(3)] public required string Elements { get; init; }
}

/// <summary>How much of routes is kept.</summary>
public static class DynamicRouteLimits
{
    /// <summary>Routes of one gateway.</summary>
    public const int MaxRoutes = 100;

    /// <summary>Versions kept of one route, besides the live one; and deployments.</summary>
    public const int MaxVersions = 50;

    /// <summary>The text of one version, in characters.</summary>
    public const int MaxElementsLength = 256 * 1024;

    /// <summary>The text of all live versions of one gateway, in characters: fronts keep them in memory.</summary>
    public const int MaxDeployedLength = 4 * 1024 * 1024;

    /// <summary>The text of all versions of one gateway, in characters. Where it is reached, old versions are forgotten first.</summary>
    public const int MaxTotalLength = 16 * 1024 * 1024;
}
