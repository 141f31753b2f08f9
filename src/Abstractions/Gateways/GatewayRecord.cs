using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Policies;

namespace GatewayActors.Abstractions.Gateways;

/// <summary>A gateway with its configuration, as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("gateway.record")]
public sealed record GatewayRecord
{
    /// <summary>The account it belongs to.</summary>
    [Id(0)] public required string AccountId { get; init; }

    /// <summary>The id in URLs.</summary>
    [Id(1)] public required string Id { get; init; }

    /// <summary>A UUID that is never used again, also when a gateway of the same id is created anew.</summary>
    [Id(2)] public required Guid InternalId { get; init; }

    /// <summary>Grows with every change, never repeats for one key, also over deletion. At least 1.</summary>
    [Id(3)] public required long Version { get; init; }

    /// <summary>What the tenant has set.</summary>
    [Id(4)] public required GatewayConfiguration Configuration { get; init; }

    /// <summary>When it was created.</summary>
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(6)] public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Whether its first request created it.</summary>
    [Id(7)] public required bool IsDefault { get; init; }

    /// <summary>
    /// The version that last made all cached answers void: by a purge, by an update with <see cref="GatewayConfiguration.CacheInvalidateOnUpdate"/>,
    /// or by the creation. It comes with every admission, so no exchange that is admitted later is given an older answer.
    /// </summary>
    [Id(8)] public long CacheGeneration { get; init; }

    /// <summary>The dynamic routes that exchanges can call; null for none.</summary>
    [Id(9)] public IReadOnlyList<DeployedRoute>? Routes { get; init; }

    /// <summary>Which state of the gateway's dynamic routes <see cref="Routes"/> shows; 0 before the first.</summary>
    [Id(10)] public long RoutesRevision { get; init; }

    /// <summary>The policies that exchanges run under; null for none.</summary>
    [Id(11)] public IReadOnlyList<CommittedPolicy>? Policies { get; init; }

    /// <summary>Which state of the gateway's policies <see cref="Policies"/> shows; 0 before the first.</summary>
    [Id(12)] public long PoliciesRevision { get; init; }

    /// <summary>The provider configs, oldest first; null for none.</summary>
    [Id(20)] public IReadOnlyList<ProviderConfig>? ProviderConfigs { get; init; }
}
