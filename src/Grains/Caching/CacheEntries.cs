using GatewayActors.Abstractions.Caching;

namespace GatewayActors.Grains.Caching;

/// <summary>Answers in memory, the least recently used ones dropped first. No clock, no Orleans.</summary>
/// <remarks>
/// Its shard uses it from one thread at a time. Only <see cref="MakeRoom"/> comes from another, when the silo's memory is full: hence the
/// lock, which nobody waits for otherwise. It is never held while room is asked for elsewhere.
/// </remarks>
internal sealed class CacheEntries : ICacheHolder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, Entry> _entries = [];
    private readonly long _maxBytes;
    private readonly CacheMemory _memory;
    private readonly string _account;
    private readonly CacheTenant _tenant;

    // Used first and last: a ring through an entry that stands for both ends.
    private readonly Entry _ends = Entry.CreateEnds();
    private long _bytes;

    /// <param name="maxBytes">What they may take together.</param>
    /// <param name="memory">What all shards of the silo may take.</param>
    /// <param name="account">Whose answers these are.</param>
    public CacheEntries(long maxBytes, CacheMemory memory, string account)
    {
        (_maxBytes, _memory, _account) = (maxBytes, memory, account);
        _tenant = memory.Join(account, this);
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The answer with the lookup that tells of it; null if there is none or it is of no use any more.</summary>
    public Entry? Find(CacheKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                return null;
            }

            if (entry.Answer.KeptUntil <= now)
            {
                Remove(entry);
                return null;
            }

            entry.Unlink();
            entry.LinkAfter(_ends);
            return entry;
        }
    }

    /// <summary>Keeps an answer in the place of an older one. Drops others if room is needed.</summary>
    /// <returns>False if there is no room for it; an older one is gone all the same.</returns>
    public bool Put(CacheKey key, CachedAnswer answer)
    {
        var entry = new Entry(key, answer);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var older))
            {
                Remove(older);
            }

            if (entry.Size > _maxBytes)
            {
                return false;
            }

            while (_bytes + entry.Size > _maxBytes)
            {
                Remove(_ends.Before);
            }
        }

        if (!_memory.TryTake(entry.Size, _tenant, this))
        {
            return false;
        }

        lock (_lock)
        {
            _bytes += entry.Size;
            _entries.Add(key, entry);
            entry.LinkAfter(_ends);
        }

        return true;
    }

    public bool MakeRoom(long bytes)
    {
        lock (_lock)
        {
            var left = _bytes - bytes;
            var hasDropped = false;
            while (_entries.Count > 0 && (!hasDropped || _bytes > left))
            {
                Remove(_ends.Before);
                hasDropped = true;
            }

            return hasDropped;
        }
    }

    /// <summary>Drops what is of no use any more.</summary>
    public void Sweep(DateTimeOffset now)
    {
        lock (_lock)
        {
            for (var entry = _ends.Before; entry != _ends;)
            {
                var next = entry.Before;
                if (entry.Answer.KeptUntil <= now)
                {
                    Remove(entry);
                }

                entry = next;
            }
        }
    }

    /// <summary>Drops everything.</summary>
    /// <returns>How many answers that were.</returns>
    public int Clear()
    {
        lock (_lock)
        {
            var count = _entries.Count;
            _memory.Release(_bytes, _tenant);
            _bytes = 0;
            _entries.Clear();
            _ends.Unlink();
            return count;
        }
    }

    /// <summary>Drops everything, for good.</summary>
    public void Leave()
    {
        Clear();
        _memory.Leave(_account, _tenant, this);
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Key);
        entry.Unlink();
        _bytes -= entry.Size;
        _memory.Release(entry.Size, _tenant);
    }

    /// <summary>One answer.</summary>
    internal sealed class Entry
    {
        private Entry _after;

        public Entry(CacheKey key, CachedAnswer answer)
        {
            (Key, Answer, Size) = (key, answer, answer.Size);
            Hit = new() { Outcome = CacheOutcome.Hit, Answer = answer };
            Before = _after = this;
        }

        public CacheKey Key { get; }

        public CachedAnswer Answer { get; }

        public long Size { get; }

        /// <summary>Made once, so that a hit allocates nothing.</summary>
        public CacheLookup Hit { get; }

        /// <summary>The neighbour that was used later; of the ends, the entry that was not used for longest.</summary>
        public Entry Before { get; private set; }

        public static Entry CreateEnds() => new(default, new() { StatusCode = 0, Headers = [], Body = default, Ttl = default });

        public void LinkAfter(Entry ends)
        {
            (Before, _after) = (ends, ends._after);
            ends._after.Before = this;
            ends._after = this;
        }

        public void Unlink()
        {
            Before._after = _after;
            _after.Before = Before;
            Before = _after = this;
        }
    }
}
