using System.Net;
using System.Security.Cryptography;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Faults;

/// <summary>Bodies at the limit and over it.</summary>
public sealed class LargeBodyTests
{
    private const int Megabyte = 1024 * 1024;
    private const long Limit = 100 * Megabyte;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_AtTheLimit_IsStreamedWithoutBeingHeldInMemory()
    {
        await using var upstream = await FakeUpstream.StartAsync(CancellationToken);
        upstream.Default.Then(UpstreamReply.Json("{}")).Then(UpstreamReply.Json("{}"));
        await using var gateway = await GatewayProcess.StartAsync(GatewayFixture.ProvidersAt(upstream.BaseUrl), CancellationToken);
        using var client = new GatewayClient(gateway);
        await SendAsync(client, new GeneratedContent(Megabyte, stated: true)); // what is loaded and compiled once
        var before = await gateway.ReadMemoryAsync(CancellationToken);

        var content = new GeneratedContent(Limit, stated: true);
        var answer = await SendAsync(client, content);

        Assert.Equal(200, answer.StatusCode);
        var received = upstream.Default.Requests[1];
        Assert.Equal((Limit, content.Sha256), (received.BodyLength, received.BodySha256));
        var after = await gateway.ReadMemoryAsync(CancellationToken);
        Assert.True(after.Peak - before.Peak < 50 * Megabyte, $"The peak grew by {(after.Peak - before.Peak) / Megabyte} MB for a body of {Limit / Megabyte} MB.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_OverTheLimit_Is413(bool lengthIsStated)
    {
        await using var upstream = await FakeUpstream.StartAsync(CancellationToken);
        upstream.Default.Otherwise(_ => UpstreamReply.Json("{}"));
        await using var gateway = await GatewayProcess.StartAsync(GatewayFixture.ProvidersAt(upstream.BaseUrl), CancellationToken);
        using var client = new GatewayClient(gateway);

        var answer = await SendAsync(client, new GeneratedContent(Limit + Megabyte, lengthIsStated));

        Assert.Equal((413, 7002), (answer.StatusCode, answer.ErrorCode));
        Assert.DoesNotContain(upstream.Default.Requests, request => request.BodyReceived.IsCompletedSuccessfully);
        Assert.Equal(200, (await SendAsync(client, new GeneratedContent(10, stated: true))).StatusCode);
    }

    private static Task<GatewayAnswer> SendAsync(GatewayClient client, HttpContent content)
    {
        var request = client.Request("openai/files");
        request.Method = HttpMethod.Post;
        request.Content = content;
        return client.SendAsync(request, CancellationToken);
    }

    /// <summary>A body that is made while it is sent.</summary>
    private sealed class GeneratedContent : HttpContent
    {
        private readonly long _length;
        private readonly bool _stated;

        public GeneratedContent(long length, bool stated)
        {
            (_length, _stated) = (length, stated);
            Headers.ContentType = new("application/octet-stream");
        }

        public string Sha256 { get; private set; } = "";

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var piece = new byte[64 * 1024];
            new Random(1).NextBytes(piece);
            for (var left = _length; left > 0; left -= piece.Length)
            {
                var bytes = piece.AsMemory(0, (int)Math.Min(left, piece.Length));
                hash.AppendData(bytes.Span);
                await stream.WriteAsync(bytes, cancellationToken);
            }

            Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return _stated;
        }
    }
}
