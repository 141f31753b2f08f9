using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>The gateway object of the admin API. Optional fields that were never set are absent.</summary>
internal sealed record GatewayResource
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string AccountTag { get; init; }

    public required Guid InternalId { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public required bool IsDefault { get; init; }

    public required bool CacheInvalidateOnUpdate { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? CacheTtl { get; init; }

    public required bool CollectLogs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? RateLimitingInterval { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? RateLimitingLimit { get; init; }

    public string? RateLimitingTechnique { get; init; }

    public bool? Authentication { get; init; }

    public bool? ByokOnly { get; init; }

    public DlpResource? Dlp { get; init; }

    public GuardrailsResource? Guardrails { get; init; }

    /// <summary>Ours: how streams are inspected.</summary>
    public string? GuardrailsStreamMode { get; init; }

    public bool? LogClassification { get; init; }

    public long? LogManagement { get; init; }

    public string? LogManagementStrategy { get; init; }

    /// <summary>Ours: days after which log entries are deleted.</summary>
    public int? LogRetentionDays { get; init; }

    public bool? Logpush { get; init; }

    public string? LogpushPublicKey { get; init; }

    public IReadOnlyList<OtelResource>? Otel { get; init; }

    public string? RetryBackoff { get; init; }

    public int? RetryDelay { get; init; }

    public int? RetryMaxAttempts { get; init; }

    public SpendLimitsResource? SpendLimits { get; init; }

    public string? StoreId { get; init; }

    public StripeResource? Stripe { get; init; }

    /// <summary>The one optional field that is always answered: clients treat it as computed.</summary>
    public required string WorkersAiBillingMode { get; init; }

    public bool? Zdr { get; init; }

    public bool? CollectLogPayload { get; init; }

    public string? Compatibility { get; init; }

    public SpendLimitsResource? TokenLimits { get; init; }

    public bool? CacheStreaming { get; init; }

    public bool? CacheSharedFormats { get; init; }

    public bool? CacheSingleFlight { get; init; }

    public long? CacheStaleIfError { get; init; }

    public int? HedgeDelay { get; init; }

    public bool? RealtimeCloseOnLimit { get; init; }

    public CircuitBreakerResource? CircuitBreaker { get; init; }

    public AutoRouterResource? AutoRouter { get; init; }

    public string? PolicyFailureMode { get; init; }

    public static GatewayResource From(GatewayRecord gateway)
    {
        var configuration = gateway.Configuration;
        return new()
        {
            Id = gateway.Id,
            AccountId = gateway.AccountId,
            AccountTag = gateway.AccountId,
            InternalId = gateway.InternalId,
            CreatedAt = Times.Format(gateway.CreatedAt),
            ModifiedAt = Times.Format(gateway.ModifiedAt),
            IsDefault = gateway.IsDefault,
            CacheInvalidateOnUpdate = configuration.CacheInvalidateOnUpdate,
            CacheTtl = configuration.CacheTtl,
            CollectLogs = configuration.CollectLogs,
            RateLimitingInterval = configuration.RateLimitingInterval,
            RateLimitingLimit = configuration.RateLimitingLimit,
            RateLimitingTechnique = GatewayWords.LimitTechniques.Format(configuration.RateLimitingTechnique),
            Authentication = configuration.Authentication,
            ByokOnly = configuration.ByokOnly,
            Dlp = DlpResource.From(configuration.Dlp),
            Guardrails = GuardrailsResource.From(configuration.Guardrails),
            GuardrailsStreamMode = GatewayWords.StreamModes.Format(configuration.GuardrailsStreamMode),
            LogClassification = configuration.LogClassification,
            LogManagement = configuration.LogManagement,
            LogRetentionDays = configuration.LogRetentionDays,
            LogManagementStrategy = GatewayWords.LogManagementStrategies.Format(configuration.LogManagementStrategy),
            Logpush = configuration.Logpush,
            LogpushPublicKey = configuration.LogpushPublicKey,
            Otel = configuration.Otel?.Select(OtelResource.From).ToArray(),
            RetryBackoff = GatewayWords.RetryBackoffs.Format(configuration.RetryBackoff),
            RetryDelay = configuration.RetryDelay,
            RetryMaxAttempts = configuration.RetryMaxAttempts,
            SpendLimits = SpendLimitsResource.From(configuration.SpendLimits, LimitType.Cost),
            StoreId = configuration.StoreId,
            Stripe = StripeResource.From(configuration.Stripe),
            WorkersAiBillingMode = GatewayWords.BillingModes.Format(configuration.WorkersAiBillingMode) ?? "postpaid",
            Zdr = configuration.Zdr,
            CollectLogPayload = configuration.CollectLogPayload,
            Compatibility = GatewayWords.CompatibilityLevels.Format(configuration.Compatibility),
            TokenLimits = SpendLimitsResource.From(configuration.TokenLimits, LimitType.Tokens),
            CacheStreaming = configuration.CacheStreaming,
            CacheSharedFormats = configuration.CacheSharedFormats,
            CacheSingleFlight = configuration.CacheSingleFlight,
            CacheStaleIfError = configuration.CacheStaleIfError,
            HedgeDelay = configuration.HedgeDelay,
            RealtimeCloseOnLimit = configuration.RealtimeCloseOnLimit,
            CircuitBreaker = CircuitBreakerResource.From(configuration.CircuitBreaker),
            AutoRouter = AutoRouterResource.From(configuration.AutoRouter),
            PolicyFailureMode = GatewayWords.PolicyFailureModes.Format(configuration.PolicyFailureMode),
        };
    }
}
