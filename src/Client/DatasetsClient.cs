using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The datasets of a gateway: named filters over its log.</summary>
public sealed class DatasetsClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal DatasetsClient(GatewayTransport transport, string root) => (_transport, _root) = (transport, root + "/datasets");

    /// <summary>All datasets, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<Dataset> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root, ClientJson.Default.EnvelopeIReadOnlyListDataset, PerPage, cancellationToken);

    /// <summary>One dataset.</summary>
    /// <exception cref="AiGatewayException">There is no such dataset, or the call is refused.</exception>
    public Task<Dataset> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id), null, ClientJson.Default.EnvelopeDataset, cancellationToken);

    /// <summary>Makes a dataset.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<Dataset> CreateAsync(DatasetDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, _root, GatewayTransport.Json(definition, ClientJson.Default.DatasetDefinition), ClientJson.Default.EnvelopeDataset, cancellationToken);

    /// <summary>Changes a dataset.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, there is no such dataset, or the call is refused.</exception>
    public Task<Dataset> UpdateAsync(string id, DatasetDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Put, Target(id), GatewayTransport.Json(definition, ClientJson.Default.DatasetDefinition), ClientJson.Default.EnvelopeDataset, cancellationToken);

    /// <summary>Deletes a dataset.</summary>
    /// <exception cref="AiGatewayException">There is no such dataset, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}

/// <summary>What a dataset is to be.</summary>
public sealed record DatasetDefinition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is in use. Default: true.</summary>
    public bool Enable { get; init; } = true;

    /// <summary>Which log entries belong to it.</summary>
    public required IReadOnlyList<LogFilter> Filters { get; init; }
}

/// <summary>A dataset.</summary>
public sealed record Dataset
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is in use.</summary>
    public bool Enable { get; init; }

    /// <summary>Which log entries belong to it.</summary>
    public IReadOnlyList<LogFilter>? Filters { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
