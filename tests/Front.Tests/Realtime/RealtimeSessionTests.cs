using System.Net.WebSockets;
using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace GatewayActors.Front.Tests.Realtime;

/// <summary>How sessions end, what they cost, and what is written down about them.</summary>
public sealed class RealtimeSessionTests : IAsyncLifetime
{
    private const string Response = """{"type":"response.done","response":{"id":"resp_1","status":"completed","usage":{"total_tokens":1100,"input_tokens":1000,"output_tokens":100,"input_token_details":{"text_tokens":1000,"audio_tokens":0,"cached_tokens":0},"output_token_details":{"text_tokens":100,"audio_tokens":0}}}}""";
    private const decimal ResponseUsd = ((1000 * 4m) + (100 * 16m)) / 1_000_000; // gpt-realtime

    private RealtimeHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await RealtimeHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Session_ThatIsOver_LeavesOneEntryWithItsTurns()
    {
        var (client, provider) = await OpenAsync();
        await provider.SendAsync("""{"type":"session.created","session":{"model":"gpt-realtime"}}""", Cancelled);
        await client.SendAsync("""{"type":"response.create"}"""u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await client.SendAsync(new byte[20_000], WebSocketMessageType.Binary, true, Cancelled);
        await provider.SendAsync(Response, Cancelled);
        await provider.SendAsync(Response, Cancelled);
        await ReceiveAsync(client, 3);
        await CloseAsync(client, provider);

        var recorded = await _host.Logs.NextAsync(Cancelled);
        var entry = recorded.Entry;
        Assert.Equal(("websocket", 101, true, "openai", "gpt-realtime"), (entry.RequestType, entry.StatusCode, entry.Success, entry.Provider, entry.Model));
        Assert.Equal((2000L, 200L, 2 * ResponseUsd), (entry.TokensIn, entry.TokensOut, entry.CostUsd));
        var session = SocketEnds.Session(recorded);
        Assert.Equal((2, 3, 2), (session.GetProperty("messages_in").GetInt32(), session.GetProperty("messages_out").GetInt32(), session.GetProperty("turn_count").GetInt32()));
        Assert.Equal(("resp_1", ResponseUsd), (session.GetProperty("turns")[1].GetProperty("id").GetString(), session.GetProperty("turns")[1].GetProperty("cost").GetDecimal()));
        Assert.Equal("""{"type":"response.create"}""" + "\n", Encoding.UTF8.GetString(recorded.RequestBody!));
        Assert.Equal(3, Encoding.UTF8.GetString(recorded.ResponseBody!).Count(character => character == '\n'));
        Assert.False(_host.Logs.TryNext(out _));
    }

    [Theory]
    [InlineData("cf-aig-collect-log-payload")]
    [InlineData("cf-aig-collect-log")]
    public async Task Session_ThatIsNotToBeLogged_LeavesNoTexts(string header)
    {
        var (client, provider) = await OpenAsync((header, "false"));
        await provider.SendAsync(Response, Cancelled);
        await ReceiveAsync(client, 1);
        await CloseAsync(client, provider);

        await _host.Logs.Batches.ReadAsync(Cancelled);
        if (header == "cf-aig-collect-log")
        {
            Assert.False(_host.Logs.TryNext(out _));
            return;
        }

        Assert.True(_host.Logs.TryNext(out var recorded));
        Assert.Null(recorded!.ResponseBody);
        Assert.Equal(ResponseUsd, recorded.Entry.CostUsd);
    }

    [Fact]
    public async Task Client_ThatIsGoneWithoutAWord_EndsTheProvidersSideNormally()
    {
        var (client, provider) = await OpenAsync();
        await provider.SendAsync(Response, Cancelled);
        await ReceiveAsync(client, 1);

        client.Abort();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled));
        await provider.SendAsync(Response, Cancelled); // Said after the end, and used all the same.
        await provider.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        provider.Dispose();
        var recorded = await _host.Logs.NextAsync(Cancelled);
        Assert.Equal((499, false, 2 * ResponseUsd), (recorded.Entry.StatusCode, recorded.Entry.Success, recorded.Entry.CostUsd));
        Assert.Equal(("client", 1006), SocketEnds.Closed(recorded));
    }

    [Fact]
    public async Task Client_ThatIsGoneInTheMiddleOfAMessage_EndsTheProvidersSide()
    {
        var (client, provider) = await OpenAsync();
        await client.SendAsync("half"u8.ToArray(), WebSocketMessageType.Text, false, Cancelled);
        await provider.Socket.ReceiveAsync(new byte[10].AsMemory(), Cancelled);

        client.Abort();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Provider_ThatIsGoneWithoutAWord_EndsTheClientsSideWith1011(bool isInAMessage)
    {
        var (client, provider) = await OpenAsync();
        await provider.Socket.SendAsync("begin"u8.ToArray(), WebSocketMessageType.Text, !isInAMessage, Cancelled);
        await client.ReceiveAsync(new byte[10].AsMemory(), Cancelled);

        provider.Reset();

        Assert.Equal(WebSocketCloseStatus.InternalServerError, await SocketEnds.ReadToCloseAsync(client, Cancelled));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        var recorded = await _host.Logs.NextAsync(Cancelled);
        Assert.Equal((101, false), (recorded.Entry.StatusCode, recorded.Entry.Success));
        Assert.Equal(("provider", 1006), SocketEnds.Closed(recorded));
    }

    [Fact]
    public async Task Provider_ThatIsGoneWhileTheClientCloses_IsNoFailureOfTheClose()
    {
        var (client, provider) = await OpenAsync();
        await client.CloseOutputAsync((WebSocketCloseStatus)4000, "bye", Cancelled);
        await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled);

        provider.Reset();

        Assert.Equal(4000, (int?)await SocketEnds.ReadToCloseAsync(client, Cancelled));
        var recorded = await _host.Logs.NextAsync(Cancelled);
        Assert.True(recorded.Entry.Success);
        Assert.Equal(("client", 4000), SocketEnds.Closed(recorded));
    }

    [Fact]
    public async Task Provider_ThatDoesNotAnswerAClose_IsCutInTime()
    {
        var (client, provider) = await OpenAsync();
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled);
        await _host.Front.Clock.SetAsync(TimeSpan.FromSeconds(5), Cancelled); // To send the close frame,
        await _host.Front.Clock.SetAsync(TimeSpan.FromSeconds(5), Cancelled); // and to be answered.

        _host.Front.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.True((await _host.Logs.NextAsync(Cancelled)).Entry.Success);
        await provider.Handshake.Aborted.WaitAsync(Cancelled);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 2, 0xC3, 0x28 })] // no UTF-8
    [InlineData(new byte[] { 0xF1, 0 })] // reserved bits
    [InlineData(new byte[] { 0x80, 0 })] // the end of a message that has not begun
    [InlineData(new byte[] { 0x83, 0 })] // a frame that nobody knows
    public async Task Provider_ThatBreaksTheProtocol_EndsTheSession(byte[] frame)
    {
        var (client, provider) = await OpenAsync();

        await provider.Stream.WriteAsync(frame, Cancelled);
        await provider.Stream.FlushAsync(Cancelled);

        Assert.Equal(WebSocketCloseStatus.InternalServerError, await SocketEnds.ReadToCloseAsync(client, Cancelled));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        Assert.Equal(("provider", 1006), SocketEnds.Closed(await _host.Logs.NextAsync(Cancelled)));
    }

    [Fact]
    public async Task Silence_ForTooLong_EndsTheSession()
    {
        var (client, provider) = await OpenAsync();
        await _host.Front.Clock.SetAsync(TimeSpan.FromMinutes(10), Cancelled);
        _host.Front.Clock.Advance(TimeSpan.FromMinutes(9));
        await provider.SendAsync("{}", Cancelled);
        await ReceiveAsync(client, 1);

        _host.Front.Clock.Advance(TimeSpan.FromMinutes(1)); // Since the last message it is one minute.
        await _host.Front.Clock.SetAsync(TimeSpan.FromMinutes(9), Cancelled);
        _host.Front.Clock.Advance(TimeSpan.FromMinutes(9));

        await AssertEndedAsync(client, provider, WebSocketCloseStatus.EndpointUnavailable);
    }

    [Fact]
    public async Task Stop_OfTheProcess_EndsTheSessionAfterAGraceAndLogsIt()
    {
        var (client, provider) = await OpenAsync();
        await provider.SendAsync(Response, Cancelled);
        await ReceiveAsync(client, 1);

        _host.Front.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await provider.SendAsync(Response, Cancelled); // Goes on meanwhile.
        await ReceiveAsync(client, 1);
        _host.Front.Clock.Advance(TimeSpan.FromSeconds(10));

        var recorded = await AssertEndedAsync(client, provider, WebSocketCloseStatus.EndpointUnavailable);
        Assert.Equal(2 * ResponseUsd, recorded.Entry.CostUsd);
    }

    [Fact]
    public async Task Limit_ReachedDuringTheSession_EndsItWithTheTurnThatReachesIt()
    {
        Limit(closes: true);
        var (client, provider) = await OpenAsync();
        var quota = _host.Front.Gateways.Quotas.Values.Single();
        await provider.SendAsync(Response, Cancelled);
        Assert.Equal(Response, (await SocketMessage.ReceiveAsync(client, Cancelled)).Text);
        Assert.Equal(ResponseUsd, (await quota.NextSettledAsync(Cancelled)).Actual);
        await provider.SendAsync("{}", Cancelled);
        await ReceiveAsync(client, 1); // Passes once the next turn has been let through.

        quota.RefusesFor = TimeSpan.FromMinutes(1);
        await provider.SendAsync(Response, Cancelled);
        await provider.SendAsync("""{"type":"response.created"}""", Cancelled);

        Assert.Equal(Response, (await SocketMessage.ReceiveAsync(client, Cancelled)).Text);
        Assert.Equal(WebSocketMessageType.Close, (await SocketMessage.ReceiveAsync(client, Cancelled)).Type); // Nothing between them.
        Assert.StartsWith("Spend limit exceeded: rule 'day'", client.CloseStatusDescription, StringComparison.Ordinal);
        var recorded = await AssertEndedAsync(client, provider, WebSocketCloseStatus.PolicyViolation);
        Assert.Equal((2 * ResponseUsd, false), (recorded.Entry.CostUsd, recorded.Entry.Success));
        Assert.Contains("spend_limited", recorded.Entry.DetailsJson, StringComparison.Ordinal);
        Assert.Equal(ResponseUsd, (await quota.NextSettledAsync(Cancelled)).Actual);
        Assert.False(quota.HasSettled);
    }

    [Fact]
    public async Task Limit_ReachedWhereTheGatewayDoesNotMind_LetsTheSessionGoOn()
    {
        Limit(closes: false);
        var (client, provider) = await OpenAsync();
        var quota = _host.Front.Gateways.Quotas.Values.Single();
        quota.RefusesFor = TimeSpan.FromMinutes(1);

        await provider.SendAsync(Response, Cancelled);
        await provider.SendAsync(Response, Cancelled);

        await ReceiveAsync(client, 2);
        Assert.Equal(ResponseUsd, (await quota.NextSettledAsync(Cancelled)).Actual);
        await CloseAsync(client, provider);
        Assert.Equal((2 * ResponseUsd, true), ((await _host.Logs.NextAsync(Cancelled)).Entry.CostUsd, true));
    }

    [Fact]
    public async Task Limit_UsedUpBefore_RefusesTheHandshake()
    {
        Limit(closes: true);
        var (client, provider) = await OpenAsync();
        await CloseAsync(client, provider);
        Assert.Equal(0, (await _host.Front.Gateways.Quotas.Values.Single().NextSettledAsync(Cancelled)).Actual); // What it held, given back.
        _host.Front.Gateways.Quotas.Values.Single().RefusesFor = TimeSpan.FromMinutes(1);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => _host.ConnectAsync("openai?model=gpt-realtime", ("authorization", "Bearer sk-own")));

        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
        Assert.False(_host.Provider.HasHandshake);
    }

    [Fact]
    public async Task Turn_UnderWayWhenTheSessionBreaks_CountsAsWhatWasReserved()
    {
        Limit(closes: true);
        var (client, provider) = await OpenAsync();
        var quota = _host.Front.Gateways.Quotas.Values.Single();
        await provider.SendAsync("""{"type":"response.created","response":{"id":"r"}}""", Cancelled);
        await ReceiveAsync(client, 1);

        provider.Reset();

        await SocketEnds.ReadToCloseAsync(client, Cancelled);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        Assert.Equal(quota.Claims.Single().Amount, (await quota.NextSettledAsync(Cancelled)).Actual);
        Assert.True(quota.Claims.Single().Amount > 0);
    }

    [Fact]
    public async Task RateLimit_UsedUp_RefusesTheHandshake()
    {
        _host.Front.Gateway.Set(DataPlaneHost.Configuration(authentication: true) with { RateLimitingLimit = 1, RateLimitingInterval = 60 });
        var (client, provider) = await OpenAsync();
        await CloseAsync(client, provider);

        _host.Front.Gateway.Rate = () => new() { IsTaken = false, Limit = 1, Remaining = 0, ResetAfter = TimeSpan.FromSeconds(30) };
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => _host.ConnectAsync("openai?model=gpt-realtime", ("authorization", "Bearer sk-own")));

        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
    }

    private Task<(ClientWebSocket Client, UpstreamSocket Provider)> OpenAsync(params (string, string)[] headers) =>
        _host.OpenAsync("openai?model=gpt-realtime", [("authorization", "Bearer sk-own"), .. headers]);

    private void Limit(bool closes) => _host.Front.Gateway.Set(DataPlaneHost.Configuration(authentication: true) with
    {
        RealtimeCloseOnLimit = closes,
        SpendLimits = new() { Enabled = true, Rules = [new() { Id = "day", Limit = 1, Window = 86_400, Enabled = true, Technique = LimitTechnique.Fixed }] },
    });

    private static async Task ReceiveAsync(WebSocket socket, int messages)
    {
        for (var received = 0; received < messages; received++)
        {
            await SocketMessage.ReceiveAsync(socket, Cancelled);
        }
    }

    private static async Task CloseAsync(ClientWebSocket client, UpstreamSocket provider)
    {
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled);
        await provider.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        provider.Dispose();
        await SocketEnds.ReadToCloseAsync(client, Cancelled);
    }

    private async Task<Recorded> AssertEndedAsync(WebSocket client, UpstreamSocket provider, WebSocketCloseStatus status)
    {
        if (client.State == WebSocketState.Open)
        {
            await SocketEnds.ReadToCloseAsync(client, Cancelled);
        }

        Assert.Equal(status, client.CloseStatus);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await SocketEnds.ReadToCloseAsync(provider.Socket, Cancelled));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        await provider.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        provider.Dispose();
        var recorded = await _host.Logs.NextAsync(Cancelled);
        Assert.Equal(("gateway", (int)status), SocketEnds.Closed(recorded));
        return recorded;
    }
}
