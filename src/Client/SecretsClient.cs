using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The secrets stores of an account, and what is in them.</summary>
public sealed class SecretsClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal SecretsClient(GatewayTransport transport) => (_transport, _root) = (transport, transport.Admin("secrets_store/stores"));

    /// <summary>All stores, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<SecretsStore> ListStoresAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root, ClientJson.Default.EnvelopeIReadOnlyListSecretsStore, PerPage, cancellationToken);

    /// <summary>Makes a store.</summary>
    /// <exception cref="AiGatewayException">The name is wrong, or the call is refused.</exception>
    public Task<SecretsStore> CreateStoreAsync(string name, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Post, _root, GatewayTransport.Json(new(name), ClientJson.Default.SecretsStoreDefinition), ClientJson.Default.EnvelopeSecretsStore, cancellationToken);

    /// <summary>All secrets of a store, without their values, page by page.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<Secret> ListAsync(string storeId, CancellationToken cancellationToken = default) =>
        _transport.ListAsync(Target(storeId), ClientJson.Default.EnvelopeIReadOnlyListSecret, PerPage, cancellationToken);

    /// <summary>Stores a secret.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, the name is taken, or the call is refused.</exception>
    public async Task<Secret> CreateAsync(string storeId, SecretDefinition definition, CancellationToken cancellationToken = default) => (await _transport.SendAsync(
        HttpMethod.Post,
        Target(storeId),
        GatewayTransport.Json([definition], ClientJson.Default.IReadOnlyListSecretDefinition),
        ClientJson.Default.EnvelopeIReadOnlyListSecret,
        cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Deletes a secret.</summary>
    /// <exception cref="AiGatewayException">There is no such secret, or the call is refused.</exception>
    public Task DeleteAsync(string storeId, string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Delete, $"{Target(storeId)}/{Uri.EscapeDataString(id)}", null, cancellationToken);

    private string Target(string storeId) => $"{_root}/{Uri.EscapeDataString(storeId)}/secrets";
}

internal sealed record SecretsStoreDefinition(string Name);

/// <summary>A store.</summary>
public sealed record SecretsStore
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A secret that is to be stored.</summary>
public sealed record SecretDefinition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The secret itself. It is never answered.</summary>
    public required string Value { get; init; }

    /// <summary>What may use it, such as <c>ai_gateway</c>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>A note.</summary>
    public string? Comment { get; init; }
}

/// <summary>A stored secret, without its value.</summary>
public sealed record Secret
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What may use it.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>A note.</summary>
    public string? Comment { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
