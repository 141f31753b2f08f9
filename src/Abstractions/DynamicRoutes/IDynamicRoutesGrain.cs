namespace GatewayActors.Abstractions.DynamicRoutes;

/// <summary>Owns the dynamic routes of one gateway, with their history.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.Gateway"/>. Never asked by an exchange: what is deployed goes to the gateway's own grain and rides on its
/// admissions. What a method has returned is stored in both.
/// </remarks>
[GrainInterfaceType("gateway.dynamic-routes"), Alias("gateway.dynamic-routes")]
public interface IDynamicRoutesGrain : IGrainWithStringKey
{
    /// <summary>All routes in the order of their creation, each with its live version only; null if there is no such gateway.</summary>
    [Alias("list")]
    Task<IReadOnlyList<DynamicRoute>?> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>One route with all its versions.</summary>
    [Alias("find")]
    Task<DynamicRouteChange> FindAsync(string routeId, CancellationToken cancellationToken = default);

    /// <summary>Creates a route with its first version, and deploys that.</summary>
    /// <param name="name">Unique in the gateway.</param>
    /// <param name="draft">The version.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("create")]
    Task<DynamicRouteChange> CreateAsync(string name, DynamicRouteDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Gives a route another name, under which clients must call it from then on.</summary>
    [Alias("rename")]
    Task<DynamicRouteChange> RenameAsync(string routeId, string name, CancellationToken cancellationToken = default);

    /// <summary>Adds a version without deploying it.</summary>
    [Alias("add-version")]
    Task<DynamicRouteChange> AddVersionAsync(string routeId, DynamicRouteDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Makes a version live, a former one as well: for every exchange that is admitted after this has returned.</summary>
    [Alias("deploy")]
    Task<DynamicRouteChange> DeployAsync(string routeId, string versionId, string? comment, CancellationToken cancellationToken = default);

    /// <summary>Deletes a route; the result is what it was.</summary>
    [Alias("delete")]
    Task<DynamicRouteChange> DeleteAsync(string routeId, CancellationToken cancellationToken = default);

    /// <summary>Forgets everything, because the gateway has been deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>A version that is to be stored; checked by the caller.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dynamic-route.draft")]
public sealed record DynamicRouteDraft
{
    /// <summary>See <see cref="DynamicRouteVersion.Elements"/>.</summary>
    [Id(0)] public required string Elements { get; init; }

    /// <summary>See <see cref="DynamicRouteVersion.IsValid"/>.</summary>
    [Id(1)] public required bool IsValid { get; init; }

    /// <summary>What its author says about it.</summary>
    [Id(2)] public string? Comment { get; init; }
}

/// <summary>The result of a call about one route.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dynamic-route.change")]
public sealed record DynamicRouteChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required DynamicRouteOutcome Outcome { get; init; }

    /// <summary>The route after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public DynamicRoute? Route { get; init; }
}

/// <summary>The outcomes of a call about one route.</summary>
public enum DynamicRouteOutcome
{
    /// <summary>Found, or stored.</summary>
    Done,

    /// <summary>There is no such gateway.</summary>
    GatewayNotFound,

    /// <summary>There is no such route.</summary>
    RouteNotFound,

    /// <summary>The route has no such version.</summary>
    VersionNotFound,

    /// <summary>Another route of the gateway has this name.</summary>
    NameTaken,

    /// <summary>The version cannot be deployed.</summary>
    InvalidVersion,

    /// <summary>The gateway has <see cref="DynamicRouteLimits.MaxRoutes"/> routes.</summary>
    TooManyRoutes,

    /// <summary>One of the limits of length in <see cref="DynamicRouteLimits"/> is reached.</summary>
    TooLarge,
}
