using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>What passes between client and provider in a realtime session.</summary>
public sealed class RealtimeRelayTests : IAsyncLifetime
{
    private RealtimeHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RealtimeHost.StartAsync(options => options.WebSockets.MaxMessageBytes = 1024 * 1024);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_OfEitherKind_PassBothWays()
    {
        var (client, provider) = await _host.OpenAsync("openai?model=gpt-realtime", ("authorization", "Bearer sk-own"));

        await client.SendAsync("""{"type":"response.create"}"""u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await client.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary, true, Cancelled);
        var (text, binary) = (await provider.ReceiveAsync(Cancelled), await provider.ReceiveAsync(Cancelled));
        await provider.SendAsync("{}", Cancelled);
        await provider.Socket.SendAsync(new byte[] { 9 }, WebSocketMessageType.Binary, true, Cancelled);

        Assert.Equal((WebSocketMessageType.Text, """{"type":"response.create"}"""), (text.Type, text.Text));
        Assert.Equal((WebSocketMessageType.Binary, "010203"), (binary.Type, Convert.ToHexString(binary.Bytes)));
        Assert.Equal("{}", (await SocketMessage.ReceiveAsync(client, Cancelled)).Text);
        Assert.Equal([9], (await SocketMessage.ReceiveAsync(client, Cancelled)).Bytes);
        Assert.Equal(("/base/realtime?model=gpt-realtime", "Bearer sk-own"), (provider.Handshake.Target, provider.Handshake.Header("authorization")));
    }

    [Fact]
    public async Task Messages_WithoutAByteOrInFragments_KeepTheirBounds()
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));

        await client.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, true, Cancelled);
        await client.SendAsync("on"u8.ToArray(), WebSocketMessageType.Text, false, Cancelled);
        await client.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, false, Cancelled);
        await client.SendAsync("ce"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await client.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, true, Cancelled);

        Assert.Equal((WebSocketMessageType.Text, ""), Told(await provider.ReceiveAsync(Cancelled)));
        Assert.Equal((WebSocketMessageType.Text, "once"), Told(await provider.ReceiveAsync(Cancelled)));
        Assert.Equal((WebSocketMessageType.Binary, ""), Told(await provider.ReceiveAsync(Cancelled)));
    }

    [Fact]
    public async Task Fragment_OfAMessageThatGoesOn_PassesAtOnce()
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));

        await provider.Socket.SendAsync("first "u8.ToArray(), WebSocketMessageType.Text, false, Cancelled);
        var buffer = new byte[100];
        var first = await client.ReceiveAsync(buffer.AsMemory(), Cancelled);
        await provider.Socket.SendAsync("last"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);

        Assert.Equal(("first ", false), (Encoding.UTF8.GetString(buffer, 0, first.Count), first.EndOfMessage));
        Assert.Equal("last", (await SocketMessage.ReceiveAsync(client, Cancelled)).Text);
    }

    [Fact]
    public async Task LargeMessages_BothWaysAtOnce_AreWhole()
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));
        var (up, down) = (RandomNumberGenerator.GetBytes(900_000), RandomNumberGenerator.GetBytes(1_000_001));

        var receivedUp = provider.ReceiveAsync(Cancelled);
        var receivedDown = SocketMessage.ReceiveAsync(client, Cancelled);
        await Task.WhenAll(
            client.SendAsync(up, WebSocketMessageType.Binary, true, Cancelled),
            provider.Socket.SendAsync(down, WebSocketMessageType.Binary, true, Cancelled));

        Assert.Equal(up, (await receivedUp).Bytes);
        Assert.Equal(down, (await receivedDown).Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Frames_CutAnywhere_AreTheSameMessages(int pieceLength)
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));
        var text = Encoding.UTF8.GetBytes("""{"type":"ä€😀"}""");
        byte[] frames =
        [
            0x81, (byte)text.Length, .. text, // a text
            0x89, 1, 7, // a ping
            0x01, 3, .. text[..3], 0x8A, 0, 0x00, 9, .. text[3..12], 0x80, (byte)(text.Length - 12), .. text[12..], // the text in fragments, a pong among them, a character cut in two
            0x82, 126, 0, 200, .. new byte[200], // a length of two bytes
        ];

        foreach (var piece in frames.Chunk(pieceLength))
        {
            await provider.Stream.WriteAsync(piece, Cancelled);
            await provider.Stream.FlushAsync(Cancelled);
        }

        Assert.Equal(text, (await SocketMessage.ReceiveAsync(client, Cancelled)).Bytes);
        Assert.Equal(text, (await SocketMessage.ReceiveAsync(client, Cancelled)).Bytes);
        Assert.Equal((WebSocketMessageType.Binary, 200), await ReceiveLengthAsync(client));
    }

    [Theory]
    [InlineData(1000, "done")]
    [InlineData(1001, "")]
    [InlineData(1008, "no")]
    [InlineData(1012, "restart")]
    [InlineData(1013, "later")]
    [InlineData(3000, "Unauthorized")]
    [InlineData(4999, "ä€😀")]
    public async Task Close_OfEitherSide_IsPassedOnWithItsCodeAndReason(int code, string reason)
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));
        await client.CloseOutputAsync((WebSocketCloseStatus)code, reason, Cancelled);
        Assert.Equal(WebSocketMessageType.Close, (await provider.ReceiveAsync(Cancelled)).Type);
        Assert.Equal((code, reason), ((int)provider.Socket.CloseStatus!, provider.Socket.CloseStatusDescription));
        await provider.Socket.CloseOutputAsync((WebSocketCloseStatus)4001, "mine", Cancelled);
        Assert.Equal(WebSocketMessageType.Close, (await SocketMessage.ReceiveAsync(client, Cancelled)).Type);
        Assert.Equal((4001, "mine"), ((int)client.CloseStatus!, client.CloseStatusDescription));
        provider.Dispose(); // As servers do; who waits for it waits a second.
        Assert.Equal(("client", code), Closed(await _host.Logs.NextAsync(Cancelled)));

        (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));
        await provider.Socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, Cancelled);
        Assert.Equal(WebSocketMessageType.Close, (await SocketMessage.ReceiveAsync(client, Cancelled)).Type);
        Assert.Equal((code, reason), ((int)client.CloseStatus!, client.CloseStatusDescription));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        Assert.Equal(WebSocketMessageType.Close, (await provider.ReceiveAsync(Cancelled)).Type);
        provider.Dispose();
        Assert.Equal(("provider", code), Closed(await _host.Logs.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task Close_WithoutACode_IsPassedOnAsANormalOne()
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));

        await client.CloseOutputAsync(WebSocketCloseStatus.Empty, null, Cancelled);

        Assert.Equal(WebSocketMessageType.Close, (await provider.ReceiveAsync(Cancelled)).Type);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, provider.Socket.CloseStatus);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_OverTheLimit_ClosesBothSidesWith1009(bool isClients)
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));
        var (from, to) = isClients ? ((WebSocket)client, provider.Socket) : (provider.Socket, client);
        var ending = SocketEnds.ReadToCloseAsync(to, Cancelled);

        // In the middle of a message, whose end nobody waits for.
        await from.SendAsync(new byte[1024 * 1024], WebSocketMessageType.Binary, false, Cancelled);
        await from.SendAsync(new byte[1], WebSocketMessageType.Binary, false, Cancelled);

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await ending);
        await SocketEnds.ReadToCloseAsync(from, Cancelled);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, from.CloseStatus);
        await Task.WhenAll(from.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled), to.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled));
        Assert.Equal(("gateway", 1009), Closed(await _host.Logs.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task SlowReader_HoldsTheOtherSideBack()
    {
        var (client, provider) = await _host.OpenAsync("openai?model=m", ("authorization", "Bearer sk-own"));
        var (sent, piece) = (0, new byte[512 * 1024]);
        var sending = Task.Run(async () =>
        {
            for (; sent < 200; sent++)
            {
                await provider.Socket.SendAsync(piece, WebSocketMessageType.Binary, true, Cancelled);
            }
        }, Cancelled);

        // The client reads one message; by then the provider cannot have sent all the others, because nobody takes 100 MB.
        Assert.Equal(piece.Length, (await SocketMessage.ReceiveAsync(client, Cancelled)).Bytes.Length);
        Assert.False(sending.IsCompleted);
        for (var received = 1; received < 200; received++)
        {
            await SocketMessage.ReceiveAsync(client, Cancelled);
        }

        await sending;
    }

    private static (WebSocketMessageType, string) Told(SocketMessage message) => (message.Type, message.Text);

    private static async Task<(WebSocketMessageType, int)> ReceiveLengthAsync(WebSocket socket)
    {
        var message = await SocketMessage.ReceiveAsync(socket, Cancelled);
        return (message.Type, message.Bytes.Length);
    }

    private static (string?, int) Closed(DataPlane.Recorded recorded) => SocketEnds.Closed(recorded);
}
