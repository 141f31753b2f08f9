using System.Buffers.Binary;

namespace GatewayActors.Abstractions.Caching;

/// <summary>The name of an answer: a SHA-256 over everything that makes two requests the same, account and gateway included.</summary>
[GenerateSerializer, Immutable, Alias("gateway.cache.key")]
public readonly record struct CacheKey
{
    /// <summary>The length of the hash in bytes.</summary>
    public const int Length = 32;

    [Id(0)] private readonly ulong _first;
    [Id(1)] private readonly ulong _second;
    [Id(2)] private readonly ulong _third;
    [Id(3)] private readonly ulong _fourth;

    /// <summary>Takes a hash over.</summary>
    /// <exception cref="ArgumentException">It has another length than <see cref="Length"/>.</exception>
    public CacheKey(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Length)
        {
            throw new ArgumentException("A cache key has 32 bytes.", nameof(hash));
        }

        _first = BinaryPrimitives.ReadUInt64BigEndian(hash);
        _second = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(hash[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(hash[24..]);
    }

    /// <summary>Which of a gateway's shards holds the answer.</summary>
    public int Shard => (int)(_first % GrainKeys.CacheShards);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => $"{_first:x16}{_second:x16}{_third:x16}{_fourth:x16}";

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_second; // Already a hash; the first part has chosen the shard.
}
