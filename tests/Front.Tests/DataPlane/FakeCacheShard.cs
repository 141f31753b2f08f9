using System.Collections.Concurrent;
using System.Threading.Channels;
using GatewayActors.Abstractions.Caching;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>A shard of the cache that lives in the test, never forgets for want of room, and fails when the test wants it to.</summary>
internal sealed class FakeCacheShard(TimeProvider clock, ChannelWriter<CacheQuery>? asked = null) : ICacheShardGrain
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, CachedAnswer> _answers = [];
    private readonly Dictionary<CacheKey, (long Id, TaskCompletionSource Ended)> _reservations = [];
    private long _generation;
    private long _lastReservation;

    /// <summary>The lookups made.</summary>
    public ConcurrentQueue<CacheQuery> Queries { get; } = [];

    /// <summary>What was stored, in the order of the calls.</summary>
    public ConcurrentQueue<CachedAnswer> Stored { get; } = [];

    /// <summary>What goes wrong with the next lookups.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = [];

    /// <summary>How many answers are being fetched, as far as the shard knows.</summary>
    public int Reservations
    {
        get
        {
            lock (_lock)
            {
                return _reservations.Count;
            }
        }
    }

    public async ValueTask<CacheLookup> LookUpAsync(CacheKey key, CacheQuery query, CancellationToken cancellationToken = default)
    {
        Queries.Enqueue(query);
        asked?.TryWrite(query);
        if (Failures.TryDequeue(out var failure))
        {
            throw failure;
        }

        await Task.Yield(); // As a grain answers: never at once.
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                Advance(query.Generation);
                if (query.Generation < _generation)
                {
                    return new() { Outcome = CacheOutcome.Outdated };
                }

                CachedAnswer? stale = null;
                if (_answers.TryGetValue(key, out var answer))
                {
                    var freshUntil = answer.FreshUntil(query.GatewayTtl);
                    if (clock.GetUtcNow() < freshUntil)
                    {
                        return new() { Outcome = CacheOutcome.Hit, Answer = answer };
                    }

                    stale = clock.GetUtcNow() < freshUntil + query.StaleFor ? answer : null;
                }

                if (query.Sharing == CacheSharing.None)
                {
                    return new() { Outcome = CacheOutcome.Miss, Answer = stale };
                }

                if (!_reservations.TryGetValue(key, out var reservation))
                {
                    _reservations.Add(key, (++_lastReservation, new(TaskCreationOptions.RunContinuationsAsynchronously)));
                    return new() { Outcome = CacheOutcome.Reserved, Answer = stale, Reservation = _lastReservation };
                }

                if (query.Sharing == CacheSharing.Reserve)
                {
                    return new() { Outcome = CacheOutcome.Miss, Answer = stale };
                }

                wait = reservation.Ended.Task;
            }

            await wait.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask<bool> StoreAsync(CacheKey key, long generation, CachedAnswer answer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        lock (_lock)
        {
            Advance(generation);
            if (generation < _generation)
            {
                return false;
            }

            answer = answer with { StoredAt = clock.GetUtcNow() };
            _answers[key] = answer;
            Stored.Enqueue(answer);
            End(key);
            return true;
        }
    }

    public ValueTask<bool> KeepAsync(CacheKey key, long reservation, CancellationToken cancellationToken = default) => ValueTask.FromResult(true);

    public ValueTask AbandonAsync(CacheKey key, long reservation, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_reservations.TryGetValue(key, out var held) && held.Id == reservation)
            {
                End(key);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ClearAsync(long generation, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            Advance(generation);
        }

        return ValueTask.FromResult(0);
    }

    private void Advance(long generation)
    {
        if (generation > _generation)
        {
            _generation = generation;
            _answers.Clear();
            foreach (var key in _reservations.Keys.ToArray())
            {
                End(key);
            }
        }
    }

    private void End(CacheKey key)
    {
        if (_reservations.Remove(key, out var reservation))
        {
            reservation.Ended.SetResult();
        }
    }
}
