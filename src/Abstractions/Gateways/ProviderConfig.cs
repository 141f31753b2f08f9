namespace GatewayActors.Abstractions.Gateways;

/// <summary>Which secret is the key of a provider, and under which name requests choose it.</summary>
[GenerateSerializer, Immutable, Alias("gateway.provider-config")]
public sealed record ProviderConfig
{
    /// <summary>Never used again.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The provider, by its slug.</summary>
    [Id(1)] public required string ProviderSlug { get; init; }

    /// <summary>Unique among the keys of the provider in the gateway.</summary>
    [Id(2)] public required string Alias { get; init; }

    /// <summary>Whether requests that choose none get it. One of a provider's at most.</summary>
    [Id(3)] public required bool IsDefault { get; init; }

    /// <summary>The secret.</summary>
    [Id(4)] public required string SecretId { get; init; }

    /// <summary>Whether the secret was made with it, and goes with it.</summary>
    [Id(5)] public required bool OwnsSecret { get; init; }

    /// <summary>Requests per <see cref="RatePeriod"/>; null for no limit.</summary>
    [Id(6)] public long? RateLimit { get; init; }

    /// <summary>Length of the rate limit's window in seconds; null if it was not set.</summary>
    [Id(7)] public long? RatePeriod { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(8)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>The result of a change to a provider config.</summary>
[GenerateSerializer, Immutable, Alias("gateway.provider-config.change")]
public sealed record ProviderConfigChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required ProviderConfigOutcome Outcome { get; init; }

    /// <summary>The config after the change (before it, for a removal); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public ProviderConfig? Config { get; init; }
}

/// <summary>The outcomes of a change to a provider config.</summary>
public enum ProviderConfigOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such gateway.</summary>
    GatewayNotFound,

    /// <summary>The gateway has no such provider config.</summary>
    ConfigNotFound,

    /// <summary>The provider has a key of this alias.</summary>
    AlreadyExists,

    /// <summary>The gateway has as many as it may have.</summary>
    TooMany,
}
