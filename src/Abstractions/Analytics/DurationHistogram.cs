using System.Buffers;

namespace GatewayActors.Abstractions.Analytics;

/// <summary>
/// Counts durations so that percentiles of any set of them can be told later: two histograms add up to that of both sets, without loss.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// Up to 63 µs every microsecond has a bucket; above, each power of two has 32 of equal width. A percentile is told as the middle of
/// its bucket, so it is off by 1.6 % at most. Stored as pairs of variable-length numbers (distance to the bucket before, count).
/// </remarks>
public sealed class DurationHistogram
{
    private const int BucketBits = 5;
    private const int BucketsPerPower = 1 << BucketBits;

    private const int MostBuckets = (63 - BucketBits + 1) << BucketBits;

    private long[] _counts = []; // By bucket, as far as one was needed.

    /// <summary>How many durations were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts one duration; a negative one counts as 0.</summary>
    /// <param name="microseconds">The duration in µs.</param>
    public void Add(long microseconds) => Add(BucketOf(Math.Max(0, microseconds)), 1);

    /// <summary>Adds everything that another histogram has counted.</summary>
    /// <param name="stored">What <see cref="ToBytes"/> gave.</param>
    /// <exception cref="InvalidDataException">The bytes are no histogram.</exception>
    public void Add(ReadOnlySpan<byte> stored)
    {
        var bucket = 0;
        while (!stored.IsEmpty)
        {
            bucket = (int)Math.Min(MostBuckets, bucket + ReadNumber(ref stored));
            Add(bucket, ReadNumber(ref stored));
        }
    }

    /// <summary>Takes away everything that another histogram has counted; this one counted it before.</summary>
    /// <param name="stored">What <see cref="ToBytes"/> gave.</param>
    /// <exception cref="InvalidDataException">The bytes are no histogram.</exception>
    public void Subtract(ReadOnlySpan<byte> stored)
    {
        var bucket = 0;
        while (!stored.IsEmpty)
        {
            bucket = (int)Math.Min(MostBuckets, bucket + ReadNumber(ref stored));
            var count = Math.Min(ReadNumber(ref stored), bucket < _counts.Length ? _counts[bucket] : 0);
            if (count > 0)
            {
                Add(bucket, -count);
            }
        }
    }

    /// <summary>The duration that the given share of all durations does not exceed.</summary>
    /// <param name="share">Above 0, up to 1.</param>
    /// <returns>In µs; null if nothing was counted.</returns>
    public double? Percentile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var passed = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            passed += _counts[bucket];
            if (passed >= rank)
            {
                return MiddleOf(bucket);
            }
        }

        return null;
    }

    /// <summary>The form that is stored; empty if nothing was counted.</summary>
    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        var before = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            if (_counts[bucket] is not 0 and var count)
            {
                WriteNumber(bytes, bucket - before);
                WriteNumber(bytes, count);
                before = bucket;
            }
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static int BucketOf(long value)
    {
        if (value < BucketsPerPower)
        {
            return (int)value;
        }

        var power = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value) - BucketBits;
        return ((power + 1) << BucketBits) + (int)((value >> power) - BucketsPerPower);
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket < 2 * BucketsPerPower)
        {
            return bucket; // One microsecond wide.
        }

        var power = (bucket >> BucketBits) - 1;
        var low = (double)(BucketsPerPower + (bucket & (BucketsPerPower - 1))) * (1L << power);
        return low + ((1L << power) / 2d);
    }

    private static long ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0L;
        for (var shift = 0; shift < 63; shift += 7)
        {
            if (bytes.IsEmpty)
            {
                break;
            }

            var next = bytes[0];
            bytes = bytes[1..];
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The bytes are no histogram of durations.");
    }

    private static void WriteNumber(ArrayBufferWriter<byte> bytes, long value)
    {
        var room = bytes.GetSpan(9);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            room[length++] = (byte)(value | 0x80);
        }

        room[length++] = (byte)value;
        bytes.Advance(length);
    }

    private void Add(int bucket, long count)
    {
        if (bucket >= _counts.Length)
        {
            if (bucket >= MostBuckets)
            {
                throw new InvalidDataException("The bytes are no histogram of durations.");
            }

            Array.Resize(ref _counts, Math.Min(MostBuckets, bucket + (2 * BucketsPerPower)));
        }

        _counts[bucket] += count;
        Count += count;
    }
}
