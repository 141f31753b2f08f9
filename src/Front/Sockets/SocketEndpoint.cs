using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Realtime;
using GatewayActors.Front.Universal.Sockets;

namespace GatewayActors.Front.Sockets;

/// <summary>Serves the exchanges whose clients want a WebSocket.</summary>
internal sealed class SocketEndpoint(RealtimeEndpoint realtime, UniversalSockets universal)
{
    private static readonly GatewayError NotHere = new(
        GatewayErrorKind.WebSocketUnsupported,
        "This endpoint is not served over a WebSocket: open one at /v1/{account}/{gateway} for universal requests, or at the path of a provider for its realtime API.");

    /// <summary>Serves an admitted exchange to its end; its errors are those of the exchange.</summary>
    public async ValueTask RunAsync(Exchange exchange)
    {
        if (exchange.IsCompat || exchange.Run is not null || exchange.Rest is not null)
        {
            exchange.Fail(NotHere);
        }
        else if (!exchange.Http.WebSockets.IsWebSocketRequest)
        {
            exchange.Fail(new(GatewayErrorKind.MalformedRequest, "The handshake is not one of a WebSocket of version 13 (RFC 6455): GET with Connection, Upgrade, Sec-WebSocket-Version and Sec-WebSocket-Key."));
        }
        else if (exchange.IsUniversal)
        {
            await universal.RunAsync(exchange, exchange.Protocols!);
        }
        else
        {
            await realtime.RunAsync(exchange, exchange.Protocols!);
        }
    }
}
