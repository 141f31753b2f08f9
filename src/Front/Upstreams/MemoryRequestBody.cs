namespace GatewayActors.Front.Upstreams;

/// <summary>The body of a step, which was made for it or is a part of the client's.</summary>
/// <param name="bytes">The body.</param>
/// <param name="owner">The client's body that <paramref name="bytes"/> are a part of; null if they belong to nobody else.</param>
internal sealed class MemoryRequestBody(ReadOnlyMemory<byte> bytes, BufferedRequestBody? owner = null) : RequestBody
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public override ReadOnlySpan<byte> Head => bytes.Span;

    public override bool IsWhole => true;

    public override long Length => bytes.Length;

    public override ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<HttpContent?>(owner?.CreateContent(bytes) ?? new ReadOnlyMemoryContent(bytes));

    public override ReadOnlySpan<byte> Kept => Head;
}
