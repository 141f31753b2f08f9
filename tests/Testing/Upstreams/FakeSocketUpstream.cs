using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GatewayActors.Testing.Upstreams;

/// <summary>A provider of realtime APIs on a loopback port: it hands every handshake to the test, which answers it and then plays the provider.</summary>
public sealed class FakeSocketUpstream : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Channel<UpstreamHandshake> _handshakes = Channel.CreateUnbounded<UpstreamHandshake>();

    private FakeSocketUpstream(WebApplication application) => _application = application;

    /// <summary>The address, without a slash at its end.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>Starts an upstream on a port of its own.</summary>
    public static async Task<FakeSocketUpstream> StartAsync(CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.AddServerHeader = false;
        });
        var application = builder.Build();
        var upstream = new FakeSocketUpstream(application);
        application.Run(upstream.ServeAsync);
        await application.StartAsync(cancellationToken);
        upstream.BaseUrl = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return upstream;
    }

    /// <summary>The next handshake. Each is handed out once.</summary>
    public ValueTask<UpstreamHandshake> NextAsync(CancellationToken cancellationToken) => _handshakes.Reader.ReadAsync(cancellationToken);

    /// <summary>The next handshake, agreed to.</summary>
    public async Task<UpstreamSocket> AcceptAsync(CancellationToken cancellationToken, string? protocol = null) => await (await NextAsync(cancellationToken)).AcceptAsync(protocol);

    /// <summary>Whether a handshake is there that was not taken.</summary>
    public bool HasHandshake => _handshakes.Reader.TryPeek(out _);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var handshake = new UpstreamHandshake(context);
        _handshakes.Writer.TryWrite(handshake);

        // Also where the client is gone: what it has sent before may still be read.
        await handshake.Over.WaitAsync(_application.Lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

/// <summary>A handshake that waits for its answer.</summary>
public sealed class UpstreamHandshake
{
    private readonly HttpContext _context;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal UpstreamHandshake(HttpContext context)
    {
        _context = context;
        context.RequestAborted.Register(() => _aborted.TrySetResult());
        Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    internal Task Over => _over.Task;

    /// <summary>The request target as it came.</summary>
    public string Target { get; }

    /// <summary>The headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>A header; null if it did not come.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Ends when the client goes away.</summary>
    public Task Aborted => _aborted.Task;

    /// <summary>Agrees.</summary>
    /// <param name="protocol">The subprotocol that is chosen.</param>
    /// <param name="headers">Other headers of the answer.</param>
    public async Task<UpstreamSocket> AcceptAsync(string? protocol = null, params (string Name, string Value)[] headers)
    {
        var response = _context.Response;
        response.Headers.Upgrade = "websocket";
        response.Headers.Connection = "Upgrade";
#pragma warning disable CA5350 // What RFC 6455 asks for.
        response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        if (protocol is not null)
        {
            response.Headers.SecWebSocketProtocol = protocol;
        }

        foreach (var (name, value) in headers)
        {
            response.Headers[name] = value;
        }

        var stream = await _context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return new(this, _context, stream);
    }

    /// <summary>Refuses.</summary>
    public async Task RefuseAsync(int status, string body, string contentType = "application/json")
    {
        _context.Response.StatusCode = status;
        _context.Response.ContentType = contentType;
        await _context.Response.WriteAsync(body);
        _over.TrySetResult();
    }

    /// <summary>Breaks the connection off.</summary>
    public void Reset()
    {
        _context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _context.Abort();
        _over.TrySetResult();
    }

    internal void End() => _over.TrySetResult();
}

/// <summary>The provider's side of a realtime session, for the test to play.</summary>
public sealed class UpstreamSocket : IDisposable
{
    private readonly HttpContext _context;
    private readonly UpstreamHandshake _handshake;

    internal UpstreamSocket(UpstreamHandshake handshake, HttpContext context, Stream stream)
    {
        (_handshake, _context, Stream) = (handshake, context, stream);
        Socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }

    /// <summary>The handshake that it began with.</summary>
    public UpstreamHandshake Handshake => _handshake;

    /// <summary>The WebSocket.</summary>
    public WebSocket Socket { get; }

    /// <summary>What it stands on, for frames that no WebSocket would send.</summary>
    public Stream Stream { get; }

    /// <summary>Sends a text message.</summary>
    public Task SendAsync(string text, CancellationToken cancellationToken) => Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>The next message, whole.</summary>
    public Task<SocketMessage> ReceiveAsync(CancellationToken cancellationToken) => SocketMessage.ReceiveAsync(Socket, cancellationToken);

    /// <summary>Breaks the connection with a reset, as a machine that loses its power seems to.</summary>
    public void Reset() => _handshake.Reset();

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        _handshake.End();
    }
}

/// <summary>One whole message.</summary>
/// <param name="Type">Text, binary or the close frame.</param>
/// <param name="Bytes">What it holds; nothing of a close frame.</param>
/// <param name="Pieces">In how many pieces it was received.</param>
public sealed record SocketMessage(WebSocketMessageType Type, byte[] Bytes, int Pieces)
{
    /// <summary>What it holds as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Receives one.</summary>
    public static async Task<SocketMessage> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var pieces = 1; ; pieces++)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            bytes.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return new(received.MessageType, bytes.ToArray(), pieces);
            }
        }
    }
}
