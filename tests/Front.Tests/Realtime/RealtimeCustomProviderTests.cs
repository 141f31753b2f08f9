using System.Net;
using System.Net.WebSockets;
using GatewayActors.Front.Tests.CustomProviders;
using GatewayActors.Front.Tests.DataPlane;
using Xunit;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>Realtime sessions with the account's own providers, which are reached through the guarded way out alone.</summary>
public sealed class RealtimeCustomProviderTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("custom-mine/v1/realtime?model=m", "/base/v1/realtime?model=m")]
    [InlineData("custom-mine?model=m", "/base?model=m")]
    public async Task Session_WithACustomProvider_ReachesItsBaseUrl(string path, string target)
    {
        await using var host = await RealtimeHost.StartAsync(options => options.Upstream.AllowPrivateNetworks = true);
        host.Front.Gateways.CustomProviders(DataPlaneHost.Account).Set(FakeCustomProviders.Provider("mine", host.Provider.BaseUrl + "/base"));

        var (client, provider) = await host.OpenAsync(path, ("authorization", "Bearer sk-own"));
        await provider.SendAsync("""{"type":"response.done","response":{"usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7}}}""", Cancelled);
        await client.ReceiveAsync(new byte[1000].AsMemory(), Cancelled);
        client.Abort();
        provider.Dispose();

        Assert.Equal((target, "Bearer sk-own"), (provider.Handshake.Target, provider.Handshake.Header("authorization")));
        var entry = (await host.Logs.NextAsync(Cancelled)).Entry;
        Assert.Equal(("custom-mine", 3L, 4L), (entry.Provider, entry.TokensIn, entry.TokensOut));
    }

    [Fact]
    public async Task Session_WithAProviderInsideThePrivateNetwork_IsNotOpened()
    {
        await using var host = await RealtimeHost.StartAsync();
        host.Front.Gateways.CustomProviders(DataPlaneHost.Account).Set(FakeCustomProviders.Provider("mine", host.Provider.BaseUrl));
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("cf-aig-authorization", host.Front.Token);

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{host.Front.Address.Authority}/v1/{DataPlaneHost.Account}/main/custom-mine"), Cancelled));

        Assert.Equal(HttpStatusCode.BadGateway, socket.HttpStatusCode);
        Assert.False(host.Provider.HasHandshake);
    }
}
