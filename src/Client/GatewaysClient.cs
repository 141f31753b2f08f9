using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The gateways of an account.</summary>
public sealed class GatewaysClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;

    internal GatewaysClient(GatewayTransport transport) => _transport = transport;

    /// <summary>All gateways, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<Gateway> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(Target(), ClientJson.Default.EnvelopeIReadOnlyListGateway, PerPage, cancellationToken);

    /// <summary>One gateway.</summary>
    /// <exception cref="AiGatewayException">There is no such gateway, or the call is refused.</exception>
    public Task<Gateway> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id), null, ClientJson.Default.EnvelopeGateway, cancellationToken);

    /// <summary>Makes a gateway. <see cref="GatewaySettings.Id"/> is needed.</summary>
    /// <exception cref="AiGatewayException">A setting is wrong, the id is taken, or the call is refused.</exception>
    public Task<Gateway> CreateAsync(GatewaySettings settings, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, Target(), GatewayTransport.Json(settings, ClientJson.Default.GatewaySettings), ClientJson.Default.EnvelopeGateway, cancellationToken);

    /// <summary>Sets the settings of a gateway.</summary>
    /// <exception cref="AiGatewayException">A setting is wrong, there is no such gateway, or the call is refused.</exception>
    public Task<Gateway> UpdateAsync(string id, GatewaySettings settings, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Put, Target(id), GatewayTransport.Json(settings, ClientJson.Default.GatewaySettings), ClientJson.Default.EnvelopeGateway, cancellationToken);

    /// <summary>Deletes a gateway with everything that belongs to it.</summary>
    /// <exception cref="AiGatewayException">There is no such gateway, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    /// <summary>Empties the cache of a gateway.</summary>
    /// <exception cref="AiGatewayException">There is no such gateway, or the call is refused.</exception>
    public Task PurgeCacheAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id) + "/cache", null, cancellationToken);

    private string Target(string? id = null) => _transport.Admin("ai-gateway/gateways" + (id is null ? "" : "/" + Uri.EscapeDataString(id)));
}

/// <summary>A gateway as it is stored.</summary>
public sealed record Gateway
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Settings { get; set; }
}

/// <summary>The settings of a gateway: the five that the API asks for, and all others in <see cref="Others"/>.</summary>
public sealed record GatewaySettings
{
    /// <summary>The id of a gateway that is to be made; null where one is changed.</summary>
    public string? Id { get; init; }

    /// <summary>Whether a change of the settings makes kept answers invalid. Default: true.</summary>
    public bool CacheInvalidateOnUpdate { get; init; } = true;

    /// <summary>How long an answer is kept, in seconds. Default: 0, which keeps none.</summary>
    public int CacheTtl { get; init; }

    /// <summary>Whether requests are logged. Default: true.</summary>
    public bool CollectLogs { get; init; } = true;

    /// <summary>The window of the rate limit, in seconds. Default: 0, which limits nothing.</summary>
    public int RateLimitingInterval { get; init; }

    /// <summary>Requests in a window. Default: 0, which limits nothing.</summary>
    public int RateLimitingLimit { get; init; }

    /// <summary>Whether clients need a token; null for the gateway's own choice, which is yes.</summary>
    public bool? Authentication { get; init; }

    /// <summary>Other settings, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
