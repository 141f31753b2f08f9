using System.Net;
using System.Net.Sockets;

namespace GatewayActors.Testing.Gateways;

/// <summary>Ports for processes that cannot be told to choose one themselves.</summary>
public static class FreePorts
{
    // Below the range that the system hands out by itself (from 32768), so that no outgoing connection takes the port between the
    // look and the use; begun at a place of the process's own, so that two test processes seldom try the same ones.
    private const int First = 18_000;
    private const int Count = 14_000;
    private static int _next = Environment.ProcessId * 97 % Count;

    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (Interlocked.Increment(ref _next) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try the next one.
            }
        }

        throw new InvalidOperationException("No free port.");
    }
}
