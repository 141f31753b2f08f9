using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Caching;

/// <summary>Holds a part of one gateway's cached answers in memory, and knows which of them are being fetched.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.CacheShard"/>. Nothing is persisted: with its silo a shard loses its answers, which are then fetched anew.
/// All methods interleave; each reads and changes the shard in one step, without an await in between.
/// </remarks>
[GrainInterfaceType("gateway.cache-shard"), Alias("gateway.cache-shard")]
public interface ICacheShardGrain : IGrainWithStringKey
{
    /// <summary>Looks an answer up. Where there is none, the caller may get the task to fetch it.</summary>
    /// <param name="key">The answer.</param>
    /// <param name="query">What the caller may use, and what it is ready to do.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    [AlwaysInterleave, Alias("look-up")]
    ValueTask<CacheLookup> LookUpAsync(CacheKey key, CacheQuery query, CancellationToken cancellationToken = default);

    /// <summary>Keeps an answer, replacing an older one, and gives it to everyone who waits for it.</summary>
    /// <param name="key">The answer's name.</param>
    /// <param name="generation">The generation that the storing exchange was admitted under; after a purge the answer is not kept.</param>
    /// <param name="answer">The answer; <see cref="CachedAnswer.StoredAt"/> is set by the shard.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    /// <returns>Whether it is kept.</returns>
    [AlwaysInterleave, Alias("store")]
    ValueTask<bool> StoreAsync(CacheKey key, long generation, CachedAnswer answer, CancellationToken cancellationToken = default);

    /// <summary>Says that the fetching goes on; without it a reservation ends after <see cref="CacheReservation.Lease"/>.</summary>
    /// <returns>Whether the reservation is still the caller's.</returns>
    [AlwaysInterleave, Alias("keep")]
    ValueTask<bool> KeepAsync(CacheKey key, long reservation, CancellationToken cancellationToken = default);

    /// <summary>Gives a reservation up: one of those who wait gets it.</summary>
    [AlwaysInterleave, Alias("abandon")]
    ValueTask AbandonAsync(CacheKey key, long reservation, CancellationToken cancellationToken = default);

    /// <summary>Drops everything that is older than a generation. Only frees memory early: lookups of the new generation do the same.</summary>
    /// <returns>How many answers were dropped.</returns>
    [AlwaysInterleave, Alias("clear")]
    ValueTask<int> ClearAsync(long generation, CancellationToken cancellationToken = default);
}

/// <summary>Times of reservations.</summary>
public static class CacheReservation
{
    /// <summary>How long a reservation holds without a sign of life from the one who fetches.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the one who fetches gives a sign of life.</summary>
    public static TimeSpan KeepInterval { get; } = TimeSpan.FromSeconds(4);

    /// <summary>How long one lookup waits for another's answer; below the response timeout of grain calls.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(3);
}

/// <summary>What a lookup may use and do.</summary>
[GenerateSerializer, Immutable, Alias("gateway.cache.query")]
public readonly record struct CacheQuery
{
    /// <summary>The gateway's cache generation that the exchange was admitted under.</summary>
    [Id(0)] public required long Generation { get; init; }

    /// <summary>What the gateway caches by default; null where it caches only what is asked for.</summary>
    [Id(1)] public TimeSpan? GatewayTtl { get; init; }

    /// <summary>How old beyond its TTL an answer may be that is served if the provider fails.</summary>
    [Id(2)] public TimeSpan StaleFor { get; init; }

    /// <summary>What to do while another fetches the answer.</summary>
    [Id(3)] public required CacheSharing Sharing { get; init; }
}

/// <summary>What a lookup does about an answer that is missing.</summary>
public enum CacheSharing
{
    /// <summary>Nothing: every exchange fetches for itself.</summary>
    None,

    /// <summary>Reserve it, or fetch it as well if another has reserved it.</summary>
    Reserve,

    /// <summary>Reserve it, or wait for the one who has reserved it.</summary>
    ReserveOrWait,
}

/// <summary>The result of a lookup.</summary>
[GenerateSerializer, Immutable, Alias("gateway.cache.lookup")]
public sealed record CacheLookup
{
    /// <summary>What to do.</summary>
    [Id(0)] public required CacheOutcome Outcome { get; init; }

    /// <summary>The answer of a hit; else one that may be served only if the provider fails, or null.</summary>
    [Id(1)] public CachedAnswer? Answer { get; init; }

    /// <summary>The reservation; 0 unless <see cref="Outcome"/> is <see cref="CacheOutcome.Reserved"/>.</summary>
    [Id(2)] public long Reservation { get; init; }
}

/// <summary>What to do after a lookup.</summary>
public enum CacheOutcome
{
    /// <summary>Serve the answer.</summary>
    Hit,

    /// <summary>Fetch it; what is fetched may be stored.</summary>
    Miss,

    /// <summary>Fetch it for everyone, and store or abandon it.</summary>
    Reserved,

    /// <summary>Another still fetches it: look up again.</summary>
    Pending,

    /// <summary>Fetch it and do not store it: the cache has been purged since the exchange was admitted.</summary>
    Outdated,
}
