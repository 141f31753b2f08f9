using System.Text;
using GatewayActors.Front.Caching;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

public sealed class SharedBodyTests
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readers_AddedAtAnyTime_ReadEverythingFromTheBeginning()
    {
        var body = new SharedBody(100);
        using var early = body.TryAddReader()!;
        var waiting = early.ReadAsync(_cancelled).AsTask();
        Assert.False(waiting.IsCompleted);

        await body.AppendAsync(ReadOnlyMemory<byte>.Empty, _cancelled);
        await body.AppendAsync("ab"u8.ToArray(), _cancelled);
        Assert.Equal("ab", Text(await waiting));
        using var late = body.TryAddReader()!;
        await body.AppendAsync("c"u8.ToArray(), _cancelled);
        body.Complete();
        using var afterwards = body.TryAddReader()!;

        Assert.Equal("c", await ReadAllAsync(early));
        Assert.Equal("abc", await ReadAllAsync(late));
        Assert.Equal("abc", await ReadAllAsync(afterwards));
        Assert.Equal("abc", Text(body.ToMemory()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task ToMemory_OfAnyNumberOfPieces_IsAllOfThem(int pieces)
    {
        var body = new SharedBody(100);
        for (var piece = 0; piece < pieces; piece++)
        {
            await body.AppendAsync(Encoding.UTF8.GetBytes($"{piece},"), _cancelled);
        }

        Assert.Equal(string.Concat(Enumerable.Range(0, pieces).Select(piece => $"{piece},")), Text(body.ToMemory()));
        body.Complete();
        Assert.Equal(string.Concat(Enumerable.Range(0, pieces).Select(piece => $"{piece},")), Text(body.ToMemory()));
    }

    [Fact]
    public async Task Complete_WithAFailure_FailsReadersBehindTheLastByte()
    {
        var body = new SharedBody(100);
        using var reader = body.TryAddReader()!;
        await body.AppendAsync("ab"u8.ToArray(), _cancelled);
        body.Complete(new IOException("gone"));

        Assert.Equal("ab", Text(await reader.ReadAsync(_cancelled)));
        Assert.Equal("gone", (await Assert.ThrowsAsync<SharedBodyException>(() => reader.ReadAsync(_cancelled).AsTask())).InnerException!.Message);
    }

    [Fact]
    public async Task Append_BeyondTheLimit_TakesNoNewReadersAndWaitsForTheSlowest()
    {
        var body = new SharedBody(4);
        var (fast, slow) = (body.TryAddReader()!, body.TryAddReader()!);
        await body.AppendAsync("abcd"u8.ToArray(), _cancelled);
        Assert.False(body.HasOverflowed);

        var append = body.AppendAsync("efg"u8.ToArray(), _cancelled).AsTask();
        Assert.True(body.HasOverflowed);
        Assert.Null(body.TryAddReader());
        Assert.Throws<InvalidOperationException>(() => body.ToMemory());
        Assert.Equal("abcd", Text(await fast.ReadAsync(_cancelled)));
        Assert.False(append.IsCompleted); // 7 bytes, and one reader has none.

        Assert.Equal("abcd", Text(await slow.ReadAsync(_cancelled)));
        await append;
        var next = body.AppendAsync("hij"u8.ToArray(), _cancelled).AsTask();
        Assert.Equal("efg", Text(await fast.ReadAsync(_cancelled)));
        Assert.False(next.IsCompleted);
        slow.Dispose(); // Its client has gone.
        await next;
        body.Complete();
        Assert.Equal("hij", await ReadAllAsync(fast));
        fast.Dispose();
    }

    [Fact]
    public async Task Append_WaitsForAReader_IsCancelled()
    {
        var body = new SharedBody(1);
        using var reader = body.TryAddReader()!;
        using var source = new CancellationTokenSource();
        var append = body.AppendAsync("ab"u8.ToArray(), source.Token).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
    }

    [Fact]
    public async Task Readers_ManyAtOnce_AllReadTheSame()
    {
        const int Pieces = 500;
        var body = new SharedBody(1_000_000);
        var readers = Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await ReadAllAsync(body.TryAddReader()!), _cancelled)).ToArray();
        for (var piece = 0; piece < Pieces; piece++)
        {
            await body.AppendAsync(Encoding.UTF8.GetBytes($"{piece};"), _cancelled);
            if (piece % 10 == 0)
            {
                await Task.Yield();
            }
        }

        body.Complete();

        var expected = Text(body.ToMemory());
        Assert.All(await Task.WhenAll(readers), text => Assert.Equal(expected, text));
    }

    private async Task<string> ReadAllAsync(SharedBody.Reader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadAsync(_cancelled) is { IsEmpty: false } piece)
        {
            text.Append(Text(piece));
        }

        return text.ToString();
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
