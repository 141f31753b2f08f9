using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Harness;

/// <summary>The faults of the harness are what they say, so that a passing fault test means something.</summary>
public sealed class FakeUpstreamTests : IAsyncLifetime
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });
    private FakeUpstream _upstream = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _upstream = await FakeUpstream.StartAsync(CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Request_WithBody_IsRecordedAsItWasSent()
    {
        var script = _upstream.Script().Then(UpstreamReply.EchoBody());
        var body = Encoding.UTF8.GetBytes("{\"text\":\"é\"}");

        using var response = await _client.SendAsync(Post(script, "/v1/a%2Fb/%40cf?x=1&y=%20", body), CancellationToken);

        var recorded = Assert.Single(script.Requests);
        Assert.Equal(("POST", "/v1/a%2Fb/%40cf?x=1&y=%20"), (recorded.Method, recorded.Target));
        Assert.Equal(body, recorded.Body);
        Assert.Equal((body.Length, Convert.ToHexStringLower(SHA256.HashData(body))), (recorded.BodyLength, recorded.BodySha256));
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(CancellationToken));
    }

    [Fact]
    public async Task Wait_GateClosed_HoldsBackWhatFollows()
    {
        var gate = new Gate();
        var script = _upstream.Script().Then(UpstreamReply.EventStream().Event("1").Wait(gate).Event("2"));

        using var response = await _client.SendAsync(Post(script, "/", []), CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(CancellationToken));

        Assert.Equal("data: 1", await reader.ReadLineAsync(CancellationToken));
        Assert.Equal("", await reader.ReadLineAsync(CancellationToken));
        var next = reader.ReadLineAsync(CancellationToken);
        Assert.False(next.IsCompleted);
        gate.Open();
        Assert.Equal("data: 2", await next);
    }

    [Fact]
    public async Task Reset_BeforeHeaders_IsSeenAsReset()
    {
        var script = _upstream.Script().Then(new UpstreamReply().Reset());

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => _client.SendAsync(Post(script, "/", []), CancellationToken));

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(failure.GetBaseException()).SocketErrorCode);
        Assert.Single(script.Requests);
    }

    [Fact]
    public async Task Cut_InsideBody_EndsTheConnectionWithoutReset()
    {
        var gate = new Gate();
        var script = _upstream.Script().Then(new UpstreamReply().Length(10).Send("half").Wait(gate).Cut());

        using var response = await _client.SendAsync(Post(script, "/", []), CancellationToken);
        var stream = await response.Content.ReadAsStreamAsync(CancellationToken);
        await stream.ReadExactlyAsync(new byte[4], CancellationToken);
        gate.Open();

        var failure = await Assert.ThrowsAsync<HttpIOException>(async () => await stream.ReadAtLeastAsync(new byte[6], 6, true, CancellationToken));
        Assert.Equal(HttpRequestError.ResponseEnded, failure.HttpRequestError);
    }

    [Fact]
    public async Task ClientGone_DuringWait_IsRecorded()
    {
        var script = _upstream.Script().Then(UpstreamReply.EventStream().Event("1").Stall());

        using (await _client.SendAsync(Post(script, "/", []), CancellationToken))
        {
            Assert.False(Assert.Single(script.Requests).Aborted.IsCompleted);
        }

        await script.Requests[0].Aborted.WaitAsync(CancellationToken);
    }

    [Fact]
    public async Task RawUpstream_WritesWhatTheTestWrites()
    {
        var requests = new List<string>();
        await using var raw = RawUpstream.Start(async (connection, cancellationToken) =>
        {
            requests.Add(await connection.ReadRequestAsync(cancellationToken));
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
        });

        using var request = new HttpRequestMessage(HttpMethod.Post, raw.BaseUrl + "/x") { Content = new StringContent("body") };
        using var response = await _client.SendAsync(request, CancellationToken);

        Assert.Equal("ok", await response.Content.ReadAsStringAsync(CancellationToken));
        Assert.EndsWith("\r\n\r\nbody", Assert.Single(requests), StringComparison.Ordinal);
    }

    private HttpRequestMessage Post(UpstreamScript script, string target, byte[] body)
    {
        // The path must stay as it is written: no decoding of %2F and the like.
        var uri = new Uri(_upstream.BaseUrl + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
        request.Headers.Add(UpstreamScript.HeaderName, script.Id);
        return request;
    }
}
