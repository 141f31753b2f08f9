using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Upstreams;

/// <summary>A small body, whole in one buffer, which later becomes the log entry's without another copy.</summary>
/// <param name="buffer">Rented from <see cref="BodyBuffers"/>.</param>
/// <param name="length">How much of it is the body.</param>
internal sealed class BufferedRequestBody(byte[] buffer, int length) : RequestBody
{
    private byte[]? _buffer = buffer;

    public override ReadOnlySpan<byte> Head => _buffer.AsSpan(0, length);

    public override bool IsWhole => true;

    public override long Length => length;

    public override ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<HttpContent?>(new ReadOnlyMemoryContent(_buffer.AsMemory(0, length)));

    public override LogBody? TakeForLog()
    {
        if (length == 0 || _buffer is not { } taken)
        {
            return null;
        }

        _buffer = null;
        return new BufferLogBody(taken, length);
    }

    protected override void Dispose(bool disposing)
    {
        if (_buffer is { } left)
        {
            _buffer = null;
            BodyBuffers.Return(left);
        }

        base.Dispose(disposing);
    }

    private sealed class BufferLogBody(byte[] buffer, int length) : LogBody
    {
        public override ReadOnlyMemory<byte> Bytes { get; } = buffer.AsMemory(0, length);

        protected override void Dispose(bool disposing)
        {
            BodyBuffers.Return(buffer);
            base.Dispose(disposing);
        }
    }
}
