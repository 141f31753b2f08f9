namespace GatewayActors.Abstractions.Caching;

/// <summary>
/// A second place for cached answers behind the shards' memory, which survives a silo and may be larger. Optional: without a registered
/// one the shards are all there is. Thread-safe.
/// </summary>
/// <remarks>
/// A purge only moves on to the next generation, so old answers must be found by nobody who asks with a newer one. An exception means no
/// more than that the answer is fetched anew.
/// </remarks>
public interface ICacheStore
{
    /// <summary>Reads an answer; null if there is none.</summary>
    /// <param name="gatewayKey">The gateway, as <see cref="GrainKeys.Gateway"/> has it.</param>
    /// <param name="generation">The gateway's cache generation.</param>
    /// <param name="key">The answer.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<CachedAnswer?> ReadAsync(string gatewayKey, long generation, CacheKey key, CancellationToken cancellationToken);

    /// <summary>Keeps an answer until <see cref="CachedAnswer.KeptUntil"/>.</summary>
    /// <param name="gatewayKey">The gateway, as <see cref="GrainKeys.Gateway"/> has it.</param>
    /// <param name="generation">The gateway's cache generation.</param>
    /// <param name="key">The answer.</param>
    /// <param name="answer">The answer, its <see cref="CachedAnswer.StoredAt"/> set.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask WriteAsync(string gatewayKey, long generation, CacheKey key, CachedAnswer answer, CancellationToken cancellationToken);
}
