using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayActors.Benchmarks.Proxy;

/// <summary>A provider on a plain socket. Answers every connection on a thread of its own, without allocating.</summary>
internal sealed class LoopbackUpstream : IDisposable
{
    private static readonly byte[] JsonAnswer = MakeJson();
    private static readonly byte[] EventHead = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n");
    private static readonly byte[][] Events = [.. Samples.Events.Select(Chunk), "0\r\n\r\n"u8.ToArray()];

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoopbackUpstream()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public static int JsonBody => Samples.Json.Length;

    public static int EventBody => Samples.Events.Sum(item => item.Length);

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                connection.NoDelay = true;
                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // The listener is closed: the benchmark is over.
        }
        catch (ObjectDisposedException)
        {
            // The same, a moment later.
        }
    }

    private static void Serve(Socket connection)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        using (connection)
        {
            while (connection.Receive(buffer.AsSpan(length)) is > 0 and var read)
            {
                length += read;
                if (!HttpText.IsWhole(buffer.AsSpan(0, length)))
                {
                    continue;
                }

                var isStream = buffer.AsSpan(0, length).IndexOf("\"stream\":true"u8) >= 0;
                length = 0;
                if (!isStream)
                {
                    connection.Send(JsonAnswer);
                    continue;
                }

                connection.Send(EventHead);
                foreach (var item in Events)
                {
                    connection.Send(item);
                }
            }
        }
    }

    private static byte[] MakeJson() =>
    [
        .. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Samples.Json.Length}\r\n\r\n"),
        .. Samples.Json,
    ];

    private static byte[] Chunk(byte[] item) => [.. Encoding.ASCII.GetBytes($"{item.Length:x}\r\n"), .. item, (byte)'\r', (byte)'\n'];
}
