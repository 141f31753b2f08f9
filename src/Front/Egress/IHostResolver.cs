using System.Net;

namespace GatewayActors.Front.Egress;

/// <summary>Finds the addresses of a host. Injected, so that a test can be a name server that changes its mind.</summary>
internal interface IHostResolver
{
    /// <summary>All addresses of a host name, or the address that it is itself.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">There are none, or the name servers do not answer.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>Asks the system.</summary>
internal sealed class SystemHostResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
