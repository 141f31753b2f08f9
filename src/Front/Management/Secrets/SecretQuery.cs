using System.Text.Json;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Secrets;

/// <summary>Which secrets a list shows, and in which order.</summary>
internal sealed class SecretQuery
{
    private static readonly Words<Order> Orders = new(
        (Order.Name, "name"), (Order.Comment, "comment"), (Order.Created, "created"), (Order.Modified, "modified"), (Order.Status, "status"));

    private Order _order;
    private bool _isDescending;
    private string? _search;
    private string[] _scopes = [];

    private enum Order
    {
        Name,
        Comment,
        Created,
        Modified,
        Status,
    }

    /// <summary>The page.</summary>
    public Paging Paging { get; private init; }

    /// <summary>Reads the parameters; the answer to their mistakes, null if there are none.</summary>
    public static ApiProblem? Read(IQueryCollection parameters, out SecretQuery query)
    {
        var reader = new QueryReader(parameters);
        query = new()
        {
            Paging = reader.Paging(maxPerPage: 100),
            _order = reader.Word("order", Orders) ?? Order.Created,
            _isDescending = (reader.Word("direction", SortDirections.Words) ?? SortDirection.Descending) == SortDirection.Descending,
            _search = reader.Text("search"),
            // Repeated, or with commas.
            _scopes = [.. parameters["scopes"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        };
        return reader.Problem
            ?? (query._scopes.All(SecretScopes.All.Contains) ? null : SecretsProblems.Invalid("secret_scope_invalid", "query", "scopes"));
    }

    /// <summary>The secrets that it asks for: of several scopes, those that have all of them.</summary>
    public IEnumerable<SecretRecord> Of(IEnumerable<SecretRecord> secrets)
    {
        var found = secrets.Where(secret => _scopes.All(secret.Scopes.Contains)).Where(secret => _search is null || Mentions(secret, _search));
        return _order switch
        {
            Order.Name => Sort(found, secret => secret.Name, StringComparer.Ordinal),
            Order.Comment => Sort(found, secret => secret.Comment ?? "", StringComparer.Ordinal),
            Order.Created => Sort(found, secret => secret.CreatedAt),
            Order.Modified => Sort(found, secret => secret.ModifiedAt),
            Order.Status => Sort(found, _ => 0), // All are active.
        };
    }

    private IEnumerable<SecretRecord> Sort<T>(IEnumerable<SecretRecord> secrets, Func<SecretRecord, T> by, IComparer<T>? comparer = null) =>
        (_isDescending ? secrets.OrderByDescending(by, comparer) : secrets.OrderBy(by, comparer)).ThenBy(secret => secret.Id, StringComparer.Ordinal);

    private static bool Mentions(SecretRecord secret, string search) =>
        secret.Name.Contains(search, StringComparison.OrdinalIgnoreCase) || secret.Comment?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>Reads which secrets are to be deleted: <c>{ids}</c>, <c>{secret_ids}</c>, an array of ids, or of objects with an id.</summary>
internal static class SecretIds
{
    /// <summary>The ids, each once; null if the body is something else.</summary>
    public static IReadOnlyList<string>? Read(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object)
        {
            body = body.TryGetProperty("ids", out var ids) || body.TryGetProperty("secret_ids", out ids) ? ids : default;
        }

        if (body.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        List<string> read = [];
        foreach (var item in body.EnumerateArray())
        {
            var id = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id", out var member) ? member : item;
            if (id.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            read.Add(id.GetString()!);
        }

        return [.. read.Distinct(StringComparer.Ordinal)];
    }
}
