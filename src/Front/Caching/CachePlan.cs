using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Caching;

/// <summary>What the gateway and the request say about caching one answer.</summary>
internal readonly record struct CachePlan
{
    /// <summary>The largest request that is looked up, and the largest answer that is kept: 25 MB.</summary>
    public const int MaxBytes = 25 * 1000 * 1000;

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private static readonly TimeSpan DefaultWithKey = TimeSpan.FromMinutes(5);

    /// <summary>How long the answer is served.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>Whether the gateway said so, and not the request.</summary>
    public required bool FollowsGateway { get; init; }

    /// <summary>How much longer it is kept for the case that the provider fails.</summary>
    public required TimeSpan StaleFor { get; init; }

    /// <summary>The client's own key; null for the one that is made from the request.</summary>
    public string? Key { get; init; }

    /// <summary>What is cached for one request; null for nothing.</summary>
    public static CachePlan? For(string method, CacheSettings gateway, ExchangeHeaders headers)
    {
        if (!HttpMethods.IsPost(method) || headers.SkipCache == true || headers.CacheTtl == TimeSpan.Zero)
        {
            return null;
        }

        var ttl = headers.CacheTtl ?? gateway.Ttl ?? (headers.CacheKey is null ? null : DefaultWithKey);
        return ttl is null ? null : new()
        {
            Ttl = Clamp(ttl.Value),
            FollowsGateway = headers.CacheTtl is null && gateway.Ttl is not null,
            StaleFor = headers.CacheStaleIfError ?? gateway.StaleIfError,
            Key = headers.CacheKey,
        };
    }

    /// <summary>A time within the range that answers are cached for.</summary>
    public static TimeSpan Clamp(TimeSpan ttl) => ttl < Shortest ? Shortest : ttl > Longest ? Longest : ttl;
}
