namespace GatewayActors.Grains.Caching;

/// <summary>The bytes that all shards of one silo may hold together. Thread-safe, without a lock.</summary>
internal sealed class CacheMemory(long maxBytes)
{
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes if they are free.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= maxBytes)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
