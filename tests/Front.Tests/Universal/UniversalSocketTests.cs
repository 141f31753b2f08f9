using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Universal;

/// <summary>Universal requests over a WebSocket.</summary>
public sealed class UniversalSocketTests : IAsyncLifetime
{
    private DataPlaneHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync(options => (options.WebSockets.MaxInFlight, options.WebSockets.MaxMessageBytes) = (2, 10_000));
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Request_Whole_IsAnsweredInOneMessage(string slash)
    {
        using var socket = await ConnectAsync(slash);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        await SendAsync(socket, Create("my-request"));

        var message = await ReceiveAsync(socket);
        var logged = (await _host.Logs.NextAsync(Cancelled)).Entry;
        Assert.Equal("universal.created", Type(message));
        Assert.Equal(
            ("MISS", "my-request", logged.Id.ToString("D"), "0", "application/json"),
            (Meta(message, "cacheStatus"), Meta(message, "eventId"), Meta(message, "logId"), Meta(message, "step"), Meta(message, "contentType")));
        Assert.Equal("Hi", message.GetProperty("response").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(("websocket", "my-request", 200, true, 1000L), (logged.RequestType, logged.EventId, logged.StatusCode, logged.Success, logged.TokensIn));
        var request = Assert.Single(_host.Script.Requests);
        Assert.Equal(("POST", "/v1/chat/completions", "Bearer sk-step"), (request.Method, request.Target, request.Header("authorization")));
        Assert.DoesNotContain(request.Headers, header => header.Key.StartsWith("cf-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Request_Streamed_IsAnsweredEventByEvent()
    {
        using var socket = await ConnectAsync();
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"n": 1}""").Wait(gate).Event("not json").Event("[DONE]"));

        await SendAsync(socket, Create("s", """{"model":"m","stream":true}"""));

        var (created, first) = (await ReceiveAsync(socket), await ReceiveAsync(socket)); // Before the last one is sent.
        gate.Open();
        var (second, done) = (await ReceiveAsync(socket), await ReceiveAsync(socket));
        Assert.Equal(["universal.created", "universal.stream", "universal.stream", "universal.done"], new[] { created, first, second, done }.Select(Type));
        Assert.False(created.TryGetProperty("response", out _));
        Assert.StartsWith("text/event-stream", Meta(created, "contentType"), StringComparison.Ordinal);
        Assert.Equal("""{"eventId":"s"}""", first.GetProperty("metadata").GetRawText());
        Assert.Equal("""{"n": 1}""", first.GetProperty("response").GetRawText());
        Assert.Equal("not json", second.GetProperty("response").GetString());
        Assert.Equal((Meta(created, "logId"), "0", "MISS"), (Meta(done, "logId"), Meta(done, "step"), Meta(done, "cacheStatus")));
    }

    [Fact]
    public async Task Requests_AtTheSameTime_AreAnsweredAsTheirAnswersCome()
    {
        using var socket = await ConnectAsync();
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Wait(gate).Send("""{"slow":true}"""));

        await SendAsync(socket, Create("slow"));
        await _host.Script.NextAsync(Cancelled);
        _host.Script.Then(UpstreamReply.Json("""{"quick":true}"""));
        await SendAsync(socket, Create("quick"));
        Assert.Equal("quick", Meta(await ReceiveAsync(socket), "eventId"));
        gate.Open();
        Assert.Equal("slow", Meta(await ReceiveAsync(socket), "eventId"));
    }

    [Fact]
    public async Task Requests_MoreThanAllowedAtOnce_AreRefusedOneByOne()
    {
        using var socket = await ConnectAsync();
        var gate = new Gate();
        _host.Script.Otherwise(_ => new UpstreamReply().Header("content-type", "application/json").Wait(gate).Send("{}"));
        await SendAsync(socket, Create("1"));
        await SendAsync(socket, Create("2"));
        await SendAsync(socket, Create("3"));

        AssertError(await ReceiveAsync(socket), "3", 2003, 429);
        gate.Open();
        Assert.Equal(["1", "2"], new[] { Meta(await ReceiveAsync(socket), "eventId"), Meta(await ReceiveAsync(socket), "eventId") }.Order());
        await SendAsync(socket, Create("4"));
        Assert.Equal("4", Meta(await ReceiveAsync(socket), "eventId"));
    }

    [Fact]
    public async Task Request_Steps_FallBack()
    {
        using var socket = await ConnectAsync();
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"broken"}}""", 500)).Then(UpstreamReply.Json(Bodies.Completion));

        await SendAsync(socket, $$"""{"type":"universal.create","request":[{{Step("a")}},{{Step("a", Attempts(1))}}]}""");

        var message = await ReceiveAsync(socket);
        Assert.Equal(("universal.created", "1", "a"), (Type(message), Meta(message, "step"), Meta(message, "eventId")));
    }

    [Fact]
    public async Task Request_Config_CountsAttempts()
    {
        using var socket = await ConnectAsync("", ("cf-aig-retry-delay", "0"));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(Bodies.Completion));

        await SendAsync(socket, $$"""{"type":"universal.create","request":{{Step("a", Attempts(3))}}}""");

        Assert.Equal("universal.created", Type(await ReceiveAsync(socket)));
        Assert.Equal(3, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Handshake_HeadersForTheGateway_HoldForAllMessagesUnlessTheySayOtherwise()
    {
        using var socket = await ConnectAsync("", ("cf-aig-metadata", """{"team":"a"}"""), ("cf-aig-collect-log-payload", "false"));
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));

        await SendAsync(socket, Create("1"));
        await ReceiveAsync(socket);
        var first = await _host.Logs.NextAsync(Cancelled);
        await SendAsync(socket, $$"""{"type":"universal.create","request":{{Step("2", headers: ",\"cf-aig-collect-log-payload\":\"true\"")}}}""");
        await ReceiveAsync(socket);
        var second = await _host.Logs.NextAsync(Cancelled);

        Assert.Equal(("""{"team":"a"}""", null), (first.Entry.MetadataJson, first.RequestBody));
        Assert.Equal("""{"team":"a"}""", second.Entry.MetadataJson);
        Assert.NotNull(second.RequestBody);
    }

    [Fact]
    public async Task Request_WithoutAName_GetsOne()
    {
        using var socket = await ConnectAsync();
        _host.Script.Then(UpstreamReply.Json("{}"));

        await SendAsync(socket, $$"""{"type":"universal.create","request":{{Step(null)}}}""");

        var message = await ReceiveAsync(socket);
        Assert.True(Guid.TryParse(Meta(message, "eventId"), out _));
        Assert.Equal(Meta(message, "eventId"), (await _host.Logs.NextAsync(Cancelled)).Entry.EventId);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[", "JSON")]
    [InlineData("[]", "type and request")]
    [InlineData("""{"type":"universal.create"} x""", "JSON")]
    [InlineData("""{"type":"other","request":{}}""", "type must be")]
    [InlineData("""{"type":"universal.create"}""", "request must be")]
    [InlineData("""{"type":"universal.create","request":"x"}""", "request must be")]
    [InlineData("""{"type":1,"request":{}}""", "type must be")]
    public async Task Message_ThatIsNoRequest_IsAnErrorAndTheSocketStaysOpen(string text, string problem)
    {
        using var socket = await ConnectAsync();

        await SendAsync(socket, text);
        var message = await ReceiveAsync(socket);

        AssertError(message, null, 7001, 400);
        Assert.Contains(problem, message.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        _host.Script.Then(UpstreamReply.Json("{}"));
        await SendAsync(socket, Create("next"));
        Assert.Equal("universal.created", Type(await ReceiveAsync(socket)));
    }

    [Theory]
    [InlineData("""{"eventId":"e","provider":"openai","endpoint":"x"}""", 400, 7001)]
    [InlineData("""{"eventId":"e","provider":"nobody","endpoint":"x","query":{}}""", 400, 2008)]
    [InlineData("""{"eventId":"e","provider":"openai","endpoint":"x","query":{}}""", 400, 2040)]
    public async Task Request_ThatCannotRun_IsAnErrorOfItsOwn(string step, int status, int code)
    {
        using var socket = await ConnectAsync();

        await SendAsync(socket, $$"""{"type":"universal.create","request":{{step}}}""");

        AssertError(await ReceiveAsync(socket), "e", code, status);
    }

    [Fact]
    public async Task Request_ThatTheProviderRefuses_IsAnErrorWithItsBody()
    {
        using var socket = await ConnectAsync();
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"no"}}""", 401));

        await SendAsync(socket, Create("e"));

        var message = await ReceiveAsync(socket);
        Assert.Equal(("universal.error", 401), (Type(message), message.GetProperty("error").GetProperty("status").GetInt32()));
        Assert.Equal("""{"error":{"message":"no"}}""", message.GetProperty("response").GetRawText());
        Assert.NotNull(Meta(message, "logId"));
    }

    [Fact]
    public async Task Answer_InBytes_IsInBase64()
    {
        using var socket = await ConnectAsync();
        _host.Script.Then(new UpstreamReply().Header("content-type", "audio/mpeg").Content(new byte[] { 0, 255, 1 }));

        await SendAsync(socket, Create("e"));

        var response = (await ReceiveAsync(socket)).GetProperty("response");
        Assert.Equal(("audio/mpeg", "AP8B"), (response.GetProperty("contentType").GetString(), response.GetProperty("base64").GetString()));
    }

    [Fact]
    public async Task Stream_ThatBreaks_EndsWithAnErrorAndTheSocketStaysOpen()
    {
        using var socket = await ConnectAsync();
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"n":1}""").Wait(gate).Reset());

        await SendAsync(socket, Create("e", """{"stream":true}"""));

        Assert.Equal("universal.created", Type(await ReceiveAsync(socket)));
        Assert.Equal("universal.stream", Type(await ReceiveAsync(socket)));
        gate.Open();
        AssertError(await ReceiveAsync(socket), "e", 2005, 502);
        _host.Script.Then(UpstreamReply.Json("{}"));
        await SendAsync(socket, Create("next"));
        Assert.Equal("universal.created", Type(await ReceiveAsync(socket)));
    }

    [Fact]
    public async Task Client_ThatGoesAway_EndsWhatIsUnderWay()
    {
        var socket = await ConnectAsync();
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"n":1}""").Wait(new Gate()));
        await SendAsync(socket, Create("e", """{"stream":true}"""));
        var request = await _host.Script.NextAsync(Cancelled);
        await ReceiveAsync(socket);

        socket.Abort();

        await request.Aborted.WaitAsync(Cancelled);
        var entry = (await _host.Logs.NextAsync(Cancelled)).Entry;
        Assert.Equal((499, false), (entry.StatusCode, entry.Success));
    }

    [Fact]
    public async Task Client_ThatCloses_IsAnsweredAndEndsWhatIsUnderWay()
    {
        using var socket = await ConnectAsync();
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"n":1}""").Wait(new Gate()));
        await SendAsync(socket, Create("e", """{"stream":true}"""));
        var request = await _host.Script.NextAsync(Cancelled);
        await ReceiveAsync(socket);

        await socket.CloseAsync((WebSocketCloseStatus)4000, "bye", Cancelled);

        Assert.Equal(4000, (int)socket.CloseStatus!);
        await request.Aborted.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task Message_OverTheLimit_ClosesWith1009()
    {
        using var socket = await ConnectAsync();

        await socket.SendAsync(new byte[10_001], WebSocketMessageType.Text, false, Cancelled);

        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[10].AsMemory(), Cancelled)).MessageType);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Fact]
    public async Task Silence_ForTooLong_ClosesTheSocket()
    {
        using var socket = await ConnectAsync();
        var received = socket.ReceiveAsync(new byte[10].AsMemory(), Cancelled);
        await _host.Clock.SetAsync(TimeSpan.FromMinutes(10), Cancelled);

        _host.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(WebSocketMessageType.Close, (await received).MessageType);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
    }

    [Fact]
    public async Task Handshake_TokenAsSubprotocol_IsEchoed()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("cf-aig-authorization." + _host.Token);

        await socket.ConnectAsync(Url(""), Cancelled);

        Assert.Equal("cf-aig-authorization." + _host.Token, socket.SubProtocol);
    }

    [Fact]
    public async Task Handshake_WithoutAToken_IsRefusedBeforeTheUpgrade()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Url(""), Cancelled));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Handshake_TokenOfAnotherAccount_IsRefused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("cf-aig-authorization", _host.Tokens.Add(new string('a', 32)));

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Url(""), Cancelled));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    private async Task<ClientWebSocket> ConnectAsync(string slash = "", params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("cf-aig-authorization", "Bearer " + _host.Token);
        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        await socket.ConnectAsync(Url(slash), Cancelled);
        return socket;
    }

    private Uri Url(string slash) => new($"ws://{_host.Address.Authority}/v1/{DataPlaneHost.Account}/main{slash}");

    private static string Create(string eventId, string query = """{"model":"m"}""") => $$"""{"type":"universal.create","request":{{Step(eventId, query: query)}}}""";

    private static string Step(string? eventId, string more = "", string query = """{"model":"m"}""", string headers = "") =>
        $$"""{ {{(eventId is null ? "" : $"\"eventId\":\"{eventId}\",")}}{{more}}"provider":"openai","endpoint":"chat/completions","headers":{"Authorization":"Bearer sk-step"{{headers}}},"query":{{query}} }""";

    private static string Attempts(int most) => $"\"config\":{{\"maxAttempts\":{most}}},";

    private static Task SendAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Cancelled);

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket) => JsonElement.Parse((await SocketMessage.ReceiveAsync(socket, Cancelled)).Text);

    private static string? Type(JsonElement message) => message.GetProperty("type").GetString();

    private static string? Meta(JsonElement message, string name) => message.GetProperty("metadata").TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void AssertError(JsonElement message, string? eventId, int code, int status)
    {
        Assert.Equal("universal.error", Type(message));
        Assert.Equal((eventId, code, status), (Meta(message, "eventId"), message.GetProperty("error").GetProperty("code").GetInt32(), message.GetProperty("error").GetProperty("status").GetInt32()));
    }
}
