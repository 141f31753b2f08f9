namespace GatewayActors.Front.Upstreams;

/// <summary>The body of a step, which stands in bytes that someone else owns until the exchange is over.</summary>
internal sealed class MemoryRequestBody(ReadOnlyMemory<byte> bytes) : RequestBody
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public override ReadOnlySpan<byte> Head => bytes.Span;

    public override bool IsWhole => true;

    public override long Length => bytes.Length;

    public override ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<HttpContent?>(new ReadOnlyMemoryContent(bytes));

    public override ReadOnlySpan<byte> Kept => Head;
}
