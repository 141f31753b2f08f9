namespace GatewayActors.Providers.Mapping;

/// <summary>Puts URLs together without touching their encoding.</summary>
internal static class UpstreamUrl
{
    /// <summary>A base without a trailing slash, a path without a leading one (or none), and a query with its question mark (or none).</summary>
    public static string Join(ReadOnlySpan<char> baseUrl, ReadOnlySpan<char> path, ReadOnlySpan<char> query) =>
        path.IsEmpty ? string.Concat(baseUrl, query) : string.Concat(baseUrl, "/", path, query);
}
