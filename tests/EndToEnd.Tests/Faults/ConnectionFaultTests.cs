using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Faults;

/// <summary>The upstream's connection breaks or is silent.</summary>
public sealed class ConnectionFaultTests(GatewayFixture fixture) : FaultTest(fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reset_BeforeFirstByte_Is502AfterOneAttempt(bool connectionWasUsedBefore)
    {
        if (connectionWasUsedBefore)
        {
            Script.Then(UpstreamReply.Json(Completion));
            Assert.Equal(200, (await Client.SendAsync(Client.Request("openai/chat/completions", Chat, Script), CancellationToken)).StatusCode);
        }

        var before = Script.Requests.Count;
        Script.Then(new UpstreamReply().Reset());

        var answer = await Client.SendAsync(Request(), CancellationToken);

        AssertError(answer, 502, 2005);
        Assert.Equal(before + 1, Script.Requests.Count);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(502, success: false, attempts: 1);
    }

    [Fact]
    public async Task Reset_BeforeFirstByteWithAttemptsLeft_IsRetried()
    {
        Script.Then(new UpstreamReply().Reset()).Then(UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(Request(headers: [("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "1")]), CancellationToken);

        Assert.Equal((200, Completion), (answer.StatusCode, answer.Text));
        Assert.Equal(2, Script.Requests.Count);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: true, attempts: 2);
    }

    [Fact]
    public async Task Reset_AfterFirstByte_BreaksTheAnswerAndIsNotRetried()
    {
        var clientHasIt = new Gate();
        Script.Then(UpstreamReply.EventStream().Event(Delta).Wait(clientHasIt).Reset());

        using var response = await Client.StartAsync(Request(ChatStream, headers: ("cf-aig-max-attempts", "3")), CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(CancellationToken);
        await body.ReadExactlyAsync(new byte[Delta.Length], CancellationToken);
        clientHasIt.Open();

        await AssertBrokenAsync(body);
        Assert.Single(Script.Requests);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: false);
    }

    [Fact]
    public async Task CutStream_WithoutEnd_BreaksTheAnswer()
    {
        var clientHasIt = new Gate();
        Script.Then(UpstreamReply.EventStream().Event(Delta).Wait(clientHasIt).Cut());

        using var response = await Client.StartAsync(Request(ChatStream), CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(CancellationToken);
        await body.ReadExactlyAsync(new byte[Delta.Length], CancellationToken);
        clientHasIt.Open();

        await AssertBrokenAsync(body);
        Assert.Single(Script.Requests);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: false);
    }

    [Fact]
    public async Task CutBody_ShorterThanItsLength_IsNeverDeliveredAsWhole()
    {
        await using var raw = RawUpstream.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 200000\r\n\r\n{new string('x', 100_000)}", cancellationToken);
        });
        await using var gateway = await GatewayProcess.StartAsync(GatewayFixture.ProvidersAt(raw.BaseUrl), CancellationToken);
        using var client = new GatewayClient(gateway);
        var request = client.Request("openai/files/f/content");
        request.Headers.Add("cf-aig-event-id", EventId);

        using var response = await client.StartAsync(request, CancellationToken);

        Assert.Equal(200_000, response.Content.Headers.ContentLength);
        await AssertBrokenAsync(await response.Content.ReadAsStreamAsync(CancellationToken));
        Assert.Equal(1, raw.Accepted);
        (await client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: false);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"half\":")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("this is not HTTP\r\n\r\n")]
    [InlineData("")]
    public async Task BrokenAnswer_BeforeCommit_Is502(string bytes)
    {
        await using var raw = RawUpstream.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.SendAsync(bytes, cancellationToken);
        });
        await using var gateway = await GatewayProcess.StartAsync(GatewayFixture.ProvidersAt(raw.BaseUrl), CancellationToken);
        using var client = new GatewayClient(gateway);
        var request = client.Request("openai/chat/completions", Chat);
        request.Headers.Add("cf-aig-event-id", EventId);

        var answer = await client.SendAsync(request, CancellationToken);

        AssertError(answer, 502, 2005);
        Assert.Equal(1, raw.Accepted);
        (await client.LogOfAsync(EventId, CancellationToken)).AssertEntry(502, success: false, attempts: 1);
    }

    [Fact]
    public async Task SlowHeaders_OverTheRequestTimeout_Is504AndCancelsTheUpstream()
    {
        Script.Then(new UpstreamReply().Stall());

        var answer = await Client.SendAsync(Request(headers: ("cf-aig-request-timeout", "300")), CancellationToken);

        AssertError(answer, 504, 2005);
        await Assert.Single(Script.Requests).Aborted.WaitAsync(CancellationToken);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(504, success: false, attempts: 1);
    }

    [Fact]
    public async Task SlowHeaders_WithAttemptsLeft_IsRetried()
    {
        Script.Then(new UpstreamReply().Stall()).Then(UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(
            Request(headers: [("cf-aig-request-timeout", "300"), ("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "1")]), CancellationToken);

        Assert.Equal(200, answer.StatusCode);
        Assert.Equal(2, Script.Requests.Count);
        await Script.Requests[0].Aborted.WaitAsync(CancellationToken);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: true, attempts: 2);
    }

    [Fact]
    public async Task StalledStream_OverTheIdleTimeout_BreaksTheAnswerAndCancelsTheUpstream()
    {
        await using var upstream = await FakeUpstream.StartAsync(CancellationToken);
        upstream.Default.Then(UpstreamReply.EventStream().Event(Delta).Stall());
        var settings = GatewayFixture.ProvidersAt(upstream.BaseUrl);
        settings["Gateway:Upstream:IdleTimeout"] = "00:00:01";
        await using var gateway = await GatewayProcess.StartAsync(settings, CancellationToken);
        using var client = new GatewayClient(gateway);
        var request = client.Request("openai/chat/completions", ChatStream);
        request.Headers.Add("cf-aig-event-id", EventId);

        using var response = await client.StartAsync(request, CancellationToken);

        Assert.Equal(200, (int)response.StatusCode);
        await AssertBrokenAsync(await response.Content.ReadAsStreamAsync(CancellationToken));
        await Assert.Single(upstream.Default.Requests).Aborted.WaitAsync(CancellationToken);
        (await client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: false);
    }

    [Fact]
    public async Task NobodyListens_Is502()
    {
        var settings = GatewayFixture.ProvidersAt("http://127.0.0.1:1");
        await using var gateway = await GatewayProcess.StartAsync(settings, CancellationToken);
        using var client = new GatewayClient(gateway);

        AssertError(await client.SendAsync(client.Request("openai/chat/completions", Chat), CancellationToken), 502, 2005);
    }
}
