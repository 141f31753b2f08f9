using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GatewayActors.EndToEnd.Tests.Robustness;

/// <summary>Bytes to a port and what comes back, without an HTTP client that would mend them.</summary>
internal static class RawExchange
{
    /// <summary>Nothing malformed may be waited on for longer: the specification of a hang.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Sends the bytes and reads until the server closes.</summary>
    /// <param name="port">The port.</param>
    /// <param name="request">The bytes.</param>
    /// <param name="endsEarly">Whether more would have to follow: then the sending side is closed, as by a client that went away.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Status, head and body; status 0 when the server closed without an answer.</returns>
    public static async Task<(int Status, string Head, string Body)> SendAsync(int port, byte[] request, bool endsEarly, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var answer = new MemoryStream();
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, limit.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(request, limit.Token);
            if (endsEarly)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }

            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Reset, which a server may do after it has answered something it did not read to its end.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No whole answer within {Limit}; so far: {Encoding.Latin1.GetString(answer.ToArray())}");
        }

        return Parse(answer.ToArray());
    }

    private static (int Status, string Head, string Body) Parse(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return (0, text, "");
        }

        var head = text[..end];
        var status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        var body = bytes.AsSpan(end + 4);
        return (status, head, head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase) ? Unchunk(body) : Encoding.UTF8.GetString(body));
    }

    private static string Unchunk(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder();
        while (true)
        {
            var line = body.IndexOf("\r\n"u8);
            if (line < 0 || !int.TryParse(Encoding.ASCII.GetString(body[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length) || length == 0)
            {
                return text.ToString();
            }

            text.Append(Encoding.UTF8.GetString(body.Slice(line + 2, length)));
            body = body[(line + 2 + length + 2)..];
        }
    }
}
