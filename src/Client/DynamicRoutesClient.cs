using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The dynamic routes of a gateway.</summary>
public sealed class DynamicRoutesClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal DynamicRoutesClient(GatewayTransport transport, string root) => (_transport, _root) = (transport, root + "/routes");

    /// <summary>All routes, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<DynamicRoute> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root, ClientJson.Default.EnvelopeIReadOnlyListDynamicRoute, PerPage, cancellationToken);

    /// <summary>One route.</summary>
    /// <exception cref="AiGatewayException">There is no such route, or the call is refused.</exception>
    public Task<DynamicRoute> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id), null, ClientJson.Default.EnvelopeDynamicRoute, cancellationToken);

    /// <summary>Makes a route.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<DynamicRoute> CreateAsync(DynamicRouteDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, _root, GatewayTransport.Json(definition, ClientJson.Default.DynamicRouteDefinition), ClientJson.Default.EnvelopeDynamicRoute, cancellationToken);

    /// <summary>Gives a route another name, under which requests must call it from then on.</summary>
    /// <exception cref="AiGatewayException">The name is wrong or taken, there is no such route, or the call is refused.</exception>
    public Task<DynamicRoute> RenameAsync(string id, string name, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Patch, Target(id), GatewayTransport.Json(new(name), ClientJson.Default.DynamicRouteName), ClientJson.Default.EnvelopeDynamicRoute, cancellationToken);

    /// <summary>The versions of a route, the newest first, page by page.</summary>
    /// <param name="id">The route.</param>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<DynamicRouteVersion> ListVersionsAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.ListAsync(Target(id) + "/versions", ClientJson.Default.EnvelopeIReadOnlyListDynamicRouteVersion, PerPage, cancellationToken);

    /// <summary>One version of a route.</summary>
    /// <exception cref="AiGatewayException">There is no such version, or the call is refused.</exception>
    public Task<DynamicRouteVersion> GetVersionAsync(string id, string versionId, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Get, $"{Target(id)}/versions/{Uri.EscapeDataString(versionId)}", null, ClientJson.Default.EnvelopeDynamicRouteVersion, cancellationToken);

    /// <summary>Adds a version to a route; requests do not run it until it is deployed.</summary>
    /// <returns>The route with that version.</returns>
    /// <exception cref="AiGatewayException">The elements are wrong, there is no such route, or the call is refused.</exception>
    public Task<DynamicRoute> CreateVersionAsync(string id, DynamicRouteVersionDefinition definition, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Post, Target(id) + "/versions", GatewayTransport.Json(definition, ClientJson.Default.DynamicRouteVersionDefinition), ClientJson.Default.EnvelopeDynamicRoute, cancellationToken);

    /// <summary>The deployments of a route, the newest first, page by page.</summary>
    /// <param name="id">The route.</param>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<DynamicRouteDeployment> ListDeploymentsAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.ListAsync(Target(id) + "/deployments", ClientJson.Default.EnvelopeIReadOnlyListDynamicRouteDeployment, PerPage, cancellationToken);

    /// <summary>Makes a version live, a former one as well.</summary>
    /// <param name="id">The route.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="comment">A note about the deployment.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">There is no such version, it cannot run, or the call is refused.</exception>
    public Task<DynamicRoute> DeployAsync(string id, string versionId, string? comment = null, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Post, Target(id) + "/deployments", GatewayTransport.Json(new(versionId, comment), ClientJson.Default.DynamicRouteDeploymentDefinition), ClientJson.Default.EnvelopeDynamicRoute, cancellationToken);

    /// <summary>Deletes a route.</summary>
    /// <exception cref="AiGatewayException">There is no such route, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}

/// <summary>What a route is to be.</summary>
public sealed record DynamicRouteDefinition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its elements, as the page about dynamic routes describes them: an array.</summary>
    public required JsonElement Elements { get; init; }

    /// <summary>A note about its first version.</summary>
    public string? Comment { get; init; }
}

/// <summary>A dynamic route.</summary>
public sealed record DynamicRoute
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its elements.</summary>
    public JsonElement? Elements { get; init; }

    /// <summary>The version that the answer is about: the one that requests run, or that was just made; null in some answers.</summary>
    public DynamicRouteVersion? Version { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
