using System.Net.WebSockets;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Providers;
using GatewayActors.Testing.Upstreams;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>A front in front of a provider of realtime APIs, which stands for all providers, below <c>/base</c>.</summary>
internal sealed class RealtimeHost : IAsyncDisposable
{
    private RealtimeHost(DataPlaneHost front, FakeSocketUpstream provider) => (Front, Provider) = (front, provider);

    public DataPlaneHost Front { get; }

    public FakeSocketUpstream Provider { get; }

    public RecordedLogs Logs => Front.Logs;

    public static async Task<RealtimeHost> StartAsync(Action<GatewayOptions>? configure = null, bool authentication = true, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var provider = await FakeSocketUpstream.StartAsync(TestContext.Current.CancellationToken);
        var front = await DataPlaneHost.StartAsync(options =>
        {
            foreach (var slug in BuiltInProviders.All.Select(known => known.Slug).Where(slug => slug != GatewayOptions.SimulatorSlug))
            {
                options.Providers[slug] = new() { WebSocketUrl = provider.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + "/base" };
            }

            configure?.Invoke(options);
        }, protocols: protocols);
        front.Gateway.Set(DataPlaneHost.Configuration(authentication: authentication));
        return new(front, provider);
    }

    /// <summary>Opens a WebSocket below <c>/v1/{account}/main/</c>, with the gateway's token in its own header.</summary>
    public Task<ClientWebSocket> ConnectAsync(string path, params (string Name, string Value)[] headers) =>
        ConnectPlainAsync(path, [], [("cf-aig-authorization", "Bearer " + Front.Token), .. headers]);

    /// <summary>Opens one with these subprotocols and headers alone.</summary>
    public async Task<ClientWebSocket> ConnectPlainAsync(string path, string[] protocols, params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        foreach (var protocol in protocols)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(new Uri($"ws://{Front.Address.Authority}/v1/{DataPlaneHost.Account}/main/{path}"), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>A session with both of its ends.</summary>
    public async Task<(ClientWebSocket Client, UpstreamSocket Provider)> OpenAsync(string path, params (string Name, string Value)[] headers)
    {
        var connecting = ConnectAsync(path, headers);
        var provider = await (await NextAsync(connecting)).AcceptAsync();
        return (await connecting, provider);
    }

    /// <summary>The provider's handshake of a client's that is under way; fails if the client is refused before.</summary>
    public async Task<UpstreamHandshake> NextAsync(Task connecting)
    {
        var next = Provider.NextAsync(TestContext.Current.CancellationToken).AsTask();
        if (await Task.WhenAny(connecting, next) == connecting)
        {
            await connecting;
        }

        return await next;
    }

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
