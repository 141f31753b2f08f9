using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayActors.Testing.Upstreams;

/// <summary>A provider below HTTP: the test writes every byte of the answer itself, wrong ones too.</summary>
public sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<RawConnection, CancellationToken, Task> _serve;
    private readonly Task _accepting;
    private int _accepted;

    private RawUpstream(Func<RawConnection, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The address, without a slash at its end.</summary>
    public string BaseUrl => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Starts a listener that calls <paramref name="serve"/> for every connection, which it closes afterwards.</summary>
    public static RawUpstream Start(Func<RawConnection, CancellationToken, Task> serve) => new(serve);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException && _stopping.IsCancellationRequested)
        {
            // The listener was stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        using var _ = client;
        try
        {
            await _serve(new RawConnection(client), _stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // Either side went away, which is what raw tests are about.
        }
    }
}

/// <summary>One connection of a <see cref="RawUpstream"/>.</summary>
public sealed class RawConnection(TcpClient client)
{
    private readonly NetworkStream _stream = client.GetStream();

    /// <summary>Reads one request's head and, by its Content-Length, its body.</summary>
    public async Task<string> ReadRequestAsync(CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await _stream.ReadAsync(one, cancellationToken) == 0)
            {
                throw new IOException("The client closed the connection inside the request's head.");
            }

            head.Append((char)one[0]);
        }

        var length = head.ToString().Split("\r\n")
            .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line.AsSpan("Content-Length:".Length), System.Globalization.CultureInfo.InvariantCulture))
            .FirstOrDefault();
        var body = new byte[length];
        await _stream.ReadExactlyAsync(body, cancellationToken);
        return head + Encoding.UTF8.GetString(body);
    }

    /// <summary>Sends bytes at once, as Latin-1 so that every byte can be written in a string.</summary>
    public async Task SendAsync(string bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>Resets the connection (RST).</summary>
    public void Reset()
    {
        client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
    }
}
