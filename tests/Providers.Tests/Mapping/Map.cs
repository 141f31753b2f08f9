using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

/// <summary>Sends paths through the built-in catalogue.</summary>
internal static class Map
{
    public static ProviderCatalog Catalog { get; } = new(BuiltInProviders.All);

    /// <summary>Maps <c>slug/rest?query</c>, as a client writes it after the gateway.</summary>
    public static UpstreamMapping Of(string received, string? baseUrl = null, CredentialHome? home = null, params (string Name, string Value)[] headers)
    {
        var mark = received.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? received : received[..mark];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var slug = slash < 0 ? path : path[..slash];
        var provider = Catalog.Find(slug) ?? throw new InvalidOperationException($"No provider '{slug}'.");
        return provider.Map(new()
        {
            Slug = slug,
            Rest = slash < 0 ? "" : path[(slash + 1)..],
            Query = mark < 0 ? "" : received[mark..],
            BaseUrl = baseUrl,
            Home = home,
            Headers = new FakeHeaders(headers),
        });
    }

    /// <summary>The address; fails with the reason if there is none.</summary>
    public static UpstreamAddress Address(
        string received, string? baseUrl = null, CredentialHome? home = null, params (string Name, string Value)[] headers)
    {
        var mapping = Of(received, baseUrl, home, headers);
        Assert.Null(mapping.Problem);
        return mapping.Address!;
    }
}

/// <summary>Headers in memory; names ignore case.</summary>
internal sealed class FakeHeaders(params (string Name, string Value)[] headers) : IUpstreamHeaders
{
    private readonly SortedDictionary<string, string> _values = new(
        headers.ToDictionary(header => header.Name, header => header.Value), StringComparer.OrdinalIgnoreCase);

    public string? this[string name] => _values.GetValueOrDefault(name);

    public void Set(string name, string value) => _values[name] = value;

    public void Remove(string name) => _values.Remove(name);

    /// <summary>All of them, lower case and in order, one a line.</summary>
    public override string ToString() => string.Join('\n', _values.Select(pair => $"{pair.Key.ToLowerInvariant()}: {pair.Value}"));
}
