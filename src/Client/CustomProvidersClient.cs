using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The providers that an account has defined.</summary>
public sealed class CustomProvidersClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal CustomProvidersClient(GatewayTransport transport) => (_transport, _root, Prices) = (transport, transport.Admin("ai-gateway/custom-providers"), new(transport, transport.Admin("ai-gateway/custom-providers")));

    /// <summary>What their models cost.</summary>
    public PricingRulesClient Prices { get; }

    /// <summary>All providers, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<CustomProvider> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root, ClientJson.Default.EnvelopeIReadOnlyListCustomProvider, PerPage, cancellationToken);

    /// <summary>One provider.</summary>
    /// <exception cref="AiGatewayException">There is no such provider, or the call is refused.</exception>
    public Task<CustomProvider> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id), null, ClientJson.Default.EnvelopeCustomProvider, cancellationToken);

    /// <summary>Makes a provider.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<CustomProvider> CreateAsync(CustomProviderDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, _root, GatewayTransport.Json(definition, ClientJson.Default.CustomProviderDefinition), ClientJson.Default.EnvelopeCustomProvider, cancellationToken);

    /// <summary>Changes a provider.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, there is no such provider, or the call is refused.</exception>
    public Task<CustomProvider> UpdateAsync(string id, CustomProviderDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Patch, Target(id), GatewayTransport.Json(definition, ClientJson.Default.CustomProviderDefinition), ClientJson.Default.EnvelopeCustomProvider, cancellationToken);

    /// <summary>Deletes a provider.</summary>
    /// <exception cref="AiGatewayException">There is no such provider, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}

/// <summary>What a provider is to be; where one is changed, null leaves what it is.</summary>
public sealed record CustomProviderDefinition
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its slug, by which requests name it behind <c>custom-</c>.</summary>
    public string? Slug { get; init; }

    /// <summary>Where requests go.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>What it is.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it takes requests.</summary>
    public bool? Enable { get; init; }
}

/// <summary>A provider of an account.</summary>
public sealed record CustomProvider
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its slug, by which requests name it behind <c>custom-</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Where requests go.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Whether it takes requests.</summary>
    public bool Enable { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
