using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The evaluations of a gateway.</summary>
public sealed class EvaluationsClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal EvaluationsClient(GatewayTransport transport, string root) => (_transport, _root) = (transport, root + "/evaluations");

    /// <summary>All evaluations, page by page.</summary>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<Evaluation> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root, ClientJson.Default.EnvelopeIReadOnlyListEvaluation, PerPage, cancellationToken);

    /// <summary>One evaluation.</summary>
    /// <exception cref="AiGatewayException">There is no such evaluation, or the call is refused.</exception>
    public Task<Evaluation> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id), null, ClientJson.Default.EnvelopeEvaluation, cancellationToken);

    /// <summary>Makes an evaluation.</summary>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<Evaluation> CreateAsync(EvaluationDefinition definition, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Post, _root, GatewayTransport.Json(definition, ClientJson.Default.EvaluationDefinition), ClientJson.Default.EnvelopeEvaluation, cancellationToken);

    /// <summary>Deletes an evaluation.</summary>
    /// <exception cref="AiGatewayException">There is no such evaluation, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}

/// <summary>What is to be evaluated.</summary>
public sealed record EvaluationDefinition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The datasets.</summary>
    public required IReadOnlyList<string> DatasetIds { get; init; }

    /// <summary>What is measured.</summary>
    public required IReadOnlyList<string> EvaluationTypeIds { get; init; }
}

/// <summary>An evaluation.</summary>
public sealed record Evaluation
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is finished.</summary>
    public bool Processed { get; init; }

    /// <summary>Log entries that it has looked at.</summary>
    public long TotalLogs { get; init; }

    /// <summary>A result for every type.</summary>
    public JsonElement? Results { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
