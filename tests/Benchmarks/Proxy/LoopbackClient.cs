using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayActors.Benchmarks.Proxy;

/// <summary>A client on one plain connection. Allocates nothing per request.</summary>
internal sealed class LoopbackClient : IDisposable
{
    private readonly Socket _connection = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly byte[] _request;

    /// <param name="gateway">The gateway.</param>
    /// <param name="isStream">Whether a stream is asked for.</param>
    /// <param name="header">One more header, with its line end.</param>
    public LoopbackClient(InProcessGateway gateway, bool isStream, string header = "")
    {
        var body = isStream ? Samples.StreamRequest : Samples.JsonRequest;
        var head = $"POST {InProcessGateway.ChatPath} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.Port}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
            + $"User-Agent: bench/1.0\r\nAuthorization: Bearer sk-bench\r\ncf-aig-authorization: Bearer {gateway.Token}\r\n{header}Content-Length: {body.Length}\r\n\r\n";
        _request = [.. Encoding.ASCII.GetBytes(head), .. body];
        _connection.Connect(new IPEndPoint(IPAddress.Loopback, gateway.Port));
    }

    /// <summary>Sends the request and waits for the whole answer.</summary>
    /// <returns>Bytes of the answer, head included.</returns>
    public int Send()
    {
        _connection.Send(_request);
        var length = 0;
        do
        {
            var read = _connection.Receive(_buffer.AsSpan(length));
            if (read == 0)
            {
                throw new InvalidOperationException("The gateway closed the connection.");
            }

            length += read;
        }
        while (!HttpText.IsWhole(_buffer.AsSpan(0, length)));

        return _buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8)
            ? length
            : throw new InvalidOperationException(Encoding.UTF8.GetString(_buffer, 0, length));
    }

    public void Dispose() => _connection.Dispose();
}
