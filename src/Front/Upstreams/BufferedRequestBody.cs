using System.Buffers;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Upstreams;

/// <summary>A small body, whole in a pooled buffer, which later becomes the log entry's without another copy.</summary>
internal sealed class BufferedRequestBody(byte[] pooled, int length) : RequestBody
{
    private byte[]? _pooled = pooled;

    public override ReadOnlySpan<byte> Head => _pooled.AsSpan(0, length);

    public override bool IsWhole => true;

    public override long Length => length;

    public override ValueTask<HttpContent?> StartAttemptAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<HttpContent?>(new ReadOnlyMemoryContent(_pooled.AsMemory(0, length)));

    public override LogBody? TakeForLog()
    {
        if (length == 0 || _pooled is not { } buffer)
        {
            return null;
        }

        _pooled = null;
        return new PooledLogBody(buffer, length);
    }

    protected override void Dispose(bool disposing)
    {
        if (_pooled is { } buffer)
        {
            _pooled = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        base.Dispose(disposing);
    }

    private sealed class PooledLogBody(byte[] buffer, int length) : LogBody
    {
        public override ReadOnlyMemory<byte> Bytes { get; } = buffer.AsMemory(0, length);

        protected override void Dispose(bool disposing)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            base.Dispose(disposing);
        }
    }
}
