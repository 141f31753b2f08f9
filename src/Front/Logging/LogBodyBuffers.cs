using System.Buffers;
using System.Collections.Concurrent;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Logging;

/// <summary>
/// Memory for bodies that wait for the log writer: they are compressed into large blocks, one after another, which are used again and
/// again, so that waiting bodies are little, are nothing the garbage collector has to move, and lie side by side when they are written.
/// Thread-safe, without a lock.
/// </summary>
internal sealed class LogBodyBuffers
{
    internal const int BlockBytes = 1 << 20;

    // A larger body would waste too much of the block it does not fit into.
    private const int LargestPacked = BlockBytes / 4;

    private readonly ConcurrentStack<byte[]> _free = new(); // The last one used first: it may still be in the processor's cache.
    private readonly int _mostFree;
    private Block _current;
    private int _freeCount;

    /// <param name="maxBytes">About how much is kept for reuse.</param>
    public LogBodyBuffers(long maxBytes)
    {
        _mostFree = (int)Math.Clamp(maxBytes / BlockBytes, 1, 1024);
        _current = new(this, NewBlock());
    }

    /// <summary>Compresses a body into a block; null for an empty one.</summary>
    public LogBody? Pack(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        if (body.Length > LargestPacked)
        {
            var own = ArrayPool<byte>.Shared.Rent(LogBody.MaxCompressedLength(body.Length));
            var length = LogBody.Compress(body, own);
            if (length > own.Length / 2)
            {
                return new LargeBody(own, length);
            }

            // What waits is counted by its length, so it must not hold much more.
            var exact = own.AsSpan(0, length).ToArray();
            ArrayPool<byte>.Shared.Return(own);
            return LogBody.OfCompressed(exact);
        }

        while (true)
        {
            var block = Volatile.Read(ref _current);
            if (block.TryPack(body) is { } packed)
            {
                return packed;
            }

            var next = new Block(this, NewBlock());
            if (ReferenceEquals(Interlocked.CompareExchange(ref _current, next, block), block))
            {
                block.Retire();
            }
            else
            {
                next.Retire();
            }
        }
    }

    private byte[] NewBlock()
    {
        if (_free.TryPop(out var bytes))
        {
            Interlocked.Decrement(ref _freeCount);
            return bytes;
        }

        return GC.AllocateUninitializedArray<byte>(BlockBytes);
    }

    private void Return(byte[] bytes)
    {
        if (Interlocked.Increment(ref _freeCount) <= _mostFree)
        {
            _free.Push(bytes);
        }
        else
        {
            Interlocked.Decrement(ref _freeCount);
        }
    }

    /// <summary>A block that is being filled, or waits until the last body in it is let go of.</summary>
    private sealed class Block(LogBodyBuffers owner, byte[] bytes)
    {
        private byte[]? _bytes = bytes;
        private int _taken;
        private int _users = 1; // The buffers themselves, until the block is retired.

        public PackedBody? TryPack(ReadOnlySpan<byte> body)
        {
            // Registered first: a block with a user is never taken apart. One that is retired already has no room, so that a late
            // user finds nothing to use and only counts down again.
            Interlocked.Increment(ref _users);
            if (Volatile.Read(ref _taken) <= BlockBytes)
            {
                var most = LogBody.MaxCompressedLength(body.Length);
                var end = Interlocked.Add(ref _taken, most);
                if (end <= BlockBytes)
                {
                    var room = _bytes.AsMemory(end - most, most);
                    var length = LogBody.Compress(body, room.Span);

                    // What is left over is given back, unless another body has been put behind it meanwhile.
                    Interlocked.CompareExchange(ref _taken, end - most + length, end);
                    return new PackedBody(this, room[..length]);
                }
            }

            Release();
            return null;
        }

        /// <summary>Nothing more comes into this block.</summary>
        public void Retire()
        {
            Interlocked.Add(ref _taken, BlockBytes + 1);
            Release();
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _users) == 0 && Interlocked.Exchange(ref _bytes, null) is { } bytes)
            {
                owner.Return(bytes);
            }
        }
    }

    private sealed class PackedBody(Block block, ReadOnlyMemory<byte> bytes) : LogBody
    {
        public override ReadOnlyMemory<byte> Compressed { get; } = bytes;

        protected override void Dispose(bool disposing)
        {
            block.Release();
            base.Dispose(disposing);
        }
    }

    private sealed class LargeBody(byte[] buffer, int length) : LogBody
    {
        public override ReadOnlyMemory<byte> Compressed { get; } = buffer.AsMemory(0, length);

        protected override void Dispose(bool disposing)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            base.Dispose(disposing);
        }
    }
}
