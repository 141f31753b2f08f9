using System.Collections.Concurrent;

namespace GatewayActors.Grains.Caching;

/// <summary>The bytes that all shards of one silo may hold together, and who of them makes room. Thread-safe.</summary>
/// <remarks>
/// While there is room anybody may take it. When there is none, an account that has less than its share (all of it divided by the accounts
/// that hold anything) takes from the one that has most; any other makes room itself. So no tenant can keep the others out.
/// </remarks>
internal sealed class CacheMemory(long maxBytes, long maxBytesPerAccount)
{
    private readonly ConcurrentDictionary<string, CacheTenant> _tenants = new(StringComparer.Ordinal);
    private long _used;

    public CacheMemory(long maxBytes) : this(maxBytes, long.MaxValue)
    {
    }

    public long Used => Interlocked.Read(ref _used);

    /// <summary>What stands for an account, for as long as one of its shards is there.</summary>
    public CacheTenant Join(string account, ICacheHolder shard)
    {
        while (true)
        {
            var tenant = _tenants.GetOrAdd(account, _ => new());
            if (tenant.TryAdd(shard))
            {
                return tenant;
            }

            _tenants.TryRemove(KeyValuePair.Create(account, tenant)); // Its last shard has just left.
        }
    }

    /// <summary>Ends what <see cref="Join"/> began, for a shard that holds nothing any more.</summary>
    public void Leave(string account, CacheTenant tenant, ICacheHolder shard)
    {
        if (tenant.Remove(shard))
        {
            _tenants.TryRemove(KeyValuePair.Create(account, tenant));
        }
    }

    /// <summary>Takes bytes, and has others make room for them where that is just.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="tenant">For whom.</param>
    /// <param name="shard">The shard that wants to hold them. Not asked to make room while it waits unless its account must.</param>
    /// <returns>False if there is no room.</returns>
    public bool TryTake(long bytes, CacheTenant tenant, ICacheHolder shard)
    {
        if (bytes > Math.Min(maxBytes, maxBytesPerAccount))
        {
            return false;
        }

        while (true)
        {
            if (tenant.TryAdd(bytes, maxBytesPerAccount))
            {
                if (Interlocked.Add(ref _used, bytes) <= maxBytes)
                {
                    return true;
                }

                Interlocked.Add(ref _used, -bytes);
                tenant.Subtract(bytes);
                if (WhoMakesRoom(bytes, tenant) is var other && other != tenant)
                {
                    if (!MakeRoom(other, bytes, first: null))
                    {
                        return false;
                    }

                    continue;
                }
            }

            if (!MakeRoom(tenant, bytes, first: shard))
            {
                return false;
            }
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes, CacheTenant tenant)
    {
        Interlocked.Add(ref _used, -bytes);
        tenant.Subtract(bytes);
    }

    private CacheTenant WhoMakesRoom(long bytes, CacheTenant tenant)
    {
        var (most, holding) = (tenant, 0);
        foreach (var (_, other) in _tenants)
        {
            holding += other.Used > 0 || other == tenant ? 1 : 0;
            most = other.Used > most.Used ? other : most;
        }

        return tenant.Used + bytes <= maxBytes / Math.Max(holding, 1) ? most : tenant;
    }

    /// <summary>Drops the least recently used of one shard: of its own account the one that asks, else the one that holds most.</summary>
    private static bool MakeRoom(CacheTenant tenant, long bytes, ICacheHolder? first) =>
        (first is not null && first.MakeRoom(bytes)) || tenant.Largest()?.MakeRoom(bytes) == true;
}

/// <summary>A shard that can be told to make room.</summary>
internal interface ICacheHolder
{
    /// <summary>What it holds.</summary>
    long Bytes { get; }

    /// <summary>Drops the least recently used, until as many bytes are free or nothing is left.</summary>
    /// <returns>Whether anything was dropped.</returns>
    bool MakeRoom(long bytes);
}

/// <summary>What one account holds in a silo. Thread-safe.</summary>
internal sealed class CacheTenant
{
    private readonly Lock _lock = new();
    private readonly HashSet<ICacheHolder> _shards = [];
    private bool _hasEnded;
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes, if the account may have so many.</summary>
    public bool TryAdd(long bytes, long maxBytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= maxBytes)
        {
            return true;
        }

        Subtract(bytes);
        return false;
    }

    public void Subtract(long bytes) => Interlocked.Add(ref _used, -bytes);

    /// <returns>False if the account has ended: its last shard has left.</returns>
    public bool TryAdd(ICacheHolder shard)
    {
        lock (_lock)
        {
            if (!_hasEnded)
            {
                _shards.Add(shard);
            }

            return !_hasEnded;
        }
    }

    /// <returns>Whether it was the last one.</returns>
    public bool Remove(ICacheHolder shard)
    {
        lock (_lock)
        {
            _shards.Remove(shard);
            return _hasEnded |= _shards.Count == 0;
        }
    }

    /// <summary>The shard that holds most; null if none is left.</summary>
    public ICacheHolder? Largest()
    {
        lock (_lock)
        {
            return _shards.MaxBy(static shard => shard.Bytes);
        }
    }
}
