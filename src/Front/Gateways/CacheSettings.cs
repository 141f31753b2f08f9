using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Caching;

namespace GatewayActors.Front.Gateways;

/// <summary>What a gateway says about its cache, defaults applied.</summary>
internal sealed class CacheSettings(GatewayRecord gateway)
{
    /// <summary>How long answers are cached by default; null where only what requests ask for is cached.</summary>
    public TimeSpan? Ttl { get; } =
        gateway.Configuration.CacheTtl is > 0 and var ttl ? CachePlan.Clamp(TimeSpan.FromSeconds(ttl)) : null;

    /// <summary>How old beyond its TTL an answer may be that is served if the provider fails.</summary>
    public TimeSpan StaleIfError { get; } = TimeSpan.FromSeconds(gateway.Configuration.CacheStaleIfError ?? 0);

    /// <summary>Whether streams are cached.</summary>
    public bool Streaming { get; } = gateway.Configuration.CacheStreaming ?? false;

    /// <summary>Whether an answer that is kept as a stream may stand for the whole one, and the other way round.</summary>
    public bool SharedFormats { get; } = gateway.Configuration.CacheSharedFormats ?? false;

    /// <summary>Whether identical requests at the same time share one call.</summary>
    public bool SingleFlight { get; } = gateway.Configuration.CacheSingleFlight ?? true;

    /// <summary>Answers of older generations are void.</summary>
    public long Generation { get; } = gateway.CacheGeneration;
}
