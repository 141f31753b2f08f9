using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

/// <summary>What the gateway <c>default</c> starts with: authentication and logs on, caching, limits and retries off.</summary>
internal static class DefaultGateway
{
    public static GatewayConfiguration Configuration { get; } = new()
    {
        Authentication = true,
        CollectLogs = true,
        CacheInvalidateOnUpdate = false,
        CacheTtl = 0,
        RateLimitingInterval = 0,
        RateLimitingLimit = 0,
        WorkersAiBillingMode = WorkersAiBillingMode.Postpaid,
    };
}
