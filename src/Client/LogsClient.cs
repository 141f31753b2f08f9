using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>The log entries of a gateway.</summary>
public sealed class LogsClient
{
    private const int PerPage = 50;
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal LogsClient(GatewayTransport transport, string root) => (_transport, _root) = (transport, root + "/logs");

    /// <summary>Entries, the newest first, page by page.</summary>
    /// <param name="filters">All of which an entry must meet; null for none.</param>
    /// <param name="cancellationToken">Cancels the request for the next page.</param>
    public IAsyncEnumerable<LogEntry> ListAsync(IReadOnlyList<LogFilter>? filters = null, CancellationToken cancellationToken = default) =>
        _transport.ListAsync(_root + Query(filters), ClientJson.Default.EnvelopeIReadOnlyListLogEntry, PerPage, cancellationToken);

    /// <summary>One entry.</summary>
    /// <exception cref="AiGatewayException">There is no such entry, or the call is refused.</exception>
    public Task<LogEntry> GetAsync(string logId, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(logId), null, ClientJson.Default.EnvelopeLogEntry, cancellationToken);

    /// <summary>Sets feedback, score or metadata; what is null stays.</summary>
    /// <exception cref="AiGatewayException">A value is wrong, there is no such entry, or the call is refused.</exception>
    public Task PatchAsync(string logId, LogPatch patch, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Patch, Target(logId), GatewayTransport.Json(patch, ClientJson.Default.LogPatch), cancellationToken);

    /// <summary>Deletes entries, the oldest first, at most 10,000 of them.</summary>
    /// <param name="filters">All of which an entry must meet; null deletes all.</param>
    /// <param name="cancellationToken">Cancels the request; what is deleted stays so.</param>
    /// <exception cref="AiGatewayException">A filter is wrong, or the call is refused.</exception>
    public Task DeleteAsync(IReadOnlyList<LogFilter>? filters = null, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Delete, _root + Query(filters), null, cancellationToken);

    /// <summary>The body of the request. Takes AI Gateway Read.</summary>
    /// <exception cref="AiGatewayException">There is no such entry, its body was not kept, or the call is refused.</exception>
    public Task<LogBody> DownloadRequestAsync(string logId, CancellationToken cancellationToken = default) => DownloadAsync(logId, "request", cancellationToken);

    /// <summary>The body of the answer. Takes AI Gateway Read.</summary>
    /// <exception cref="AiGatewayException">There is no such entry, its body was not kept, or the call is refused.</exception>
    public Task<LogBody> DownloadResponseAsync(string logId, CancellationToken cancellationToken = default) => DownloadAsync(logId, "response", cancellationToken);

    private async Task<LogBody> DownloadAsync(string logId, string side, CancellationToken cancellationToken)
    {
        var response = await _transport.StartAsync(HttpMethod.Get, $"{Target(logId)}/{side}", null, cancellationToken).ConfigureAwait(false);
        try
        {
            await GatewayTransport.EnsureSuccessAsync(response, cancellationToken).ConfigureAwait(false);
            return new(response);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static string Query(IReadOnlyList<LogFilter>? filters) =>
        filters is { Count: > 0 } ? "?filters=" + Uri.EscapeDataString(JsonSerializer.Serialize(filters, ClientJson.Default.IReadOnlyListLogFilter)) : "";

    private string Target(string logId) => $"{_root}/{Uri.EscapeDataString(logId)}";
}

/// <summary>One condition on log entries.</summary>
/// <param name="Key">What is compared, such as <c>provider</c> or <c>metadata.key</c>.</param>
/// <param name="Operator"><c>eq</c>, <c>neq</c>, <c>contains</c>, <c>lt</c> or <c>gt</c>.</param>
/// <param name="Value">The values, one of which is enough.</param>
public sealed record LogFilter(string Key, string Operator, JsonArray Value);

/// <summary>A change of a log entry.</summary>
public sealed record LogPatch
{
    /// <summary>-1, 0 or 1; null leaves it.</summary>
    public int? Feedback { get; init; }

    /// <summary>0 to 100; null leaves it.</summary>
    public double? Score { get; init; }

    /// <summary>Entries to set; null leaves all, and null as a value removes one.</summary>
    public JsonObject? Metadata { get; init; }
}

/// <summary>A log entry.</summary>
public sealed record LogEntry
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>When the request came in.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The provider's path.</summary>
    public string? Path { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public double Duration { get; init; }

    /// <summary>Whether it succeeded.</summary>
    public bool Success { get; init; }

    /// <summary>Whether the answer came out of the cache.</summary>
    public bool Cached { get; init; }

    /// <summary>Tokens of the prompt; null if unknown.</summary>
    public long? TokensIn { get; init; }

    /// <summary>Tokens of the answer; null if unknown.</summary>
    public long? TokensOut { get; init; }

    /// <summary>What it cost, in USD; null if unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The status of the answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The step that answered, from 0.</summary>
    public int? Step { get; init; }

    /// <summary>The id that the caller gave it.</summary>
    public string? EventId { get; init; }

    /// <summary>-1, 0 or 1; null for none.</summary>
    public int? Feedback { get; init; }

    /// <summary>0 to 100; null for none.</summary>
    public double? Score { get; init; }

    /// <summary>What the caller said about the request; null for nothing.</summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}
