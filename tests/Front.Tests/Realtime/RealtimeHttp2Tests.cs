using System.Net;
using System.Net.WebSockets;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>WebSockets over HTTP/2 (RFC 8441): several of them, and requests, share one connection.</summary>
public sealed class RealtimeHttp2Tests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_OverOneConnection_PassMessagesAndEnd()
    {
        await using var host = await RealtimeHost.StartAsync(protocols: HttpProtocols.Http2);
        using var connection = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var (first, firstProvider) = await OpenAsync(host, connection);
        var (second, secondProvider) = await OpenAsync(host, connection);

        await first.SendAsync("one"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await second.SendAsync("two"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        Assert.Equal("one", (await firstProvider.ReceiveAsync(Cancelled)).Text);
        Assert.Equal("two", (await secondProvider.ReceiveAsync(Cancelled)).Text);
        await secondProvider.SendAsync("back", Cancelled);
        Assert.Equal("back", (await SocketMessage.ReceiveAsync(second, Cancelled)).Text);

        await first.CloseOutputAsync((WebSocketCloseStatus)4000, "bye", Cancelled);
        await SocketEnds.ReadToCloseAsync(firstProvider.Socket, Cancelled);
        Assert.Equal(4000, (int?)firstProvider.Socket.CloseStatus);
        await firstProvider.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        firstProvider.Dispose();
        Assert.Equal(("client", 4000), SocketEnds.Closed(await host.Logs.NextAsync(Cancelled)));
        Assert.Equal(WebSocketState.Open, second.State);
    }

    [Fact]
    public async Task Handshake_WithoutAToken_IsRefused()
    {
        await using var host = await RealtimeHost.StartAsync(protocols: HttpProtocols.Http2);
        using var connection = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var socket = Create();

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Url(host), connection, Cancelled));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    private static async Task<(ClientWebSocket Client, UpstreamSocket Provider)> OpenAsync(RealtimeHost host, HttpMessageInvoker connection)
    {
        var socket = Create();
        socket.Options.SetRequestHeader("cf-aig-authorization", host.Front.Token);
        socket.Options.SetRequestHeader("authorization", "Bearer sk-own");
        var connecting = socket.ConnectAsync(Url(host), connection, Cancelled);
        var provider = await (await host.NextAsync(connecting)).AcceptAsync();
        await connecting;
        return (socket, provider);
    }

    private static ClientWebSocket Create()
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        return socket;
    }

    private static Uri Url(RealtimeHost host) => new($"ws://{host.Front.Address.Authority}/v1/{DataPlaneHost.Account}/main/openai?model=m");
}
