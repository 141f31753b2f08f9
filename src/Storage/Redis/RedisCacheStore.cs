using GatewayActors.Abstractions.Caching;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using StackExchange.Redis;

namespace GatewayActors.Storage.Redis;

/// <summary>
/// Cached answers in Redis: <c>cache:{account}/{gateway}:{generation}:{hash}</c>, with the answer's own time to live. Nothing is ever deleted:
/// a purge moves on to the next generation, and what is older runs out or is evicted.
/// </summary>
/// <remarks>
/// Every failure means no more than a call to the provider. After one Redis is left alone for <see cref="Pause"/>, so that an outage costs an
/// exchange now and then its <see cref="Patience"/>, and all others nothing.
/// </remarks>
internal sealed class RedisCacheStore : ICacheStore, IAsyncDisposable
{
    /// <summary>How long an answer is waited for: a call to a provider takes longer, but not so much that more would be worth it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>How long Redis is left alone after a failure.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // Answers that are on their way there; more than a slow Redis can take are not worth their memory.
    private const long MostWriting = 64 * 1024 * 1024;

    private readonly Serializer<CachedAnswer> _serializer;
    private readonly TimeProvider _timeProvider;
    private readonly Task<ConnectionMultiplexer> _connecting;
    private long _pausedAt;
    private long _writing;

    public RedisCacheStore(IOptions<RedisCacheStoreOptions> options, Serializer<CachedAnswer> serializer, TimeProvider timeProvider)
    {
        (_serializer, _timeProvider) = (serializer, timeProvider);
        var configuration = ConfigurationOptions.Parse(options.Value.ConnectionString);
        configuration.AbortOnConnectFail = false; // It may come up later than we do.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.AsyncTimeout = (int)Patience.TotalMilliseconds;
        configuration.ClientName ??= "gateway-cache";

        // Not on the scheduler of the grain whose activation makes this.
        _connecting = Task.Run(() => ConnectionMultiplexer.ConnectAsync(configuration));
    }

    public async ValueTask<CachedAnswer?> ReadAsync(string gatewayKey, long generation, CacheKey key, CancellationToken cancellationToken)
    {
        if (IsPaused)
        {
            return null;
        }

        Lease<byte>? lease;
        try
        {
            var database = await ConnectedAsync(cancellationToken);
            lease = await database.StringGetLeaseAsync(Name(gatewayKey, generation, key)).WaitAsync(cancellationToken);
        }
        catch
        {
            Volatile.Write(ref _pausedAt, _timeProvider.GetTimestamp());
            throw;
        }

        using (lease)
        {
            return lease is null ? null : _serializer.Deserialize(lease.Memory);
        }
    }

    public async ValueTask WriteAsync(string gatewayKey, long generation, CacheKey key, CachedAnswer answer, CancellationToken cancellationToken)
    {
        var left = answer.KeptUntil - _timeProvider.GetUtcNow();
        if (IsPaused || left <= TimeSpan.Zero)
        {
            return;
        }

        if (Interlocked.Add(ref _writing, answer.Size) > MostWriting)
        {
            Interlocked.Add(ref _writing, -answer.Size);
            return;
        }

        try
        {
            var database = await ConnectedAsync(cancellationToken);
            await database.StringSetAsync(Name(gatewayKey, generation, key), _serializer.SerializeToArray(answer), left).WaitAsync(cancellationToken);
        }
        catch
        {
            Volatile.Write(ref _pausedAt, _timeProvider.GetTimestamp());
            throw;
        }
        finally
        {
            Interlocked.Add(ref _writing, -answer.Size);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connecting.IsCompletedSuccessfully)
        {
            await (await _connecting).DisposeAsync();
            return;
        }

        // A stop must not wait for a server that may not be there.
        _ = _connecting.ContinueWith(
            static connecting => connecting.GetAwaiter().GetResult().Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    private bool IsPaused => Volatile.Read(ref _pausedAt) is not 0 and var since && _timeProvider.GetElapsedTime(since) < Pause;

    private static string Name(string gatewayKey, long generation, CacheKey key) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cache:{gatewayKey}:{generation}:{key}");

    private async ValueTask<IDatabase> ConnectedAsync(CancellationToken cancellationToken) =>
        (await _connecting.WaitAsync(Patience, TimeProvider.System, cancellationToken)).GetDatabase();
}
