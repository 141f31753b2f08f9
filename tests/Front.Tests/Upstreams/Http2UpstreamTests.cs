using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

/// <summary>
/// Upstreams that speak HTTP/2 may answer while the request's body is still on its way: the client gets the answer, and what was being sent
/// is let go of without harm to other requests.
/// </summary>
public sealed class Http2UpstreamTests : IAsyncLifetime
{
    // More than the upstream takes in before somebody reads it: what is sent waits for its window.
    private const int Large = 3_500_000;
    private const string Refused = """{"error":{"message":"no"}}""";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private X509Certificate2 _certificate = null!;
    private FakeUpstream _upstream = null!;
    private DataPlaneHost _host = null!;

    private UpstreamScript Script => _upstream.Default;

    public async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var created = new CertificateRequest("CN=api.openai.com", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _certificate = X509CertificateLoader.LoadPkcs12(created.Export(X509ContentType.Pkcs12), null);
        _upstream = await FakeUpstream.StartHttp2Async(_certificate, _cancelled);
        var address = new Uri(_upstream.BaseUrl);
        _host = await DataPlaneHost.StartAsync(openAI: handler =>
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, address.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate.GetCertHashString(),
            };
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(250_000)]
    [InlineData(Large)]
    public async Task Body_OfAnySize_ReachesTheUpstreamByteForByte(int size)
    {
        var body = Random(size);
        Script.Then(UpstreamReply.Json("{}"));

        Assert.Equal(200, (await PostAsync(body)).Status);

        var request = await Script.NextAsync(_cancelled);
        Assert.Equal((size, Hash(body)), (request.BodyLength, request.BodySha256));
    }

    [Theory]
    [InlineData(1_000, 413)]
    [InlineData(250_000, 401)]
    [InlineData(Large, 413)]
    [InlineData(Large, 401)]
    public async Task AnsweredBeforeTheBodyIsRead_TheClientGetsTheAnswerAndTheNextRequestIsWhole(int size, int status)
    {
        for (var round = 0; round < 5; round++)
        {
            var body = Random(size);
            Script.Then(new UpstreamReply().BeforeBody().Status(status).Header("content-type", "application/json").Content(Encoding.UTF8.GetBytes(Refused))).Then(UpstreamReply.Json("{}"));

            var refused = await PostAsync(body);
            Assert.Equal((status, Refused), (refused.Status, refused.Text));
            await Script.NextAsync(_cancelled);

            Assert.Equal(200, (await PostAsync(body)).Status);
            var request = await Script.NextAsync(_cancelled);
            Assert.Equal((size, Hash(body)), (request.BodyLength, request.BodySha256));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task AnsweredWhileTheClientStillSends_TheClientGetsTheAnswerAtOnce(int attempts)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: attempts, delay: 0));
        Script.Then(new UpstreamReply().BeforeBody().Status(413).Header("content-type", "application/json").Content(Encoding.UTF8.GetBytes(Refused)));
        using var client = await ConnectAsync(Large, 500_000);

        var answer = await ReadHeadAsync(client); // The rest of the body never comes.

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Equal(413, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task FailsWhileTheClientStillSends_TheNextAttemptSendsTheSameBytes()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        Script.Then(new UpstreamReply().BeforeBody().Status(503).Header("content-type", "application/json").Content("{}"u8.ToArray())).Then(UpstreamReply.Json("{}"));
        var body = Random(Large);
        using var client = await ConnectAsync(body, body.Length / 2);
        await Script.NextAsync(_cancelled);
        await client.GetStream().WriteAsync(body.AsMemory(body.Length / 2), _cancelled);

        Assert.StartsWith("HTTP/1.1 200 ", await ReadHeadAsync(client), StringComparison.Ordinal);
        var request = await Script.NextAsync(_cancelled);
        Assert.Equal((Large, Hash(body)), (request.BodyLength, request.BodySha256));
    }

    [Fact]
    public async Task AnswersWhileItReads_BothGoOn()
    {
        Script.Then(new UpstreamReply().BeforeBody().Header("content-type", "text/event-stream").Send("data: begun\n\n").ReadBody().Send("data: done\n\n"));
        var body = Random(Large);
        using var client = await ConnectAsync(body, body.Length / 2);
        using var reader = new StreamReader(client.GetStream());
        Assert.Contains("200", await reader.ReadLineAsync(_cancelled), StringComparison.Ordinal);
        await ReadToAsync(reader, "data: begun"); // Before the client has sent everything.

        await client.GetStream().WriteAsync(body.AsMemory(body.Length / 2), _cancelled);

        await ReadToAsync(reader, "data: done");
        var request = await Script.NextAsync(_cancelled);
        await request.BodyReceived;
        Assert.Equal((Large, Hash(body)), (request.BodyLength, request.BodySha256));
    }

    [Fact]
    public async Task ManyAtOnce_AnsweredEarlyAndNot_NoneSendsBytesOfAnother()
    {
        Script.Otherwise(request => request.Header("x-early") is null ? UpstreamReply.EchoBody() : new UpstreamReply().BeforeBody().Status(401).Header("content-type", "application/json").Content(Encoding.UTF8.GetBytes(Refused)));

        await Task.WhenAll(Enumerable.Range(0, 120).Select(async call =>
        {
            var body = Random(call % 2 == 0 ? 250_000 : 300_000);
            (string, string)[] headers = call % 3 == 0 ? [("x-early", "1")] : [];
            var answer = await PostAsync(body, headers);
            Assert.Equal(call % 3 == 0 ? 401 : 200, answer.Status);
            Assert.Equal(call % 3 == 0 ? Refused : Hash(body), call % 3 == 0 ? answer.Text : Hash(answer.Body));
        }));
    }

    private Task<FrontAnswer> PostAsync(byte[] body, params (string, string)[] headers) => _host.SendAsync(
        HttpMethod.Post, "openai/files", body, [("authorization", "Bearer sk"), ("content-type", "application/octet-stream"), .. headers]);

    private Task<TcpClient> ConnectAsync(int length, int sent) => ConnectAsync(Random(length), sent);

    /// <summary>A client that stops sending after a part of its body; HttpClient would not read an answer before it has sent everything.</summary>
    private async Task<TcpClient> ConnectAsync(byte[] body, int sent)
    {
        var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port, _cancelled);
        var head = $"POST /v1/{DataPlaneHost.Account}/main/openai/files HTTP/1.1\r\nHost: front\r\nAuthorization: Bearer sk\r\nContent-Type: application/octet-stream\r\nContent-Length: {body.Length}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), _cancelled);
        await client.GetStream().WriteAsync(body.AsMemory(0, sent), _cancelled);
        return client;
    }

    private async Task<string> ReadHeadAsync(TcpClient client)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await client.GetStream().ReadAsync(buffer.AsMemory(length), _cancelled);
            Assert.NotEqual(0, read);
            length += read;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private async Task ReadToAsync(StreamReader reader, string line)
    {
        string? read;
        do
        {
            read = await reader.ReadLineAsync(_cancelled);
            Assert.NotNull(read);
        }
        while (read != line);
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        System.Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
