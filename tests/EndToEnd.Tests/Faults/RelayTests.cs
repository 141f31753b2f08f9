using System.Net;
using System.Text;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Faults;

/// <summary>Bytes pass as they are and when they are there.</summary>
public sealed class RelayTests(GatewayFixture fixture) : FaultTest(fixture)
{
    [Fact]
    public async Task Stream_EachChunk_ArrivesBeforeTheNextIsMade()
    {
        const int Chunks = 6;
        var gates = Enumerable.Range(0, Chunks).Select(_ => new Gate()).ToArray();
        var reply = UpstreamReply.EventStream();
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            reply.Event($"chunk {chunk}").Wait(gates[chunk]);
        }

        Script.Then(reply.Event("[DONE]"));

        using var response = await Client.StartAsync(Request(ChatStream), CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(CancellationToken));

        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            Assert.Equal($"data: chunk {chunk}", await reader.ReadLineAsync(CancellationToken));
            Assert.Equal("", await reader.ReadLineAsync(CancellationToken));
            gates[chunk].Open();
        }

        Assert.Equal("data: [DONE]\n\n", await reader.ReadToEndAsync(CancellationToken));
    }

    [Fact]
    public async Task Stream_CutAtEveryByte_IsRelayedByteForByte()
    {
        var bytes = Encoding.UTF8.GetBytes($"\uFEFF: comment\r\nevent: x\r\ndata: {Delta}\r\n\r\ndata: é漢🙂\n\nid: 1\rdata: [DONE]\n\n");
        var reply = UpstreamReply.EventStream();
        foreach (var single in bytes)
        {
            reply.Send(new[] { single });
        }

        Script.Then(reply);

        var answer = await Client.SendAsync(Request(ChatStream), CancellationToken);

        Assert.Equal(bytes, answer.Body);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: true);
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("application/json")] // which it is not
    [InlineData("text/event-stream")] // which it is not
    public async Task Body_OfRandomBytes_IsRelayedByteForByte(string contentType)
    {
        var bytes = new byte[300_001];
        new Random(20251122).NextBytes(bytes);
        Script.Then(new UpstreamReply().Header("Content-Type", contentType).Send(bytes.AsMemory(0, 7)).Send(bytes.AsMemory(7, 70_000)).Send(bytes.AsMemory(70_007)));

        var answer = await Client.SendAsync(Request(), CancellationToken);

        Assert.Equal(bytes, answer.Body);
        Assert.Equal(contentType, answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData("{\"model\" :\t\"gpt-4o-mini\",\n \"unknown\":{\"a\":[1e400,-0.0,\"\\u00e9\"]},\"model\":\"twice\"}")]
    [InlineData("not JSON at all")]
    public async Task RequestBody_ReachesTheUpstreamByteForByte(string body)
    {
        Script.Then(UpstreamReply.EchoBody());

        var answer = await Client.SendAsync(Request(body), CancellationToken);

        Assert.Equal(body, Assert.Single(Script.Requests).BodyText);
        Assert.Equal(body, answer.Text);
    }

    [Fact]
    public async Task Headers_OfTheClient_PassButNotOurs()
    {
        Script.Then(UpstreamReply.Json(Completion));

        await Client.SendAsync(
            Request(headers:
            [
                ("OpenAI-Organization", "org"), ("anthropic-beta", "b"), ("x-forwarded-for", "10.0.0.1"), ("cf-aig-metadata", "{\"a\":1}"),
                ("Cookie", "session=1"), ("x-custom", "v1"), ("x-custom", "v2"), ("Connection", "x-hop"), ("x-hop", "1"),
            ]),
            CancellationToken);

        var received = Assert.Single(Script.Requests);
        Assert.Equal("Bearer provider-key-for-tests", received.Header("Authorization"));
        Assert.Equal("org", received.Header("OpenAI-Organization"));
        Assert.Equal("b", received.Header("anthropic-beta"));
        Assert.Contains("v2", string.Join(',', received.Headers.Where(header => header.Key == "x-custom").Select(header => header.Value)), StringComparison.Ordinal);
        Assert.DoesNotContain(received.Headers, header => header.Key.StartsWith("cf-aig-", StringComparison.OrdinalIgnoreCase));
        Assert.Null(received.Header("x-forwarded-for"));
        Assert.Null(received.Header("Cookie"));
        Assert.Null(received.Header("x-hop"));
        Assert.DoesNotContain(received.Headers, header => header.Value.Contains(Client.Gateway.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Headers_Of32Kilobytes_PassInBothDirections()
    {
        var large = new string('h', 32 * 1024);
        Script.Then(new UpstreamReply().Header("x-large-answer", large).Header("Content-Type", "application/json").Content(Encoding.UTF8.GetBytes(Completion)));

        var answer = await Client.SendAsync(Request(headers: ("x-large", large)), CancellationToken);

        Assert.Equal(200, answer.StatusCode);
        Assert.Equal(large, answer.Header("x-large-answer"));
        Assert.Equal(large, Assert.Single(Script.Requests).Header("x-large"));
    }

    [Fact]
    public async Task ClientGone_BeforeTheAnswer_CancelsTheUpstreamAndLogs499()
    {
        Script.Then(new UpstreamReply().Stall());
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        var answer = Client.StartAsync(Request(), abort.Token);
        var received = await Script.NextAsync(CancellationToken);

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await received.Aborted.WaitAsync(CancellationToken);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(499, success: false, attempts: 1);
    }

    [Fact]
    public async Task ClientGone_InsideTheStream_CancelsTheUpstreamAndLogs499()
    {
        Script.Then(UpstreamReply.EventStream().Event(Delta).Stall());
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        using var response = await Client.StartAsync(Request(ChatStream, headers: ("cf-aig-max-attempts", "3")), abort.Token);
        await using var body = await response.Content.ReadAsStreamAsync(CancellationToken);
        await body.ReadExactlyAsync(new byte[Delta.Length], CancellationToken);

        // A read that is cancelled while it waits closes the connection.
        var rest = body.ReadAtLeastAsync(new byte[1024], 1024, false, abort.Token).AsTask();
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rest);
        await Assert.Single(Script.Requests).Aborted.WaitAsync(CancellationToken);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(499, success: false);
    }

    [Fact]
    public async Task Redirect_IsPassedOnAndNotFollowed()
    {
        Script.Then(new UpstreamReply().Status(307).Header("Location", "http://127.0.0.1:1/elsewhere").Length(0));

        var answer = await Client.SendAsync(Request(), CancellationToken);

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "http://127.0.0.1:1/elsewhere"), (answer.Status, answer.Header("Location")));
        Assert.Single(Script.Requests);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    [InlineData("HEAD")]
    public async Task Method_AnyOfHttp_ReachesTheUpstream(string method)
    {
        Script.Then(UpstreamReply.Json("{}"));
        var request = Client.Request("openai/files/file%2F1?after=a%20b", script: Script);
        request.Method = HttpMethod.Parse(method);

        var answer = await Client.SendAsync(request, CancellationToken);

        Assert.Equal(200, answer.StatusCode);
        var received = Assert.Single(Script.Requests);
        Assert.Equal((method, "/v1/files/file%2F1?after=a%20b"), (received.Method, received.Target));
    }
}
