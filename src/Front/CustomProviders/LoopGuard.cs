namespace GatewayActors.Front.CustomProviders;

/// <summary>
/// Ends requests that go round in circles: a tenant can give this gateway's own address to a provider, and one request would become
/// requests without end. Each pass to a tenant's URL leaves a mark (RFC 8586), as shared proxies do.
/// </summary>
internal static class LoopGuard
{
    public const string HeaderName = "CDN-Loop";

    /// <summary>The mark.</summary>
    public const string Name = "gateway-actors";

    /// <summary>Passes that make sense: a gateway of a department behind that of a company, and some to spare.</summary>
    public const int MaxPasses = 4;

    /// <summary>Whether a request has been here too often.</summary>
    public static bool IsLoop(IHeaderDictionary headers)
    {
        var passes = 0;
        foreach (var value in headers[HeaderName])
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                passes += value.AsSpan()[part].Trim().Equals(Name, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }
        }

        return passes >= MaxPasses;
    }

    /// <summary>The header of the next request.</summary>
    public static string Next(IHeaderDictionary headers) => headers[HeaderName] is { Count: > 0 } before ? $"{before}, {Name}" : Name;
}
