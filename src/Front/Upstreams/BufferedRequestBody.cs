namespace GatewayActors.Front.Upstreams;

/// <summary>A small body, whole in one buffer.</summary>
/// <param name="buffer">Rented from the shared pool.</param>
/// <param name="length">How much of it is the body.</param>
internal sealed class BufferedRequestBody(byte[] buffer, int length) : RequestBody
{
    private RequestBuffer? _buffer = new(buffer);

    public override ReadOnlySpan<byte> Head => Bytes.Span;

    /// <summary>The body; valid until it is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer is { } left ? left.Bytes.AsMemory(0, length) : default;

    public override bool IsWhole => true;

    public override long Length => length;

    public override ReadOnlySpan<byte> Kept => Head;

    public override ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<HttpContent?>(CreateContent(Bytes));

    /// <summary>Makes the content of an attempt that sends a part of <see cref="Bytes"/>.</summary>
    public HttpContent CreateContent(ReadOnlyMemory<byte> part) => new RequestBufferContent(_buffer ?? throw new ObjectDisposedException(nameof(BufferedRequestBody)), part);

    protected override void Dispose(bool disposing)
    {
        _buffer?.Release();
        _buffer = null;
        base.Dispose(disposing);
    }
}
