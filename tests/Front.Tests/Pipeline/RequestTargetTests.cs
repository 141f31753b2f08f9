using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

/// <summary>Targets in other forms than the usual one, and methods that are answered without a provider.</summary>
public sealed class RequestTargetTests : IAsyncLifetime
{
    private const string Gateway = $"/v1/{DataPlaneHost.Account}/main";

    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/client/v4//accounts", "/client/v4//accounts", "/client/v4/accounts", "/client/v4//accounts")]
    [InlineData("//client//v4/accounts", "//client//v4/accounts", "/client/v4/accounts", "/client//v4/accounts")]
    [InlineData("http://host/v1/a//b?x=//", "/v1/a//b", "/v1/a/b", "/v1/a//b?x=//")]
    [InlineData("HTTPS://host", "/", "/", "/")]
    [InlineData("http://host?x=1", "/", "/", "?x=1")]
    [InlineData("///v1/a", "///v1/a", "/v1/a", "/v1/a")]
    [InlineData("*", "", "", "*")]
    public void Normalize_OtherForms_BecomeTheUsualOne(string target, string path, string expectedPath, string expectedTarget)
    {
        var request = new HttpRequestFeature { RawTarget = target, Path = path };

        RequestTarget.Normalize(request);

        Assert.Equal((expectedPath, expectedTarget), (request.Path, request.RawTarget));
    }

    [Theory]
    [InlineData($"/{Gateway}/openai/models")]
    [InlineData($"/v1//{DataPlaneHost.Account}//main/openai/models")]
    [InlineData($"{Gateway}//openai//models")]
    public async Task Get_DoubledSlashes_ReachTheProvider(string target)
    {
        var answer = await _host.SendToAsync(HttpMethod.Get, target, null, ("authorization", "Bearer sk"));

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("/v1/models", Assert.Single(_host.Script.Requests).Target);
    }

    [Theory]
    [InlineData(Gateway)]
    [InlineData($"{Gateway}/")]
    [InlineData($"{Gateway}/compat/chat/completions")]
    public async Task Options_OfAFixedEndpoint_IsAnsweredHere(string target)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));

        var answer = await _host.SendToAsync(HttpMethod.Options, target, null, ("origin", "https://app.example"));

        Assert.Equal((204, "POST, OPTIONS", "*"), (answer.Status, answer.Header("allow"), answer.Header("access-control-allow-origin")));
    }

    [Fact]
    public async Task Options_OfAProvidersPath_IsTheProvidersToAnswer()
    {
        var answer = await _host.SendToAsync(HttpMethod.Options, $"{Gateway}/openai/models", null, ("authorization", "Bearer sk"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("OPTIONS", Assert.Single(_host.Script.Requests).Method);
    }

    [Fact]
    public async Task Upstream_SwitchesProtocols_IsNoAnswer()
    {
        await using var upstream = RawUpstream.Start(async (connection, cancelled) =>
        {
            await connection.ReadRequestAsync(cancelled);
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", cancelled);
        });
        await using var host = await DataPlaneHost.StartAsync(upstreamUrl: upstream.BaseUrl);

        (await host.ChatAsync()).AssertError(502, 2005);
    }
}
