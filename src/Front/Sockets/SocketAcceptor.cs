using System.Net.WebSockets;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Sockets;

/// <summary>Turns a client's request into a WebSocket.</summary>
internal sealed class SocketAcceptor(GatewayOptions options)
{
    /// <param name="exchange">The exchange; the headers of its response go out with the handshake.</param>
    /// <param name="protocol">The subprotocol that was chosen; null for none.</param>
    /// <returns>The WebSocket; null if the client is gone.</returns>
    public async ValueTask<WebSocket?> AcceptAsync(Exchange exchange, string? protocol)
    {
        try
        {
            return await exchange.Http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = protocol,
                KeepAliveInterval = options.WebSockets.PingInterval,
                KeepAliveTimeout = options.WebSockets.PongTimeout,
            });
        }
        catch (IOException)
        {
            return null;
        }
    }
}
