using System.Collections.Frozen;

namespace GatewayActors.Front.Pipeline;

/// <summary>Recognizes a request that wants to become a WebSocket, and finds the tokens that browsers, which can set no header, send with it.</summary>
internal static class WebSocketHandshake
{
    private const string Protocol = "websocket";

    private static readonly FrozenSet<string> QueryNames = FrozenSet.ToFrozenSet(["api_key", "key"], StringComparer.Ordinal);

    /// <summary>Whether the client asks for a WebSocket, by the upgrade of HTTP/1.1 or the extended CONNECT of HTTP/2.</summary>
    public static bool IsRequested(HttpRequest request) =>
        HttpMethods.IsConnect(request.Method)
        || (request.Headers.Upgrade is { Count: > 0 } upgrade && upgrade.ToString().Contains(Protocol, StringComparison.OrdinalIgnoreCase));

    /// <summary>The values that may be tokens of ours in the query.</summary>
    public static IEnumerable<string> TokensInQuery(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return from parameter in question < 0 ? [] : target[(question + 1)..].Split('&')
               let sign = parameter.IndexOf('=', StringComparison.Ordinal)
               where sign > 0 && QueryNames.Contains(parameter[..sign])
               select Uri.UnescapeDataString(parameter[(sign + 1)..]);
    }
}
