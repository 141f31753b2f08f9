using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Buffers for bodies that wait for the log. They are rented by requests and given back by the thousand from the log writer's thread,
/// which a per-thread pool would drop: new ones would be made all the time and live just long enough to burden the garbage collector.
/// Thread-safe, without a lock.
/// </summary>
internal static class BodyBuffers
{
    private const int SmallestBits = 10; // 1 KiB
    private const int LargestBits = 18; // 256 KiB; larger ones are rare and come from the shared pool
    private const long BytesKeptPerSize = 32 * 1024 * 1024;

    private static readonly SizeClass[] Sizes = [.. Enumerable.Range(SmallestBits, LargestBits - SmallestBits + 1).Select(bits => new SizeClass(1 << bits))];

    /// <summary>A buffer of at least this length; its content is whatever it was.</summary>
    public static byte[] Rent(int length) => Class(length) is { } size ? size.Rent() : ArrayPool<byte>.Shared.Rent(length);

    /// <summary>Gives a buffer of <see cref="Rent"/> back.</summary>
    public static void Return(byte[] buffer)
    {
        if (Class(buffer.Length) is { } size)
        {
            size.Return(buffer);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static SizeClass? Class(int length)
    {
        var bits = Math.Max(SmallestBits, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(length - 1, 0)));
        return bits <= LargestBits ? Sizes[bits - SmallestBits] : null;
    }

    private sealed class SizeClass(int length)
    {
        private readonly ConcurrentQueue<byte[]> _free = new();
        private readonly int _most = (int)(BytesKeptPerSize / length);
        private int _count;

        public byte[] Rent()
        {
            if (_free.TryDequeue(out var buffer))
            {
                Interlocked.Decrement(ref _count);
                return buffer;
            }

            return GC.AllocateUninitializedArray<byte>(length);
        }

        public void Return(byte[] buffer)
        {
            if (Interlocked.Increment(ref _count) <= _most)
            {
                _free.Enqueue(buffer);
            }
            else
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }
}
