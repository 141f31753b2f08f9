using System.Net;
using System.Net.WebSockets;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Tests.DataPlane;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>The way from a client's handshake to the provider's: addresses, credentials, subprotocols, refusals.</summary>
public sealed class RealtimeHandshakeTests : IAsyncLifetime
{
    private RealtimeHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await RealtimeHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    // The gateway's token stands in place of {0}.
    public static TheoryData<string, string[], string, string, string?> Ways => new()
    {
        // path, headers and subprotocols, target, the provider's credential, the subprotocol that is chosen
        { "openai?model=m", ["cf-aig-authorization: {0}", "authorization: Bearer sk-own"], "/base/realtime?model=m", "authorization: Bearer sk-own", null },
        { "openai/v1/realtime?model=m", ["cf-aig-authorization: Bearer {0}", "authorization: Bearer sk-own"], "/base/realtime?model=m", "authorization: Bearer sk-own", null },
        { "openai/realtime?model=m", ["cf-aig-authorization: Bearer {0}", "authorization: Bearer sk-own"], "/base/realtime?model=m", "authorization: Bearer sk-own", null },
        { "openai/v1/responses", ["cf-aig-authorization: Bearer {0}", "authorization: Bearer sk-own"], "/base/responses", "authorization: Bearer sk-own", null },
        { "openai?model=m", ["realtime", "openai-insecure-api-key.sk-own", "openai-beta.realtime-v1", "cf-aig-authorization.{0}"], "/base/realtime?model=m", "authorization: Bearer sk-own", "realtime" },
        { "openai?model=m", ["openai-insecure-api-key.sk-own", "openai-beta.realtime-v1", "cf-aig-authorization.{0}"], "/base/realtime?model=m", "openai-beta: realtime=v1", "openai-beta.realtime-v1" },
        { "openai?model=m", ["openai-insecure-api-key.sk-own", "openai-project.p", "cf-aig-authorization.{0}"], "/base/realtime?model=m", "openai-project: p", "cf-aig-authorization.{0}" },
        { "google?api_key=AIza-own", ["cf-aig-authorization: {0}"], "/base/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=AIza-own", "", null },
        { "google-ai-studio?key=AIza-own&alt=x", ["cf-aig-authorization.{0}"], "/base/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=AIza-own&alt=x", "", "cf-aig-authorization.{0}" },
        { "google?access_token=auth_tokens/x", ["cf-aig-authorization: {0}"], "/base/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=auth_tokens/x", "", null },
        { "google-ai-studio//ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent?key=AIza-own", ["cf-aig-authorization: {0}"], "/base/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent?key=AIza-own", "", null },
        { "google", ["cf-aig-authorization: {0}", "x-goog-api-key: AIza-own"], "/base/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "x-goog-api-key: AIza-own", null },
        { "cartesia?cartesia_version=2024-06-10&api_key=sk_own", ["cf-aig-authorization: {0}"], "/base/tts/websocket?cartesia_version=2024-06-10&api_key=sk_own", "", null },
        { "cartesia/stt/websocket?api_key=sk_own", ["cf-aig-authorization: {0}"], "/base/stt/websocket?api_key=sk_own", "cartesia-version: 2025-04-16", null },
        { "elevenlabs?agent_id=a", ["cf-aig-authorization.{0}", "xi-api-key.own-key"], "/base/v1/convai/conversation?agent_id=a", "xi-api-key: own-key", "cf-aig-authorization.{0}" },
        { "elevenlabs/v1/text-to-speech/voice/stream-input?model_id=m", ["cf-aig-authorization: {0}", "xi-api-key: own-key"], "/base/v1/text-to-speech/voice/stream-input?model_id=m", "xi-api-key: own-key", null },
        { "fal/fal-ai/fast-lcm-diffusion", ["cf-aig-authorization: {0}", "fal-api-key.own"], "/base/fal-ai/fast-lcm-diffusion", "authorization: Key own", "fal-api-key.own" },
        { "deepgram/v1/listen?model=nova-3", ["cf-aig-authorization: {0}", "token", "own-key"], "/base/v1/listen?model=nova-3", "authorization: Token own-key", "token" },
        { "deepgram/v1/speak", ["cf-aig-authorization: {0}", "bearer", "ey.own"], "/base/v1/speak", "authorization: Bearer ey.own", "bearer" },
        { "grok?model=grok-voice", ["cf-aig-authorization: {0}", "xai-client-secret.own"], "/base/realtime?model=grok-voice", "authorization: Bearer own", "xai-client-secret.own" },
        { "xai/v1/realtime?model=grok-voice", ["cf-aig-authorization: {0}", "authorization: Bearer own"], "/base/realtime?model=grok-voice", "authorization: Bearer own", null },
        { "azure-openai/res/dep?api-version=2024-10-01-preview", ["cf-aig-authorization: {0}", "api-key: own-key"], "/base/openai/realtime?api-version=2024-10-01-preview&deployment=dep", "api-key: own-key", null },
        { "azure-openai/res/dep", ["cf-aig-authorization: {0}", "api-key.own-key"], "/base/openai/realtime?api-version=2025-04-01-preview&deployment=dep", "api-key: own-key", "api-key.own-key" },
        { "azure-openai/res/openai/v1/realtime?model=dep", ["cf-aig-authorization: {0}", "api-key: own-key"], "/base/openai/v1/realtime?model=dep", "api-key: own-key", null },
        { "workers-ai?model=@cf/deepgram/nova-3&encoding=linear16", ["cf-aig-authorization: {0}", "authorization: Bearer cf-own-token"], "/base/@cf/deepgram/nova-3?encoding=linear16", "authorization: Bearer cf-own-token", null },
        { "workers-ai/@cf/deepgram/aura-1", ["cf-aig-authorization: {0}", "authorization: Bearer cf-own-token"], "/base/@cf/deepgram/aura-1", "authorization: Bearer cf-own-token", null },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Handshake_InEveryDocumentedForm_ReachesTheProvider(string path, string[] offers, string target, string credential, string? chosen)
    {
        offers = [.. offers.Select(offer => offer.Replace("{0}", _host.Front.Token, StringComparison.Ordinal))];
        var headers = offers.Where(offer => offer.Contains(": ", StringComparison.Ordinal)).Select(offer => offer.Split(": ")).Select(parts => (parts[0], parts[1])).ToArray();
        var connecting = _host.ConnectPlainAsync(path, [.. offers.Where(offer => !offer.Contains(": ", StringComparison.Ordinal))], headers);

        var handshake = await _host.NextAsync(connecting);
        using var provider = await handshake.AcceptAsync(handshake.Header("sec-websocket-protocol")?.Split(',')[0]);
        using var client = await connecting;

        Assert.Equal(target, handshake.Target.Replace("/base/run/", "/base/", StringComparison.Ordinal));
        Assert.DoesNotContain(handshake.Headers, header => header.Value.Contains(_host.Front.Token, StringComparison.Ordinal));
        Assert.True(handshake.Headers.TryGetValue("sec-websocket-protocol", out var offered) is false || offered == "realtime", offered);
        Assert.DoesNotContain(handshake.Headers, header => header.Key.StartsWith("cf-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(chosen?.Replace("{0}", _host.Front.Token, StringComparison.Ordinal), client.SubProtocol);
        if (credential.Length > 0)
        {
            var parts = credential.Split(": ");
            Assert.Equal(parts[1], handshake.Header(parts[0]));
        }
    }

    [Fact]
    public async Task Handshake_PolicyBlocks_ReachesNobody()
    {
        var block = new PolicyDefinition { Name = "no", Actor = "", Resource = "\"*\"", Condition = "true", Action = new() { Kind = PolicyActionKind.Block } };
        await _host.Front.Gateway.SetPoliciesAsync(Guid.Empty, 1, [new() { Id = Guid.CreateVersion7(), Definition = block }], Cancelled);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => _host.ConnectAsync("openai?model=m", ("authorization", "Bearer sk-own")));

        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        Assert.Equal(403, (await _host.Logs.NextAsync(Cancelled)).Entry.StatusCode);
    }

    [Theory]
    [InlineData("google?api_key={0}")]
    [InlineData("google?key={0}")]
    [InlineData("cartesia?cartesia_version=2024-06-10&api_key={0}")]
    public async Task Token_InTheQuery_AuthenticatesAndIsNoKeyOfTheProvider(string path)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Url(path.Replace("{0}", _host.Front.Token, StringComparison.Ordinal)), Cancelled));

        Assert.Equal(HttpStatusCode.BadRequest, socket.HttpStatusCode); // 2040: known, but without a key for the provider.
        Assert.False(_host.Provider.HasHandshake);
    }

    [Theory]
    [InlineData("openai-insecure-api-key.{0}")]
    [InlineData("authorization.{0}")]
    public async Task Token_InTheSubprotocolOfTheProvidersKey_AuthenticatesAndGoesNoFurther(string protocol)
    {
        UseKey("openai", "sk-stored");
        var connecting = _host.ConnectPlainAsync("openai?model=m", ["realtime", protocol.Replace("{0}", _host.Front.Token, StringComparison.Ordinal)]);

        using var provider = await (await _host.NextAsync(connecting)).AcceptAsync("realtime");
        using var client = await connecting;

        Assert.Equal("Bearer sk-stored", provider.Handshake.Header("authorization"));
        Assert.Equal("realtime", client.SubProtocol);
    }

    [Theory]
    [InlineData("openai", "openai?model=m", "authorization", "Bearer stored-key-1")]
    [InlineData("google-ai-studio", "google", "x-goog-api-key", "stored-key-1")]
    [InlineData("cartesia", "cartesia?cartesia_version=2024-06-10", "x-api-key", "stored-key-1")]
    [InlineData("elevenlabs", "elevenlabs?agent_id=a", "xi-api-key", "stored-key-1")]
    [InlineData("deepgram", "deepgram/v1/listen", "authorization", "Token stored-key-1")]
    [InlineData("fal", "fal/app/x", "authorization", "Key stored-key-1")]
    [InlineData("azure-openai", "azure/res/dep", "api-key", "stored-key-1")]
    [InlineData("grok", "grok?model=m", "authorization", "Bearer stored-key-1")]
    [InlineData("workers-ai", "workers-ai?model=@cf/deepgram/nova-3", "authorization", "Bearer stored-key-1")]
    public async Task StoredKey_WithoutAKeyOfTheClient_IsUsed(string provider, string path, string header, string value)
    {
        UseKey(provider, "stored-key-1");

        var (client, upstream) = await _host.OpenAsync(path);

        Assert.Equal(value, upstream.Handshake.Header(header));
        client.Abort();
        upstream.Dispose();
        Assert.True((await _host.Logs.NextAsync(Cancelled)).Entry.Byok);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nobody")]
    [InlineData("other")]
    public async Task Handshake_WithoutATokenOfTheAccount_IsRefusedBeforeAnythingIsCalled(string? token)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("authorization", "Bearer sk-own");
        if (token is not null)
        {
            socket.Options.SetRequestHeader("cf-aig-authorization", token == "other" ? _host.Front.Tokens.Add(new string('a', 32)) : token);
        }

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Url("openai?model=m"), Cancelled));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
        Assert.False(_host.Provider.HasHandshake);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Refusal_OfTheProvider_IsTheClientsBeforeTheUpgrade(int status)
    {
        var sending = _host.Front.SendAsync(HttpMethod.Get, "openai?model=m", null, [.. Upgrade, ("cf-aig-authorization", _host.Front.Token), ("authorization", "Bearer sk-own")]);

        await (await _host.Provider.NextAsync(Cancelled)).RefuseAsync(status, """{"error":{"message":"no"}}""");

        var answer = await sending;
        Assert.Equal((status, """{"error":{"message":"no"}}"""), (answer.Status, answer.Text));
        var entry = (await _host.Logs.NextAsync(Cancelled)).Entry;
        Assert.Equal((status, "websocket", false), (entry.StatusCode, entry.RequestType, entry.Success));
    }

    [Fact]
    public async Task Answer_ThatDoesNotSwitch_IsABadGateway()
    {
        var sending = _host.Front.SendAsync(HttpMethod.Get, "openai?model=m", null, [.. Upgrade, ("cf-aig-authorization", _host.Front.Token), ("authorization", "Bearer sk-own")]);

        await (await _host.Provider.NextAsync(Cancelled)).RefuseAsync(200, "{}");

        (await sending).AssertError(502, 2005);
    }

    [Fact]
    public async Task Connection_ThatBreaksBeforeTheAnswer_IsABadGateway()
    {
        var sending = _host.Front.SendAsync(HttpMethod.Get, "openai?model=m", null, [.. Upgrade, ("cf-aig-authorization", _host.Front.Token), ("authorization", "Bearer sk-own")]);

        (await _host.Provider.NextAsync(Cancelled)).Reset();

        (await sending).AssertError(502, 2005);
    }

    [Fact]
    public async Task Provider_ThatDoesNotAnswer_IsGivenUpInTime()
    {
        var sending = _host.Front.SendAsync(HttpMethod.Get, "openai?model=m", null, [.. Upgrade, ("cf-aig-authorization", _host.Front.Token), ("authorization", "Bearer sk-own")]);
        var handshake = await _host.Provider.NextAsync(Cancelled);

        _host.Front.Clock.Advance(TimeSpan.FromSeconds(30));

        (await sending).AssertError(504, 2005);
        await handshake.Aborted.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task Client_ThatGoesBeforeTheAnswer_EndsTheProvidersHandshake()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("cf-aig-authorization", _host.Front.Token);
        socket.Options.SetRequestHeader("authorization", "Bearer sk-own");
        using var leaves = new CancellationTokenSource();
        var connecting = socket.ConnectAsync(Url("openai?model=m"), leaves.Token);
        var handshake = await _host.Provider.NextAsync(Cancelled);

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
        await handshake.Aborted.WaitAsync(Cancelled);
        Assert.Equal(499, (await _host.Logs.NextAsync(Cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task Handshake_OfTheFirstAttemptFails_IsTriedAgain()
    {
        var connecting = _host.ConnectAsync("openai?model=m", ("authorization", "Bearer sk-own"), ("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "0"));

        await (await _host.Provider.NextAsync(Cancelled)).RefuseAsync(503, "{}");
        using var provider = await _host.Provider.AcceptAsync(Cancelled);

        using var client = await connecting;
        Assert.Equal(WebSocketState.Open, client.State);
    }

    [Fact]
    public async Task Headers_OfTheProvider_ComeWithTheUpgrade()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("cf-aig-authorization", _host.Front.Token);
        socket.Options.SetRequestHeader("authorization", "Bearer sk-own");
        socket.Options.SetRequestHeader("cf-aig-event-id", "mine");
        var connecting = socket.ConnectAsync(Url("openai?model=m"), Cancelled);

        using var provider = await (await _host.Provider.NextAsync(Cancelled)).AcceptAsync(null, ("x-request-id", "req_1"), ("set-cookie", "a=b"));

        await connecting;
        Assert.Equal("req_1", socket.HttpResponseHeaders!["x-request-id"].Single());
        Assert.Equal("mine", socket.HttpResponseHeaders["cf-aig-event-id"].Single());
        Assert.True(Guid.TryParse(socket.HttpResponseHeaders["cf-aig-log-id"].Single(), out _));
        Assert.False(socket.HttpResponseHeaders.ContainsKey("set-cookie"));
    }

    private static (string, string)[] Upgrade => [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")];

    private Uri Url(string path) => new($"ws://{_host.Front.Address.Authority}/v1/{DataPlaneHost.Account}/main/{path}");

    private void UseKey(string provider, string key) => _host.Front.Gateways.Secrets(DataPlaneHost.Account).Set(new UsableSecret
    {
        Id = "key",
        Name = $"main_{provider}_default",
        Sealed = _host.Front.Services.GetRequiredService<SecretSealer>().Seal(DataPlaneHost.Account, key),
    });
}
