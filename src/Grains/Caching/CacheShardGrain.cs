using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Caching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GatewayActors.Grains.Caching;

/// <remarks>
/// Calls interleave. What holds across every await: an answer is only kept under the newest generation that the shard has heard of, and
/// at most one caller holds a reservation of a key. Both are checked anew after each await.
/// </remarks>
[GrainType("gateway.cache-shard")]
internal sealed partial class CacheShardGrain : Grain, ICacheShardGrain
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);
    private static readonly CacheLookup Miss = new() { Outcome = CacheOutcome.Miss };
    private static readonly CacheLookup Outdated = new() { Outcome = CacheOutcome.Outdated };
    private static readonly CacheLookup Pending = new() { Outcome = CacheOutcome.Pending };

    private readonly CacheReservations _reservations = new();
    private readonly CacheEntries _entries;
    private readonly ICacheStore? _store;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<CacheShardGrain> _logger;
    private readonly string _gatewayKey;
    private IGrainTimer? _sweeping;
    private long _generation;

    public CacheShardGrain(IOptions<CacheOptions> options, CacheMemory memory, TimeProvider timeProvider, ILogger<CacheShardGrain> logger, IServiceProvider services)
    {
        _store = services.GetService<ICacheStore>();
        (_timeProvider, _logger) = (timeProvider, logger);
        _gatewayKey = GrainKeys.GatewayOfCacheShard(this.GetPrimaryKeyString());
        _entries = new(options.Value.MaxBytesPerGateway / GrainKeys.CacheShards, memory, GrainKeys.ParseGateway(_gatewayKey).AccountId);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _entries.Leave();
        _reservations.Clear();
        return Task.CompletedTask;
    }

    public ValueTask<CacheLookup> LookUpAsync(CacheKey key, CacheQuery query, CancellationToken cancellationToken = default)
    {
        var lookup = Decide(key, query);
        return lookup.Outcome switch
        {
            CacheOutcome.Pending => WaitAsync(key, query, cancellationToken),
            CacheOutcome.Reserved when _store is not null => ReadStoreAsync(_store, key, query, lookup),

            // Without a reservation only where none is wanted: whoever holds it has looked in the store already.
            CacheOutcome.Miss when _store is not null && query.Sharing == CacheSharing.None => ReadStoreAsync(_store, key, query, lookup),
            _ => ValueTask.FromResult(lookup),
        };
    }

    public ValueTask<bool> StoreAsync(CacheKey key, long generation, CachedAnswer answer, CancellationToken cancellationToken = default)
    {
        Advance(generation);
        if (generation < _generation)
        {
            return ValueTask.FromResult(false); // The purge has ended the reservation already.
        }

        answer = answer with { StoredAt = _timeProvider.GetUtcNow() };
        var isKept = Keep(key, answer);
        _reservations.End(key);
        if (_store is not null)
        {
            _ = WriteStoreAsync(_store, key, generation, answer); // Behind the answer: a silo that dies meanwhile costs a later fetch.
        }

        return ValueTask.FromResult(isKept);
    }

    public ValueTask<bool> KeepAsync(CacheKey key, long reservation, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_reservations.Keep(key, reservation, _timeProvider.GetUtcNow()));

    public ValueTask AbandonAsync(CacheKey key, long reservation, CancellationToken cancellationToken = default)
    {
        _reservations.Abandon(key, reservation);
        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ClearAsync(long generation, CancellationToken cancellationToken = default) => ValueTask.FromResult(Advance(generation));

    /// <summary>Moves on to a newer generation; what is older is never served again.</summary>
    private int Advance(long generation)
    {
        if (generation <= _generation)
        {
            return 0;
        }

        _generation = generation;
        _reservations.Clear();
        return _entries.Clear();
    }

    /// <summary>What to do about an answer right now. Reserves it where that is asked for.</summary>
    private CacheLookup Decide(CacheKey key, in CacheQuery query)
    {
        Advance(query.Generation);
        if (query.Generation < _generation)
        {
            return Outdated;
        }

        var now = _timeProvider.GetUtcNow();
        CachedAnswer? stale = null;
        if (_entries.Find(key, now) is { } entry)
        {
            var freshUntil = entry.Answer.FreshUntil(query.GatewayTtl);
            if (now < freshUntil)
            {
                return entry.Hit;
            }

            stale = now < freshUntil + query.StaleFor ? entry.Answer : null;
        }

        if (query.Sharing == CacheSharing.None)
        {
            return stale is null ? Miss : new() { Outcome = CacheOutcome.Miss, Answer = stale };
        }

        if (_reservations.Find(key, now) is null)
        {
            return new() { Outcome = CacheOutcome.Reserved, Answer = stale, Reservation = _reservations.Take(key, now).Id };
        }

        return query.Sharing == CacheSharing.ReserveOrWait ? Pending
            : stale is null ? Miss
            : new() { Outcome = CacheOutcome.Miss, Answer = stale };
    }

    private async ValueTask<CacheLookup> WaitAsync(CacheKey key, CacheQuery query, CancellationToken cancellationToken)
    {
        var started = _timeProvider.GetUtcNow();
        while (true)
        {
            var now = _timeProvider.GetUtcNow();
            var left = started + CacheReservation.LongestWait - now;
            if (left > TimeSpan.Zero && _reservations.Find(key, now) is { } reservation)
            {
                // Ends by time as well: the one who fetches may have died without a word.
                var lease = reservation.Until - now;
                await reservation.Ending.Task.WaitAsync(lease < left ? lease : left, _timeProvider, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                cancellationToken.ThrowIfCancellationRequested();
            }

            var lookup = Decide(key, query);
            if (lookup.Outcome != CacheOutcome.Pending || left <= TimeSpan.Zero)
            {
                return lookup;
            }
        }
    }

    private bool Keep(CacheKey key, CachedAnswer answer)
    {
        var isKept = _entries.Put(key, answer);
        if (isKept)
        {
            // Without an idle gateway's shard staying up, its answers would be gone long before their time.
            _sweeping ??= this.RegisterGrainTimer(
                Sweep,
                new GrainTimerCreationOptions { DueTime = SweepInterval, Period = SweepInterval, Interleave = true, KeepAlive = true });
        }

        return isKept;
    }

    private Task Sweep(CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
        _entries.Sweep(now);
        _reservations.Sweep(now);
        if (_entries.Count == 0)
        {
            _sweeping?.Dispose();
            _sweeping = null;
        }

        return Task.CompletedTask;
    }

    /// <summary>Looks in the second store too. A reservation that was taken before sees to it that one caller per key does.</summary>
    private async ValueTask<CacheLookup> ReadStoreAsync(ICacheStore store, CacheKey key, CacheQuery query, CacheLookup lookup)
    {
        CachedAnswer? answer;
        try
        {
            answer = await store.ReadAsync(_gatewayKey, query.Generation, key, CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever is wrong with the store, the answer can be fetched from its provider.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogStoreFailed(_gatewayKey, exception);
            return lookup;
        }

        if (query.Generation < _generation)
        {
            return Outdated;
        }

        var now = _timeProvider.GetUtcNow();
        if (answer is null || answer.KeptUntil <= now)
        {
            return lookup;
        }

        Keep(key, answer);
        var freshUntil = answer.FreshUntil(query.GatewayTtl);
        if (now < freshUntil)
        {
            _reservations.Abandon(key, lookup.Reservation);
            return new() { Outcome = CacheOutcome.Hit, Answer = answer };
        }

        return now < freshUntil + query.StaleFor ? lookup with { Answer = answer } : lookup;
    }

    private async Task WriteStoreAsync(ICacheStore store, CacheKey key, long generation, CachedAnswer answer)
    {
        try
        {
            await store.WriteAsync(_gatewayKey, generation, key, answer, CancellationToken.None);
        }
#pragma warning disable CA1031 // The answer is in memory; a store that fails costs a later fetch.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogStoreFailed(_gatewayKey, exception);
        }
    }

    [LoggerMessage(EventId = 2101, EventName = "CacheStoreFailed", Level = LogLevel.Warning, Message = "The second cache store failed for gateway {Gateway}.")]
    private partial void LogStoreFailed(string gateway, Exception exception);
}
