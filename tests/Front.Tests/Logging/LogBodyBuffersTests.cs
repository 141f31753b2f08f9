using System.Security.Cryptography;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Logging;
using Xunit;

namespace GatewayActors.Front.Tests.Logging;

public sealed class LogBodyBuffersTests
{
    private readonly LogBodyBuffers _buffers = new(maxBytes: 4 * LogBodyBuffers.BlockBytes);

    [Theory]
    [InlineData(1)]
    [InlineData(17_000)]
    [InlineData(LogBodyBuffers.BlockBytes / 4)]
    [InlineData((LogBodyBuffers.BlockBytes / 4) + 1)] // Has memory of its own.
    [InlineData(3_000_000)]
    public void Pack_OfAnyLength_ComesBackWhole(int length)
    {
        var (random, text) = (RandomNumberGenerator.GetBytes(length), Enumerable.Repeat((byte)'x', length).ToArray());

        using var packedRandom = _buffers.Pack(random);
        using var packedText = _buffers.Pack(text);

        Assert.Equal(random, LogBody.Decompress(packedRandom!.Compressed.Span));
        Assert.Equal(text, LogBody.Decompress(packedText!.Compressed.Span));
    }

    [Fact]
    public void Pack_Nothing_IsNoBody() => Assert.Null(_buffers.Pack([]));

    [Fact]
    public void Pack_AfterARelease_LeavesWaitingBodiesAlone()
    {
        var waiting = new Queue<(byte[] Body, LogBody Packed)>();
        for (var number = 0; number < 2_000; number++)
        {
            var body = RandomNumberGenerator.GetBytes(4_000 + number);
            waiting.Enqueue((body, _buffers.Pack(body)!));
            if (waiting.Count > 300)
            {
                var (oldest, packed) = waiting.Dequeue();
                Assert.Equal(oldest, LogBody.Decompress(packed.Compressed.Span));
                packed.Dispose();
            }
        }
    }

    [Fact]
    public async Task Pack_ByManyAtOnce_MixesNoBodies()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), TestContext.Current.CancellationToken, (writer, _) =>
        {
            var random = new Random(writer);
            var waiting = new Queue<(byte[] Body, LogBody Packed)>();
            for (var number = 0; number < 1_000; number++)
            {
                var body = new byte[random.Next(1, 60_000)];
                random.NextBytes(body.AsSpan(0, body.Length / 2));
                waiting.Enqueue((body, _buffers.Pack(body)!));
                if (waiting.Count > 20)
                {
                    var (oldest, packed) = waiting.Dequeue();
                    Assert.Equal(oldest, LogBody.Decompress(packed.Compressed.Span));
                    packed.Dispose();
                }
            }

            return ValueTask.CompletedTask;
        });
    }
}
