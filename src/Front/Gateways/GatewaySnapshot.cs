using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.AutoRouter;
using GatewayActors.Front.Dlp;
using GatewayActors.Front.DynamicRoutes;
using GatewayActors.Front.Guardrails;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Policies;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Gateways;

/// <summary>One version of a gateway as exchanges need it: immutable, defaults applied. An exchange runs under one snapshot.</summary>
internal sealed class GatewaySnapshot(GatewayRecord gateway)
{
    /// <summary>The version of the configuration.</summary>
    public long Version { get; } = gateway.Version;

    /// <summary>Tells the gateway from another one that had its id before.</summary>
    public Guid InternalId { get; } = gateway.InternalId;

    /// <summary>What exchanges that set nothing themselves do about failures.</summary>
    public AttemptPolicy Attempts { get; } = new()
    {
        MaxAttempts = Math.Clamp(gateway.Configuration.RetryMaxAttempts ?? 1, 1, AttemptPolicy.MostAttempts),
        Delay = TimeSpan.FromMilliseconds(gateway.Configuration.RetryDelay ?? AttemptPolicy.DefaultDelayMilliseconds),
        Backoff = gateway.Configuration.RetryBackoff ?? RetryBackoff.Exponential,
        HedgeDelay = gateway.Configuration.HedgeDelay is > 0 and var delay ? TimeSpan.FromMilliseconds(delay) : null,
    };

    /// <summary>Whether exchanges are logged unless they say otherwise.</summary>
    public bool CollectLogs { get; } = gateway.Configuration.CollectLogs;

    /// <summary>How many log entries are kept; null for any number.</summary>
    public LogCapacity? LogCapacity { get; } = gateway.Configuration.LogManagement is { } most
        ? new(most, gateway.Configuration.LogManagementStrategy == LogManagementStrategy.DeleteOldest)
        : null;

    /// <summary>Whether bodies are logged unless an exchange says otherwise.</summary>
    public bool CollectPayloads { get; } = gateway.Configuration.CollectLogPayload ?? true;

    /// <summary>Whether failures of a provider are answered as the reference does.</summary>
    public bool Strict { get; } = gateway.Configuration.Compatibility == CompatibilityLevel.Strict;

    /// <summary>Whether requests are counted against a rate limit.</summary>
    public bool HasRateLimit { get; } = gateway.Configuration is { RateLimitingLimit: > 0, RateLimitingInterval: > 0 };

    /// <summary>Spend and token limits; null if there are none.</summary>
    public GatewayLimits? Limits { get; } = GatewayLimits.Of(gateway);

    /// <summary>Whether a limit that is reached during a realtime session ends it.</summary>
    public bool RealtimeCloseOnLimit { get; } = gateway.Configuration.RealtimeCloseOnLimit ?? false;

    /// <summary>Who may call what; null if there are no policies.</summary>
    public GatewayPolicies? Policies { get; } = GatewayPolicies.Of(gateway);

    /// <summary>Whether upstreams that keep failing are left alone for a while.</summary>
    public bool CircuitBreaker { get; } = gateway.Configuration.CircuitBreaker is not null;

    /// <summary>Whether clients need an API token.</summary>
    public bool RequiresToken { get; } = gateway.Configuration.Authentication ?? true;

    /// <summary>Whether the operator's credentials are never used.</summary>
    public bool ByokOnly { get; } = gateway.Configuration.ByokOnly ?? false;

    /// <summary>The models that the auto router chooses from.</summary>
    public IReadOnlyList<string> AutoModels { get; } = gateway.Configuration.AutoRouter is { Models: { Count: > 0 } models } ? models : AutoPool.Default;

    /// <summary>The dynamic routes that exchanges can call.</summary>
    public LiveRoutes Routes { get; } = LiveRoutes.Of(gateway);

    /// <summary>The stored keys.</summary>
    public GatewayKeys Keys { get; } = new(gateway);

    /// <summary>Whether entries are pushed to the account's destinations.</summary>
    public bool Logpush { get; } = gateway.Configuration.Logpush ?? false;

    /// <summary>Where spans of exchanges are sent; null for nowhere.</summary>
    public IReadOnlyList<OtelExporter>? Exporters { get; } = gateway.Configuration.Otel is { Count: > 0 } exporters ? exporters : null;

    /// <summary>What is sensitive, and what is done about it; null for nothing.</summary>
    public DlpRules? Dlp { get; } = DlpRules.Of(gateway.Configuration.Dlp);

    /// <summary>What guardrails do; null for nothing.</summary>
    public GuardrailPolicy? Guardrails { get; } = GuardrailPolicy.Of(gateway.Configuration.Guardrails);

    /// <summary>How streams are inspected; null for what the host does that they come from.</summary>
    public InspectedStreamMode? StreamMode { get; } = gateway.Configuration.GuardrailsStreamMode;

    /// <summary>What is cached, and how.</summary>
    public CacheSettings Cache { get; } = new(gateway);
}
