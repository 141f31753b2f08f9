using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The API tokens of an account.</summary>
public sealed class TokensClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal TokensClient(GatewayTransport transport) => (_transport, _root) = (transport, transport.Admin("tokens"));

    /// <summary>All tokens, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<ApiToken> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root, ClientJson.Default.EnvelopeIReadOnlyListApiToken, PerPage, cancellationToken);

    /// <summary>One token.</summary>
    /// <exception cref="AiGatewayException">There is no such token, or the call is refused.</exception>
    public Task<ApiToken> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id), null, ClientJson.Default.EnvelopeApiToken, cancellationToken);

    /// <summary>Makes a token.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<ApiToken> CreateAsync(ApiTokenDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, _root, GatewayTransport.Json(definition, ClientJson.Default.ApiTokenDefinition), ClientJson.Default.EnvelopeApiToken, cancellationToken);

    /// <summary>Changes a token.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, there is no such token, or the call is refused.</exception>
    public Task<ApiToken> UpdateAsync(string id, ApiTokenDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Put, Target(id), GatewayTransport.Json(definition, ClientJson.Default.ApiTokenDefinition), ClientJson.Default.EnvelopeApiToken, cancellationToken);

    /// <summary>Deletes a token.</summary>
    /// <exception cref="AiGatewayException">There is no such token, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    /// <summary>Gives a token another value; the one before works no longer.</summary>
    /// <returns>The value, which is not shown again.</returns>
    /// <exception cref="AiGatewayException">There is no such token, or the call is refused.</exception>
    public Task<string> RollAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Put, Target(id) + "/value", null, ClientJson.Default.EnvelopeString, cancellationToken);

    /// <summary>The token that this client uses: its id and status.</summary>
    /// <exception cref="AiGatewayException">The token is not valid, or not one of this account.</exception>
    public Task<TokenStatus> VerifyAsync(CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, _root + "/verify", null, ClientJson.Default.EnvelopeTokenStatus, cancellationToken);

    /// <summary>What can be granted; the ids go into <see cref="TokenPolicy"/>.</summary>
    /// <exception cref="AiGatewayException">The call is refused.</exception>
    public Task<IReadOnlyList<PermissionGroup>> ListPermissionGroupsAsync(CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, _root + "/permission_groups", null, ClientJson.Default.EnvelopeIReadOnlyListPermissionGroup, cancellationToken);

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}

/// <summary>What a token is to be.</summary>
public sealed record ApiTokenDefinition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required IReadOnlyList<TokenPolicy> Policies { get; init; }

    /// <summary>From when on it is valid; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }
}

/// <summary>What a token may do, and where.</summary>
public sealed record TokenPolicy
{
    /// <summary><c>allow</c> or <c>deny</c>. Default: allow.</summary>
    public string Effect { get; init; } = "allow";

    /// <summary>What; only the ids count.</summary>
    public required IReadOnlyList<PermissionGroup> PermissionGroups { get; init; }

    /// <summary>Where: <c>com.cloudflare.api.account.{id}</c> to <c>*</c>.</summary>
    public required IReadOnlyDictionary<string, string> Resources { get; init; }
}

/// <summary>A right that can be granted.</summary>
public sealed record PermissionGroup
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }
}

/// <summary>Whether a token is valid.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status"><c>active</c>.</param>
public sealed record TokenStatus(string Id, string Status);

/// <summary>A token.</summary>
public sealed record ApiToken
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>active</c>, <c>disabled</c> or <c>expired</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The token itself; only where it has just been made.</summary>
    public string? Value { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
