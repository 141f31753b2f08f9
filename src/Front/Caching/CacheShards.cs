using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Gateways;
using Orleans.Runtime;

namespace GatewayActors.Front.Caching;

/// <summary>The way to the shard grains. None of its calls fails: without the cache an answer is fetched.</summary>
internal sealed partial class CacheShards(IGrainFactory grains, TimeProvider timeProvider, ILogger<CacheShards> logger)
{
    /// <summary>Waiting for another front's answer ends here at the latest; then this front fetches for itself.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>A client must not wait for the cache that may be in trouble; the storing itself goes on.</summary>
    private static readonly TimeSpan LongestStore = TimeSpan.FromSeconds(1);

    private static readonly CacheLookup Unknown = new() { Outcome = CacheOutcome.Outdated };

    /// <summary>Looks an answer up, and waits where another front is fetching it.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="key">The answer.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="abandoned">Ends the waiting.</param>
    public async ValueTask<CacheLookup> LookUpAsync(GatewayHandle gateway, CacheKey key, CacheQuery query, CancellationToken abandoned)
    {
        var shard = Shard(gateway, key);
        var started = 0L;
        try
        {
            while (true)
            {
                var lookup = await shard.LookUpAsync(key, query, CancellationToken.None);
                if (lookup.Outcome != CacheOutcome.Pending)
                {
                    return lookup;
                }

                started = started == 0 ? timeProvider.GetTimestamp() : started;
                if (abandoned.IsCancellationRequested || timeProvider.GetElapsedTime(started) >= LongestWait)
                {
                    query = query with { Sharing = CacheSharing.None };
                }
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogUnavailable(exception);
            return Unknown;
        }
    }

    /// <summary>Stores an answer.</summary>
    public async ValueTask StoreAsync(GatewayHandle gateway, CacheKey key, long generation, CachedAnswer answer)
    {
        var storing = Shard(gateway, key).StoreAsync(key, generation, answer, CancellationToken.None).AsTask();
        try
        {
            await storing.WaitAsync(LongestStore, timeProvider);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogUnavailable(exception);
            storing.Ignore();
        }
    }

    /// <summary>Gives a reservation up, without waiting for the shard to hear of it.</summary>
    public void Abandon(GatewayHandle gateway, CacheKey key, long reservation) =>
        Shard(gateway, key).AbandonAsync(key, reservation, CancellationToken.None).AsTask().Ignore();

    /// <summary>Holds a reservation while its answer is fetched.</summary>
    public ITimer Keep(GatewayHandle gateway, CacheKey key, long reservation)
    {
        var shard = Shard(gateway, key);
        return timeProvider.CreateTimer(
            _ => shard.KeepAsync(key, reservation, CancellationToken.None).AsTask().Ignore(), // A reservation that is lost costs at most a second call.
            state: null,
            CacheReservation.KeepInterval,
            CacheReservation.KeepInterval);
    }

    private ICacheShardGrain Shard(GatewayHandle gateway, CacheKey key) => gateway.CacheShard(key.Shard, grains);

    [LoggerMessage(EventId = 1101, EventName = "CacheUnavailable", Level = LogLevel.Warning, Message = "A cache shard did not answer; the exchange goes on without it.")]
    private partial void LogUnavailable(Exception exception);
}
