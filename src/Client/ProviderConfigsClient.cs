using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The stored keys of providers that a gateway may use.</summary>
public sealed class ProviderConfigsClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal ProviderConfigsClient(GatewayTransport transport, string root) => (_transport, _root) = (transport, root + "/provider_configs");

    /// <summary>All provider configs, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<ProviderConfig> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root, ClientJson.Default.EnvelopeIReadOnlyListProviderConfig, PerPage, cancellationToken);

    /// <summary>Makes a provider config.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<ProviderConfig> CreateAsync(ProviderConfigDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, _root, GatewayTransport.Json(definition, ClientJson.Default.ProviderConfigDefinition), ClientJson.Default.EnvelopeProviderConfig, cancellationToken);

    /// <summary>Gives a provider config another key.</summary>
    /// <exception cref="AiGatewayException">There is no such provider config, or the call is refused.</exception>
    public Task<ProviderConfig> RotateAsync(string id, string secret, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Put, Target(id), GatewayTransport.Json(new(secret), ClientJson.Default.ProviderKey), ClientJson.Default.EnvelopeProviderConfig, cancellationToken);

    /// <summary>Deletes a provider config.</summary>
    /// <exception cref="AiGatewayException">There is no such provider config, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}

internal sealed record ProviderKey(string Secret);

/// <summary>Which key is to be used for a provider.</summary>
public sealed record ProviderConfigDefinition
{
    /// <summary>The provider.</summary>
    public required string ProviderSlug { get; init; }

    /// <summary>The name by which requests choose it.</summary>
    public required string Alias { get; init; }

    /// <summary>Whether it is used where a request chooses none.</summary>
    public bool DefaultConfig { get; init; }

    /// <summary>The key, which is stored sealed; null where <see cref="SecretId"/> names one.</summary>
    public string? Secret { get; init; }

    /// <summary>A stored secret; null where <see cref="Secret"/> brings one.</summary>
    public string? SecretId { get; init; }
}

/// <summary>A stored key of a provider, without the key.</summary>
public sealed record ProviderConfig
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The provider.</summary>
    public required string ProviderSlug { get; init; }

    /// <summary>The name by which requests choose it.</summary>
    public required string Alias { get; init; }

    /// <summary>Whether it is used where a request chooses none.</summary>
    public bool DefaultConfig { get; init; }

    /// <summary>The stored secret.</summary>
    public string? SecretId { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
