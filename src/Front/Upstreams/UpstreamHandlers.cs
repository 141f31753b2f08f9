using System.Text;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Upstreams;

/// <summary>Makes the handlers that speak to upstreams.</summary>
internal static class UpstreamHandlers
{
    /// <summary>A handler for long-lived connections. Belongs to the caller.</summary>
    public static SocketsHttpHandler Create(UpstreamOptions options) => new()
    {
        // Bytes and headers pass as they are; what the handler would do by itself, the client decides.
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ConnectTimeout = options.ConnectTimeout,
        EnableMultipleHttp2Connections = true,
        // So that a change of the provider's addresses is followed.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // Shorter than what servers and balancers commonly keep, or requests would meet connections that are just being closed.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
    };
}
