using System.Buffers;
using System.Runtime.InteropServices;
using GatewayActors.Front.Upstreams;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

/// <summary>What becomes of a request's pooled bytes while an upstream has not read them.</summary>
public sealed class RequestBufferTests
{
    private const int Size = 200_000;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_WhileTheBodyIsSent_GivesTheBufferBackOnlyAfterwards(bool isStep)
    {
        var body = new BufferedRequestBody(ArrayPool<byte>.Shared.Rent(Size), Size);
        RequestBody sent = isStep ? new MemoryRequestBody(body.Bytes[10..100], body) : body;
        var upstream = new SlowStream();
        using var content = (await sent.StartAttemptAsync(_cancelled))!;
        var sending = content.CopyToAsync(upstream, _cancelled);
        Assert.True(MemoryMarshal.TryGetArray(upstream.Written, out var written));

        body.Dispose();
        var next = ArrayPool<byte>.Shared.Rent(Size); // The pool hands out first what this thread has given back last.

        Assert.NotSame(written.Array, next);
        upstream.Gate.Open();
        await sending;
        ArrayPool<byte>.Shared.Return(next);
    }

    [Fact]
    public async Task StartAttempt_AfterTheExchange_SendsNothing()
    {
        var body = new BufferedRequestBody(ArrayPool<byte>.Shared.Rent(Size), Size);
        using var content = (await body.StartAttemptAsync(_cancelled))!;
        body.Dispose();
        using var upstream = new MemoryStream();

        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(upstream, _cancelled));

        Assert.Equal(0, upstream.Length);
    }

    private sealed class SlowStream : MemoryStream
    {
        public Gate Gate { get; } = new();

        public ReadOnlyMemory<byte> Written { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written = buffer;
            await Gate.Opened;
        }
    }
}
