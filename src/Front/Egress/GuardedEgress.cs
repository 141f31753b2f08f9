using System.Net;
using System.Net.Sockets;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Egress;

/// <summary>
/// Makes the connections to URLs that tenants set. A name is resolved here, once, and the connection goes to one of the addresses that were
/// checked: what a name server answers a moment later changes nothing. Redirects are not followed, so nobody else chooses a target either.
/// </summary>
internal sealed partial class GuardedEgress(IHostResolver resolver, GatewayOptions options, ILogger<GuardedEgress> logger)
{
    /// <summary>A handler whose every connection is guarded. Belongs to the caller.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = UpstreamHandlers.Create(options.Upstream);
        handler.ConnectCallback = ConnectAsync;
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await resolver.ResolveAsync(host, cancellationToken);
        if (!options.Upstream.AllowPrivateNetworks && !Array.TrueForAll(addresses, PublicAddresses.Contains))
        {
            // One address that is not public is enough: a name that mixes them is set up to get through on some try. The exception says
            // nothing that a connection failure would not say, or tenants could ask which names there are inside.
            LogRefused(host, port);
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The host is not reachable.");
        }

        var failure = default(SocketException);
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                failure = exception; // The next address may be reachable.
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    [LoggerMessage(EventId = 1206, EventName = "EgressRefused", Level = LogLevel.Warning,
        Message = "A tenant's URL names {Host}:{Port}, which is not, or not only, at public addresses; no connection was made. Gateway:Upstream:AllowPrivateNetworks allows it.")]
    private partial void LogRefused(string host, int port);
}
