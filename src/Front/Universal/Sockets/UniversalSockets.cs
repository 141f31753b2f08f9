using GatewayActors.Front.Configuration;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Realtime;
using GatewayActors.Front.Sockets;

namespace GatewayActors.Front.Universal.Sockets;

/// <summary>Serves universal requests over WebSockets.</summary>
internal sealed class UniversalSockets(Lazy<ExchangePipeline> pipeline, SocketAcceptor acceptor, SocketStops stops, GatewayOptions options, TimeProvider timeProvider)
{
    /// <summary>Serves an admitted handshake to its end.</summary>
    public async ValueTask RunAsync(Exchange exchange, OfferedProtocols protocols)
    {
        ExchangeResponseHeaders.Write(exchange, exchange.Http.Response.Headers);
        exchange.StatusCode = StatusCodes.Status101SwitchingProtocols;
        using var socket = await acceptor.AcceptAsync(exchange, protocols.Choose(chosen: null));
        if (socket is null)
        {
            exchange.ClientGone = true;
            return;
        }

        using var universal = new UniversalSocket(socket, exchange, pipeline.Value.RunAsync, options, timeProvider);
        await universal.RunAsync(stops.Closing);
        exchange.Delivered = !exchange.ClientGone;
    }
}
