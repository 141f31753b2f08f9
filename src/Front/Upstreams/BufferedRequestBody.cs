using System.Buffers;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Upstreams;

/// <summary>A small body, whole in one buffer, which later becomes the log entry's without another copy.</summary>
/// <param name="buffer">Made by <see cref="Rent"/>.</param>
/// <param name="length">How much of it is the body.</param>
internal sealed class BufferedRequestBody(byte[] buffer, int length) : RequestBody
{
    // Below this an array of its own is cheaper: the log writer gives back thousands at once on another thread, which a pool would
    // mostly drop.
    private const int PooledFromBytes = 16 * 1024;

    private byte[]? _buffer = buffer;

    public override ReadOnlySpan<byte> Head => _buffer.AsSpan(0, length);

    public override bool IsWhole => true;

    public override long Length => length;

    public static byte[] Rent(int length) =>
        length < PooledFromBytes ? GC.AllocateUninitializedArray<byte>(Math.Max(length, 1)) : ArrayPool<byte>.Shared.Rent(length);

    public static void Return(byte[] buffer)
    {
        if (buffer.Length >= PooledFromBytes)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

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
            Return(left);
        }

        base.Dispose(disposing);
    }

    private sealed class BufferLogBody(byte[] buffer, int length) : LogBody
    {
        public override ReadOnlyMemory<byte> Bytes { get; } = buffer.AsMemory(0, length);

        protected override void Dispose(bool disposing)
        {
            Return(buffer);
            base.Dispose(disposing);
        }
    }
}
