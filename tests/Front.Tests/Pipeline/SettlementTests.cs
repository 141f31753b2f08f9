using System.Globalization;
using System.Text;
using GatewayActors.Front.Health;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

/// <summary>What is booked of an exchange, whatever becomes of it.</summary>
public sealed class SettlementTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Success_OfAWholeAnswer_IsPricedInHeadersAndLog(bool isLengthKnown)
    {
        var completion = Encoding.UTF8.GetBytes(Bodies.Completion);
        var reply = new UpstreamReply().Header("content-type", "application/json; charset=utf-8");
        _host.Script.Then(isLengthKnown ? reply.Content(completion) : reply.Send(completion));

        var answer = await _host.ChatAsync(("cf-aig-metadata", """{"team":"a"}"""), ("user-agent", "agent/1"), ("cf-aig-authorization", _host.Token));
        var recorded = await _host.Logs.NextAsync(_cancelled);
        var entry = recorded.Entry;

        Assert.Equal(Bodies.Completion, answer.Text);
        Assert.Equal((1_000, 100), (entry.TokensIn, entry.TokensOut));
        Assert.Equal(0.00021m, entry.CostUsd); // gpt-4o-mini: 0.15 and 0.60 dollars per million.
        if (isLengthKnown)
        {
            Assert.Equal(("1000", "100", "0.00021"), (answer.Header("cf-aig-tokens-in"), answer.Header("cf-aig-tokens-out"), answer.Header("cf-aig-cost")));
        }

        Assert.Equal((200, true, false), (entry.StatusCode, entry.Success, entry.Cached));
        Assert.Equal(("openai", "gpt-4o-mini", "chat/completions", "text-generation", "http"), (entry.Provider, entry.Model, entry.Path, entry.ModelType, entry.RequestType));
        Assert.Equal((DataPlaneHost.Account, "main"), (entry.AccountId, entry.GatewayId));
        Assert.Equal(("application/json", "application/json; charset=utf-8"), (entry.RequestContentType, entry.ResponseContentType));
        Assert.Equal((Bodies.Chat.Length, completion.Length), (entry.RequestBytes, entry.ResponseBytes));
        Assert.Equal(Bodies.Chat, recorded.RequestBody);
        Assert.Equal(completion, recorded.ResponseBody);
        Assert.Equal(("""{"team":"a"}""", "agent/1", true), (entry.MetadataJson, entry.UserAgent, entry.Authentication));
        Assert.Equal(_host.Clock.GetUtcNow(), entry.CreatedAt);
    }

    [Fact]
    public async Task Success_OfAStream_IsPricedInTheLogOnly()
    {
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"model":"gpt-4o-mini","choices":[{"delta":{"content":"Hi"}}]}""")
            .Event("""{"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100}}""")
            .Event("[DONE]"));

        var answer = await _host.ChatAsync();
        var recorded = await _host.Logs.NextAsync(_cancelled);

        Assert.Equal((1_000, 100, 0.00021m), (recorded.Entry.TokensIn, recorded.Entry.TokensOut, recorded.Entry.CostUsd));
        Assert.True(recorded.Entry.Success);
        Assert.Equal(answer.Body, recorded.ResponseBody);
        Assert.Equal(("no-cache", "no", null), (answer.Header("cache-control"), answer.Header("x-accel-buffering"), answer.Header("cf-aig-cost")));
    }

    [Fact]
    public async Task CustomCost_OfTheRequest_ReplacesThePriceTable()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.ChatAsync(("cf-aig-custom-cost", """{"per_token_in":0.001,"per_token_out":0.01}"""));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;

        Assert.Equal((2m, true, 2m), (entry.CostUsd, entry.CustomCost, decimal.Parse(answer.Header("cf-aig-cost")!, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Error_OfTheUpstream_IsBookedWithItsStatus()
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"bad"}}""", 429));

        await _host.ChatAsync();
        var recorded = await _host.Logs.NextAsync(_cancelled);

        Assert.Equal((429, false, null), (recorded.Entry.StatusCode, recorded.Entry.Success, recorded.Entry.CostUsd));
        Assert.Equal("""{"error":{"message":"bad"}}""", Encoding.UTF8.GetString(recorded.ResponseBody!));
        Assert.Contains("\"outcome\":\"refused\"", recorded.Entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_GoesAwayBeforeTheFirstByte_CancelsTheUpstreamAndIsBookedAs499()
    {
        _host.Script.Then(new UpstreamReply().Stall());
        using var client = new CancellationTokenSource();
        var answering = StartChatAsync(client.Token);
        var upstream = await _host.Script.NextAsync(_cancelled);
        await upstream.BodyReceived;

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        await upstream.Aborted;
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((499, false), (entry.StatusCode, entry.Success));
        Assert.Contains("\"outcome\":\"cancelled\"", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_GoesAwayInAStream_CancelsTheUpstreamAndIsBookedWithTheUsageSeen()
    {
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"type":"message_start","message":{"model":"claude-haiku-4-5","usage":{"input_tokens":1000,"output_tokens":1}}}""", "message_start")
            .Stall());
        using var client = new CancellationTokenSource();
        using (var response = await _host.StartAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/anthropic/v1/messages", new ByteArrayContent(Bodies.Chat), client.Token, ("x-api-key", "sk-ant-key")))
        {
            await (await response.Content.ReadAsStreamAsync(_cancelled)).ReadExactlyAsync(new byte[10], _cancelled);
        }

        var upstream = await _host.Script.NextAsync(_cancelled);
        await upstream.Aborted;
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((499, false, 1_000), (entry.StatusCode, entry.Success, entry.TokensIn));
        Assert.True(entry.CostUsd > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_IsCutByTheUpstream_IsCutForTheClientAndBooked(bool isReset)
    {
        var gate = new Gate();
        var reply = UpstreamReply.EventStream().Event("""{"choices":[{"delta":{"content":"Hi"}}]}""").Wait(gate);
        _host.Script.Then(isReset ? reply.Reset() : reply.Cut());
        using var response = await StartChatAsync(_cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(_cancelled);
        await body.ReadExactlyAsync(new byte[10], _cancelled);
        gate.Open();

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, _cancelled));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((200, false), (entry.StatusCode, entry.Success));
        Assert.Contains("\"error\":\"upstream_cut\"", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_HoldsAnError_IsNoSuccess()
    {
        _host.Script.Then(UpstreamReply.EventStream()
            .Event("""{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1}}}""", "message_start")
            .Event("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "error"));

        await _host.SendAsync(HttpMethod.Post, "anthropic/v1/messages", Bodies.Chat, ("x-api-key", "sk-ant-key"));

        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((200, false), (entry.StatusCode, entry.Success));
        Assert.Contains("\"error\":", entry.DetailsJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, null, null, true, true)]
    [InlineData(true, "false", null, false, false)]
    [InlineData(false, null, null, false, false)]
    [InlineData(false, "true", null, true, true)]
    [InlineData(false, null, "true", false, false)]
    [InlineData(true, null, "false", true, false)]
    [InlineData(true, "nonsense", "nonsense", true, true)]
    public async Task Log_BySwitches_KeepsEntryAndBodies(bool gateway, string? log, string? payload, bool isLogged, bool hasBodies)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(collectLogs: gateway));
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        (string, string)[] headers =
        [
            .. log is null ? [] : new[] { ("cf-aig-collect-log", log) },
            .. payload is null ? [] : new[] { ("cf-aig-collect-log-payload", payload) },
        ];

        var answer = await _host.ChatAsync(headers);
        var last = await _host.ChatAsync(("cf-aig-collect-log", "true"), ("cf-aig-event-id", "last"));

        Assert.Equal(isLogged, answer.Header("cf-aig-log-id") is not null);
        Assert.Equal("0.00021", answer.Header("cf-aig-cost"));
        var recorded = await _host.Logs.NextAsync(_cancelled);
        Assert.Equal(isLogged, recorded.Entry.EventId != "last");
        Assert.NotNull(last.Header("cf-aig-log-id"));
        if (isLogged)
        {
            Assert.Equal((hasBodies, hasBodies), (recorded.RequestBody is not null, recorded.ResponseBody is not null));
            Assert.Equal(1_000, recorded.Entry.TokensIn);
        }
    }

    [Fact]
    public async Task PayloadOff_AtTheGateway_CanBeAskedForByTheRequest()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(collectPayload: false));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));

        await _host.ChatAsync();
        await _host.ChatAsync(("cf-aig-collect-log-payload", "true"));

        Assert.Null((await _host.Logs.NextAsync(_cancelled)).RequestBody);
        Assert.NotNull((await _host.Logs.NextAsync(_cancelled)).RequestBody);
    }

    [Fact]
    public async Task BinaryBodies_OfEitherSide_AreNotKept()
    {
        _host.Script.Then(new UpstreamReply().Header("content-type", "audio/mpeg").Content(new byte[100]));

        await _host.SendAsync(HttpMethod.Post, "openai/audio/speech", new byte[50], ("authorization", "Bearer sk"), ("content-type", "audio/wav"));

        var recorded = await _host.Logs.NextAsync(_cancelled);
        Assert.Equal((null, null, 50, 100), (recorded.RequestBody, recorded.ResponseBody, recorded.Entry.RequestBytes, recorded.Entry.ResponseBytes));
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    [InlineData("DELETE", 200)]
    public async Task Answer_WithoutABody_IsDelivered(string method, int status)
    {
        _host.Script.Then(new UpstreamReply().Status(status).Header("x-answer", "here"));

        var answer = await _host.SendAsync(new(method), "openai/files/1", null, ("authorization", "Bearer sk"));

        Assert.Equal((status, "here", 0), (answer.Status, answer.Header("x-answer"), answer.Body.Length));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Success);
    }

    [Theory]
    [InlineData(15_000)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(5_000_000)]
    public async Task Answer_OfAnySize_IsDeliveredByteForByte(int size)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        foreach (var (contentType, isLengthKnown) in new[] { ("application/json", true), ("application/json", false), ("image/png", true), ("text/event-stream", false) })
        {
            var reply = new UpstreamReply().Header("content-type", contentType);
            _host.Script.Then(isLengthKnown ? reply.Content(bytes) : reply.Send(bytes));
            var answer = await _host.ChatAsync();
            Assert.True(bytes.AsSpan().SequenceEqual(answer.Body), $"{contentType}, {isLengthKnown}");
            Assert.Equal(size, (await _host.Logs.NextAsync(_cancelled)).Entry.ResponseBytes);
        }
    }

    [Fact]
    public async Task Exchange_IsOver_IsNotInFlight()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate));
        var inFlight = _host.Services.GetRequiredService<IInFlightExchanges>();
        var answering = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        Assert.Equal(1, inFlight.Count);

        gate.Open();
        await answering;
        await _host.SendToAsync(HttpMethod.Get, "/elsewhere", null); // On the same connection, so the exchange is over.

        Assert.Equal(0, inFlight.Count);
    }

    private Task<HttpResponseMessage> StartChatAsync(CancellationToken cancellationToken) => _host.StartAsync(
        HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), cancellationToken, ("authorization", "Bearer sk"));
}
