using System.Buffers;

namespace GatewayActors.Front.Upstreams;

/// <summary>A small body, whole in one buffer.</summary>
/// <param name="buffer">Rented from the shared pool.</param>
/// <param name="length">How much of it is the body.</param>
internal sealed class BufferedRequestBody(byte[] buffer, int length) : RequestBody
{
    private byte[]? _buffer = buffer;

    public override ReadOnlySpan<byte> Head => _buffer.AsSpan(0, length);

    /// <summary>The body; valid until it is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, length);

    public override bool IsWhole => true;

    public override long Length => length;

    public override ReadOnlySpan<byte> Kept => Head;

    public override ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<HttpContent?>(new ReadOnlyMemoryContent(_buffer.AsMemory(0, length)));

    protected override void Dispose(bool disposing)
    {
        if (_buffer is { } left)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(left);
        }

        base.Dispose(disposing);
    }
}
