using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

/// <summary>Requests that want to become WebSockets and may not, and others that only look like it.</summary>
public sealed class WebSocketHandshakeTests : IAsyncLifetime
{
    private static readonly (string, string)[] Upgrade =
        [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")];

    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("openai?model=x", "sec-websocket-protocol", "realtime")]
    [InlineData("openai?model=x", "sec-websocket-protocol", "cf-aig-authorization.sk-foreign")]
    [InlineData("openai?token={0}", "x-other", "1")]
    public async Task Upgrade_NoToken_IsUnauthorized(string path, string header, string value) =>
        (await _host.SendAsync(HttpMethod.Get, Format(path), null, [.. Upgrade, (header, value)])).AssertError(401, 2009);

    [Fact]
    public async Task PlainRequest_TokenInTheSubprotocolOrQuery_IsUnauthorized() =>
        (await _host.SendAsync(HttpMethod.Get, Format("openai/models?key={0}"), null, ("sec-websocket-protocol", Format("cf-aig-authorization.{0}")))).AssertError(401, 2009);

    [Fact]
    public async Task PlainRequest_HeadersOfAHandshake_AreNotForwarded()
    {
        var answer = await _host.SendAsync(
            HttpMethod.Get,
            "openai/models",
            null,
            ("cf-aig-authorization", _host.Token), ("authorization", "Bearer sk"), ("sec-websocket-protocol", Format("cf-aig-authorization.{0}")), ("sec-websocket-key", "x"));

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain(Assert.Single(_host.Script.Requests).Headers, header => header.Key.StartsWith("sec-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("compat/chat/completions")]
    [InlineData("run")]
    public async Task Upgrade_WhereNoWebSocketIsServed_IsToldSo(string path) =>
        Assert.Equal(501, (await _host.SendAsync(HttpMethod.Get, path, null, [.. Upgrade, ("cf-aig-authorization", _host.Token)])).Status);

    [Theory]
    [InlineData("sec-websocket-version", "12")]
    [InlineData("sec-websocket-key", "short")]
    public async Task Upgrade_ThatIsNoneOfRfc6455_IsRefused(string name, string value)
    {
        var answer = await _host.SendAsync(HttpMethod.Get, "openai?model=x", null, [.. Upgrade.Where(header => header.Item1 != name), (name, value), ("cf-aig-authorization", _host.Token)]);

        answer.AssertError(400, 7001);
        Assert.Equal("13", answer.Header("sec-websocket-version"));
        Assert.Empty(_host.Script.Requests);
    }

    private string Format(string text) => string.Format(System.Globalization.CultureInfo.InvariantCulture, text, _host.Token);
}
