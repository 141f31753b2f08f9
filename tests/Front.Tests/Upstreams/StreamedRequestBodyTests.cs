using System.Buffers;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

public sealed class StreamedRequestBodyTests : IDisposable
{
    private const int HeadLength = 1_000;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("spool-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(500_000)]
    [InlineData(3_000_000)]
    public async Task Attempts_Several_SendTheSameBytesAndLeaveNoFile(int size)
    {
        var bytes = Random(size);
        using (var body = Create(bytes, new(_directory.FullName)))
        {
            for (var attempt = 0; attempt < 3; attempt++)
            {
                Assert.Equal(bytes, await SendAsync(body));
            }

            Assert.Equal(size, body.Length);
            Assert.True(body.IsRepeatable);
        }

        Assert.Empty(_directory.GetFiles());
    }

    [Fact]
    public async Task Spool_NoRoomForIt_BodyIsSentAndCannotBeRepeated()
    {
        var bytes = Random(3_000_000);
        using var body = Create(bytes, new(Path.Combine(_directory.FullName, "missing")));

        Assert.Equal(bytes, await SendAsync(body));

        Assert.False(body.IsRepeatable);
        Assert.IsType<DirectoryNotFoundException>(body.KeepFailure);
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(body));
    }

    [Fact]
    public async Task Stop_SenderWaitsForTheClient_EndsItBeforeTheBytesAreGivenBack()
    {
        using var capture = new BodyCapture(10_000);
        using var body = new StreamedRequestBody(ArrayPool<byte>.Shared.Rent(HeadLength), HeadLength, new SilentStream(), null, null, long.MaxValue, capture);
        using var content = (await body.StartAttemptAsync(_cancelled))!;
        using var upstream = new MemoryStream();
        var sending = content.CopyToAsync(upstream, _cancelled);

        await body.StopAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(HeadLength, upstream.Length);
    }

    [Fact]
    public async Task StartAttempt_FormerOneStillWaitsForTheClient_TakesOver()
    {
        using var body = new StreamedRequestBody(ArrayPool<byte>.Shared.Rent(HeadLength), HeadLength, new SilentStream(), null, new(_directory.FullName), long.MaxValue, null);
        using var first = (await body.StartAttemptAsync(_cancelled))!;
        var sending = first.CopyToAsync(new MemoryStream(), _cancelled);

        using var second = await body.StartAttemptAsync(_cancelled);

        Assert.NotNull(second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private static StreamedRequestBody Create(byte[] bytes, RequestSpool spool)
    {
        var head = ArrayPool<byte>.Shared.Rent(HeadLength);
        bytes.AsSpan(0, HeadLength).CopyTo(head);
        return new(head, HeadLength, new MemoryStream(bytes, HeadLength, bytes.Length - HeadLength), null, spool, long.MaxValue, null);
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        System.Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private async Task<byte[]> SendAsync(StreamedRequestBody body)
    {
        using var content = (await body.StartAttemptAsync(_cancelled))!;
        using var upstream = new MemoryStream();
        await content.CopyToAsync(upstream, _cancelled);
        return upstream.ToArray();
    }

    /// <summary>A client that is there and sends nothing.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
