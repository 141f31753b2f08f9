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

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
