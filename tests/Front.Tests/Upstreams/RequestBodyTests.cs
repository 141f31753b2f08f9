using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

public sealed class RequestBodyTests : IAsyncLifetime
{
    private const int Limit = 4 * 1024 * 1024;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync(options => options.Upstream.MaxRequestBodyBytes = Limit);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(0, "application/json", true)]
    [InlineData(1, "application/json", true)]
    [InlineData(256 * 1024, "application/json", true)]
    [InlineData((256 * 1024) + 1, "application/json", true)]
    [InlineData(3_000_000, "application/json", true)]
    [InlineData(Limit, "application/octet-stream", true)]
    [InlineData(0, "application/json", false)]
    [InlineData(1, "application/json", false)]
    [InlineData(256 * 1024, "application/json", false)]
    [InlineData(3_000_000, "application/json", false)]
    [InlineData(20_000, "audio/wav", false)]
    [InlineData(3_000_000, "audio/wav", false)]
    public async Task Body_OfAnySize_ReachesTheUpstreamByteForByte(int size, string contentType, bool isLengthKnown)
    {
        var bytes = Random(size);
        _host.Script.Then(UpstreamReply.Json("{}"));

        Assert.Equal(200, (await PostAsync(bytes, isLengthKnown, ("content-type", contentType))).Status);

        var request = await _host.Script.NextAsync(_cancelled);
        await request.BodyReceived;
        Assert.Equal((size, Hash(bytes)), (request.BodyLength, request.BodySha256));
        if (isLengthKnown)
        {
            Assert.Equal(size.ToString(System.Globalization.CultureInfo.InvariantCulture), request.Header("content-length"));
        }

        Assert.Equal(size, (await _host.Logs.NextAsync(_cancelled)).Entry.RequestBytes);
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_000, false)]
    [InlineData(700_000, true)]
    [InlineData(3_500_000, true)]
    [InlineData(3_500_000, false)]
    public async Task Body_SeveralAttemptsFail_IsTheSameEveryTime(int size, bool isLengthKnown)
    {
        var bytes = Random(size);
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5, delay: 0));
        _host.Script
            .Then(new UpstreamReply().Status(503))
            .Then(new UpstreamReply().BeforeBody().Reset()) // The upload breaks on the way.
            .Then(new UpstreamReply().Status(429))
            .Then(UpstreamReply.Json("{}"));

        Assert.Equal(200, (await PostAsync(bytes, isLengthKnown)).Status);

        var requests = _host.Script.Requests;
        Assert.Equal(4, requests.Count);
        foreach (var index in (int[])[0, 2, 3])
        {
            await requests[index].BodyReceived;
            Assert.Equal((size, Hash(bytes)), (requests[index].BodyLength, requests[index].BodySha256));
        }

        Assert.Equal(size, (await _host.Logs.NextAsync(_cancelled)).Entry.RequestBytes);
    }

    [Fact]
    public async Task Body_FirstAttemptBreaksWhileTheClientStillSends_IsReplayedWhole()
    {
        var bytes = Random(3_000_000);
        var gate = new Gate();
        var broken = new Gate();
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        _host.Script.Then(new UpstreamReply().BeforeBody().Wait(broken).Reset()).Then(UpstreamReply.Json("{}"));
        var answering = PostAsync(new SlowContent(bytes, bytes.Length / 2, gate.Opened));
        await _host.Script.NextAsync(_cancelled);
        broken.Open();
        gate.Open();

        Assert.Equal(200, (await answering).Status);
        var request = await _host.Script.NextAsync(_cancelled);
        await request.BodyReceived;
        Assert.Equal((bytes.Length, Hash(bytes)), (request.BodyLength, request.BodySha256));
    }

    [Fact]
    public async Task Body_LargeAndNotRepeatable_ReachesTheUpstreamWhileItComes()
    {
        var bytes = Random(1_000_000);
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().BeforeBody().Header("content-type", "application/json").Content("{}"u8.ToArray()));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
        var answering = PostAsync(new SlowContent(bytes, bytes.Length / 2, gate.Opened));

        await _host.Script.NextAsync(_cancelled); // Before the client has sent everything.
        gate.Open();

        Assert.Equal(200, (await answering).Status);
    }

    [Fact]
    public async Task Body_DeclaredAboveTheLimit_IsRefusedBeforeItIsRead()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port, _cancelled);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Head(Limit + 1), _cancelled);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(_cancelled); // To the end: the connection is closed.

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("7002", answer, StringComparison.Ordinal);
        Assert.Contains($"{Limit}", answer, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Body_ChunkedPastTheLimit_IsRefused(int attempts)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: attempts, delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));

        var answer = await PostAsync(new byte[Limit + 1_000_000], isLengthKnown: false);

        answer.AssertError(413, 7002);
        Assert.Equal(413, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Theory]
    [InlineData(1_000, 1)]
    [InlineData(1_000_000, 1)]
    [InlineData(1_000_000, 5)]
    public async Task Body_ClientClosesInTheMiddle_IsClosedAsItsOwnDoing(int declared, int attempts)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: attempts, delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port, _cancelled);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Head(declared), _cancelled);
        await stream.WriteAsync("{\"half\":"u8.ToArray(), _cancelled);
        client.Client.Shutdown(SocketShutdown.Send);

        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((499, false), (entry.StatusCode, entry.Success));
    }

    [Theory]
    [InlineData(1_000, 1)]
    [InlineData(1_000_000, 1)]
    [InlineData(1_000_000, 5)]
    public async Task Body_ClientResetsTheConnection_IsClosedAsItsOwnDoing(int declared, int attempts)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: attempts, delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_host.Address.Host, _host.Address.Port, _cancelled);
            await client.GetStream().WriteAsync(Head(declared, "Expect: 100-continue\r\n"), _cancelled);
            Assert.True(await client.GetStream().ReadAsync(new byte[100], _cancelled) > 0); // "100 Continue": the front waits for the body.
            client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal((499, false), (entry.StatusCode, entry.Success));
    }

    [Fact]
    public async Task Body_BrokenChunks_IsTheClientsMistake()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port, _cancelled);
        await using var stream = client.GetStream();
        var head = Encoding.ASCII.GetString(Head(0)).Replace("Content-Length: 0", "Transfer-Encoding: chunked", StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + "no chunk\r\n"), _cancelled);
        using var reader = new StreamReader(stream);

        var answer = await reader.ReadToEndAsync(_cancelled);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("7001", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000, 200_000, true)]
    [InlineData(100_000, 99_999, false)]
    [InlineData(1_000_000, 2_000_000, true)]
    [InlineData(1_000_000, 999_999, false)]
    public async Task LoggedBody_ByTheOperatorsLimit_IsKeptWholeOrNotAtAll(int size, int limit, bool isKept)
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Logs.MaxPayloadBytes = limit);
        host.Script.Then(UpstreamReply.Json("{}"));
        var bytes = Random(size);

        var answer = await host.SendAsync(HttpMethod.Post, "openai/chat/completions", bytes, ("authorization", "Bearer sk"), ("content-type", "application/json"));

        Assert.Equal(200, answer.Status);
        var recorded = await host.Logs.NextAsync(_cancelled);
        Assert.Equal(isKept ? bytes : null, recorded.RequestBody);
    }

    [Fact]
    public async Task LoggedBodies_TogetherAboveTheLimit_AreBothLeftOut()
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Logs.MaxPayloadBytes = 1_000);
        host.Script.Then(UpstreamReply.Json('"' + new string('b', 600) + '"')).Then(UpstreamReply.Json('"' + new string('b', 300) + '"'));

        foreach (var isKept in (bool[])[false, true])
        {
            await host.SendAsync(HttpMethod.Post, "openai/chat/completions", Random(600), ("authorization", "Bearer sk"), ("content-type", "application/json"));
            var recorded = await host.Logs.NextAsync(_cancelled);
            Assert.Equal((isKept, isKept), (recorded.RequestBody is not null, recorded.ResponseBody is not null));
        }
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        System.Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Head(long length, string more = "") => Encoding.ASCII.GetBytes(
        $"POST /v1/{DataPlaneHost.Account}/main/openai/chat/completions HTTP/1.1\r\nHost: front\r\nAuthorization: Bearer sk\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n");

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private Task<FrontAnswer> PostAsync(byte[] bytes, bool isLengthKnown, params (string Name, string Value)[] headers) =>
        PostAsync(isLengthKnown ? new ByteArrayContent(bytes) : new SlowContent(bytes, bytes.Length, Task.CompletedTask), headers);

    private Task<FrontAnswer> PostAsync(HttpContent content, params (string Name, string Value)[] headers)
    {
        if (headers.Length == 0)
        {
            headers = [("content-type", "application/json")];
        }

        return _host.SendToAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", content, [("authorization", "Bearer sk"), .. headers]);
    }

    /// <summary>A body of unknown length that stops in the middle until it may go on.</summary>
    private sealed class SlowContent(byte[] bytes, int pauseAt, Task goOn) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, pauseAt));
            await stream.FlushAsync();
            await goOn;
            await stream.WriteAsync(bytes.AsMemory(pauseAt));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
