using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace GatewayActors.Front.Management.Audit;

/// <summary>What the endpoints are called in the audit log, out of their names: <c>CreateCustomProvider</c> is a <c>create</c> of a <c>custom_provider</c>.</summary>
internal static class AuditedEndpoints
{
    /// <summary>The verbs that names of changing endpoints begin with.</summary>
    private static readonly FrozenSet<string> Verbs =
        new[] { "add", "cancel", "commit", "create", "delete", "duplicate", "edit", "patch", "purge", "rename", "replace", "roll", "rotate", "set", "start", "stop", "update" }
            .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether requests to an endpoint are recorded: they may change something.</summary>
    public static bool IsAudited(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ManagementEndpoint>() is not null
        && endpoint.Metadata.GetMetadata<ReadByPost>() is null
        && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(IsChange) == true;

    /// <summary>Whether a method may change something.</summary>
    public static bool IsChange(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method);

    /// <summary>The name of an endpoint; empty if it has none.</summary>
    public static string NameOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";

    /// <summary>Takes a name apart; false if it does not begin with a known verb.</summary>
    public static bool TryRead(string name, out string action, out string resourceType)
    {
        var words = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        var end = words.IndexOf('_', StringComparison.Ordinal);
        (action, resourceType) = end > 0 ? (words[..end], words[(end + 1)..]) : (words, "");
        return resourceType.Length > 0 && Verbs.Contains(action);
    }

    extension(RouteHandlerBuilder builder)
    {
        /// <summary>Says that this POST only reads, so the audit log leaves it out.</summary>
        public RouteHandlerBuilder OnlyReads() => builder.WithMetadata(new ReadByPost());
    }
}

/// <summary>Marks endpoints that take a POST and change nothing.</summary>
internal sealed class ReadByPost;

/// <summary>Finds the endpoint that reads what another one changes: the GET of the same path. Thread-safe.</summary>
internal sealed class ReadingEndpoints : IDisposable
{
    private readonly IDisposable _changes;
    private volatile FrozenDictionary<string, RouteEndpoint> _byPattern = FrozenDictionary<string, RouteEndpoint>.Empty;

    public ReadingEndpoints(EndpointDataSource endpoints)
    {
        _changes = ChangeToken.OnChange(endpoints.GetChangeToken, () => Index(endpoints));
        Index(endpoints);
    }

    /// <summary>The one that reads a single resource; null if there is none.</summary>
    public RouteEndpoint? Find(RouteEndpoint changing) =>
        changing.RoutePattern.RawText is { } pattern && pattern.EndsWith('}') ? _byPattern.GetValueOrDefault(pattern) : null;

    public void Dispose() => _changes.Dispose();

    private void Index(EndpointDataSource endpoints) =>
        _byPattern = endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ManagementEndpoint>() is not null)
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true)
            .DistinctBy(endpoint => endpoint.RoutePattern.RawText)
            .ToFrozenDictionary(endpoint => endpoint.RoutePattern.RawText ?? "", StringComparer.Ordinal);
}
