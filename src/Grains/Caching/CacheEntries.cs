using GatewayActors.Abstractions.Caching;

namespace GatewayActors.Grains.Caching;

/// <summary>Answers in memory, the least recently used ones dropped first. No clock, no Orleans; used by one thread at a time.</summary>
/// <param name="maxBytes">What they may take together.</param>
/// <param name="memory">What all shards of the silo may take.</param>
internal sealed class CacheEntries(long maxBytes, CacheMemory memory)
{
    private readonly Dictionary<CacheKey, Entry> _entries = [];

    // Used first and last: a ring through an entry that stands for both ends.
    private readonly Entry _ends = Entry.CreateEnds();

    public int Count => _entries.Count;

    public long Bytes { get; private set; }

    /// <summary>The answer with the lookup that tells of it; null if there is none or it is of no use any more.</summary>
    public Entry? Find(CacheKey key, DateTimeOffset now)
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

    /// <summary>Keeps an answer in the place of an older one. Drops others if room is needed.</summary>
    /// <returns>False if there is no room for it; an older one is gone all the same.</returns>
    public bool Put(CacheKey key, CachedAnswer answer)
    {
        if (_entries.TryGetValue(key, out var older))
        {
            Remove(older);
        }

        var entry = new Entry(key, answer);
        if (entry.Size > maxBytes)
        {
            return false;
        }

        while (Bytes + entry.Size > maxBytes || !memory.TryTake(entry.Size))
        {
            if (_entries.Count == 0)
            {
                return false; // Other shards hold the memory of the silo.
            }

            Remove(_ends.Before);
        }

        Bytes += entry.Size;
        _entries.Add(key, entry);
        entry.LinkAfter(_ends);
        return true;
    }

    /// <summary>Drops what is of no use any more.</summary>
    public void Sweep(DateTimeOffset now)
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

    /// <summary>Drops everything.</summary>
    /// <returns>How many answers that were.</returns>
    public int Clear()
    {
        var count = _entries.Count;
        memory.Release(Bytes);
        Bytes = 0;
        _entries.Clear();
        _ends.Unlink();
        return count;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Key);
        entry.Unlink();
        Bytes -= entry.Size;
        memory.Release(entry.Size);
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
