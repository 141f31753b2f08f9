namespace GatewayActors.Abstractions.Gateways;

/// <summary>
/// Everything a tenant can set on a gateway, as the admin API's gateway object has it. Null means "never set": such a field is
/// absent from answers and the documented default applies.
/// </summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration")]
public sealed record GatewayConfiguration
{
    /// <summary>Drop the gateway's cached responses when the gateway is updated.</summary>
    [Id(0)] public required bool CacheInvalidateOnUpdate { get; init; }

    /// <summary>Seconds that responses are cached; 0 or null: caching is off. Range: 0 to 2,678,400.</summary>
    [Id(1)] public required long? CacheTtl { get; init; }

    /// <summary>Store a log entry for every exchange.</summary>
    [Id(2)] public required bool CollectLogs { get; init; }

    /// <summary>Seconds of the rate limit's window; 0 or null: no limit.</summary>
    [Id(3)] public required long? RateLimitingInterval { get; init; }

    /// <summary>Requests per window; 0 or null: no limit.</summary>
    [Id(4)] public required long? RateLimitingLimit { get; init; }

    /// <summary>How the window moves. Default: fixed.</summary>
    [Id(5)] public LimitTechnique? RateLimitingTechnique { get; init; }

    /// <summary>Whether clients need an API token. Default: true.</summary>
    [Id(6)] public bool? Authentication { get; init; }

    /// <summary>Never fall back to credentials of the operator. Default: false.</summary>
    [Id(7)] public bool? ByokOnly { get; init; }

    /// <summary>Data loss prevention.</summary>
    [Id(8)] public DlpConfiguration? Dlp { get; init; }

    /// <summary>Guardrails.</summary>
    [Id(9)] public GuardrailsConfiguration? Guardrails { get; init; }

    /// <summary>Classify logged prompts. Default: false. Needs <see cref="CollectLogs"/>.</summary>
    [Id(10)] public bool? LogClassification { get; init; }

    /// <summary>Most log entries kept. Range: 10,000 to 10,000,000.</summary>
    [Id(11)] public long? LogManagement { get; init; }

    /// <summary>What to do at <see cref="LogManagement"/>. Default: stop inserting.</summary>
    [Id(12)] public LogManagementStrategy? LogManagementStrategy { get; init; }

    /// <summary>Push logs to the account's job. Default: false.</summary>
    [Id(13)] public bool? Logpush { get; init; }

    /// <summary>The RSA public key that encrypts pushed bodies. 16 to 1,024 characters.</summary>
    [Id(14)] public string? LogpushPublicKey { get; init; }

    /// <summary>Where spans of this gateway are exported. At most 10.</summary>
    [Id(15)] public IReadOnlyList<OtelExporter>? Otel { get; init; }

    /// <summary>How the delay grows from attempt to attempt. Default: exponential.</summary>
    [Id(16)] public RetryBackoff? RetryBackoff { get; init; }

    /// <summary>Base delay between attempts, in milliseconds. Range: 0 to 60,000. Default: 1,000.</summary>
    [Id(17)] public int? RetryDelay { get; init; }

    /// <summary>Most calls to an upstream per exchange, the first included. Range: 1 to 5. Default: 1.</summary>
    [Id(18)] public int? RetryMaxAttempts { get; init; }

    /// <summary>Spend limits.</summary>
    [Id(19)] public SpendLimitsConfiguration? SpendLimits { get; init; }

    /// <summary>The Secrets Store that holds the provider keys.</summary>
    [Id(20)] public string? StoreId { get; init; }

    /// <summary>Usage metering into a Stripe account.</summary>
    [Id(21)] public StripeConfiguration? Stripe { get; init; }

    /// <summary>Billing of hosted models. Default: postpaid.</summary>
    [Id(22)] public WorkersAiBillingMode? WorkersAiBillingMode { get; init; }

    /// <summary>Ask for zero data retention where the operator's credentials allow it. Default: false.</summary>
    [Id(23)] public bool? Zdr { get; init; }

    /// <summary>Ours: store request and response bodies with log entries. Default: true.</summary>
    [Id(24)] public bool? CollectLogPayload { get; init; }

    /// <summary>Ours: <see cref="CompatibilityLevel.Strict"/> answers failures of a provider with 400 as the reference does. Default: standard.</summary>
    [Id(25)] public CompatibilityLevel? Compatibility { get; init; }

    /// <summary>Ours: limits of tokens, in the shape of <see cref="SpendLimits"/>.</summary>
    [Id(30)] public SpendLimitsConfiguration? TokenLimits { get; init; }

    /// <summary>Ours: cache streams too, and replay them as streams. Default: false, as in the reference.</summary>
    [Id(34)] public bool? CacheStreaming { get; init; }

    /// <summary>Ours: identical requests at the same time share one call to the provider, where its answer may be cached. Default: true.</summary>
    [Id(35)] public bool? CacheSingleFlight { get; init; }

    /// <summary>Ours: seconds that an answer may be older than its TTL and still be served if the provider fails. Default: 0. Range: 0 to 2,678,400.</summary>
    [Id(36)] public long? CacheStaleIfError { get; init; }

    /// <summary>Ours: one cached chat completion answers requests with and without <c>stream</c>. Default: false, as in the reference.</summary>
    [Id(37)] public bool? CacheSharedFormats { get; init; }

    /// <summary>Ours: milliseconds after which a second call is begun beside one that has not answered; null or 0: none. Range: 0 to 60,000.</summary>
    [Id(26)] public int? HedgeDelay { get; init; }

    /// <summary>Ours: when an upstream that fails is left alone for a while. Null: off.</summary>
    [Id(27)] public CircuitBreakerConfiguration? CircuitBreaker { get; init; }

    /// <summary>Ours: whether a spend or token limit that is reached during a realtime session ends it at its next turn. Default: false, as in the reference.</summary>
    [Id(60)] public bool? RealtimeCloseOnLimit { get; init; }

    /// <summary>Ours: what the auto router chooses from. Null: its own pool.</summary>
    [Id(38)] public AutoRouterConfiguration? AutoRouter { get; init; }

    /// <summary>Ours: how streams are inspected. Null: held back on the gateway host, looked at afterwards on the API host.</summary>
    [Id(41)] public InspectedStreamMode? GuardrailsStreamMode { get; init; }

    /// <summary>Ours: days after which log entries are deleted. Null: what the operator has set. Range: 1 to 3,650.</summary>
    [Id(40)] public int? LogRetentionDays { get; init; }

    /// <summary>Ours: what happens to requests about which the gateway's policies cannot decide. Default: open, as in the reference.</summary>
    [Id(44)] public PolicyFailureMode? PolicyFailureMode { get; init; }
}

/// <summary>What happens where policies cannot decide: a condition fails, or no grain answers.</summary>
public enum PolicyFailureMode
{
    /// <summary>The request goes on.</summary>
    Open,

    /// <summary>The request is refused.</summary>
    Closed,
}

/// <summary>What the auto router chooses from.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.auto-router")]
public sealed record AutoRouterConfiguration
{
    /// <summary>Models as <c>{provider}/{model}</c>, 1 to 50.</summary>
    [Id(0)] public required IReadOnlyList<string> Models { get; init; }
}

/// <summary>How a limit's window moves.</summary>
public enum LimitTechnique
{
    /// <summary>Windows follow one another.</summary>
    Fixed,

    /// <summary>The window ends now.</summary>
    Sliding,
}

/// <summary>What happens to new log entries at the limit.</summary>
public enum LogManagementStrategy
{
    /// <summary>New entries are dropped.</summary>
    StopInserting,

    /// <summary>The oldest entries make room.</summary>
    DeleteOldest,
}

/// <summary>How the delay between attempts grows.</summary>
public enum RetryBackoff
{
    /// <summary>Always the base delay.</summary>
    Constant,

    /// <summary>Base delay times the number of attempts made.</summary>
    Linear,

    /// <summary>Doubles with every attempt.</summary>
    Exponential,
}

/// <summary>Who pays for hosted models.</summary>
public enum WorkersAiBillingMode
{
    /// <summary>The provider bills the account.</summary>
    Postpaid,

    /// <summary>The account's credits are used.</summary>
    Unified,
}

/// <summary>How closely deliberate improvements on the reference are switched off.</summary>
public enum CompatibilityLevel
{
    /// <summary>502 and 504 for failures of a provider.</summary>
    Standard,

    /// <summary>400 for failures of a provider.</summary>
    Strict,
}

/// <summary>When an upstream that fails is left alone, and for how long.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.circuit-breaker")]
public sealed record CircuitBreakerConfiguration
{
    /// <summary>Failures in a row that open the breaker. Range: 1 to 1,000. Default: 5.</summary>
    [Id(0)] public required int Failures { get; init; }

    /// <summary>Seconds until a call may find out whether it is well again. Range: 1 to 3,600. Default: 30.</summary>
    [Id(1)] public required int Pause { get; init; }
}

/// <summary>Exactly one of the two shapes of data loss prevention: with <see cref="Policies"/>, or with <see cref="Action"/> and <see cref="Profiles"/>.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.dlp")]
public sealed record DlpConfiguration
{
    /// <summary>Whether the policies apply.</summary>
    [Id(0)] public required bool Enabled { get; init; }

    /// <summary>Simple shape: what to do on a match.</summary>
    [Id(1)] public RuleAction? Action { get; init; }

    /// <summary>Simple shape: ids of DLP profiles.</summary>
    [Id(2)] public IReadOnlyList<string>? Profiles { get; init; }

    /// <summary>Policy shape.</summary>
    [Id(3)] public IReadOnlyList<DlpPolicy>? Policies { get; init; }
}

/// <summary>One DLP policy of a gateway.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.dlp-policy")]
public sealed record DlpPolicy
{
    /// <summary>Unique within the gateway.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What to do on a match.</summary>
    [Id(1)] public required RuleAction Action { get; init; }

    /// <summary>Whether requests are checked.</summary>
    [Id(2)] public required bool CheckRequest { get; init; }

    /// <summary>Whether responses are checked.</summary>
    [Id(3)] public required bool CheckResponse { get; init; }

    /// <summary>Whether the policy applies.</summary>
    [Id(4)] public required bool Enabled { get; init; }

    /// <summary>Ids of DLP profiles.</summary>
    [Id(5)] public required IReadOnlyList<string> Profiles { get; init; }
}

/// <summary>What a guardrail or DLP rule does on a match.</summary>
public enum RuleAction
{
    /// <summary>Let pass and say so in the log.</summary>
    Flag,

    /// <summary>Refuse.</summary>
    Block,
}

/// <summary>Guardrails: hazard categories (<c>P1</c>, <c>S1</c> to <c>S13</c>) and what to do; a missing category is ignored.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.guardrails")]
public sealed record GuardrailsConfiguration
{
    /// <summary>What is checked in prompts.</summary>
    [Id(0)] public required IReadOnlyDictionary<string, RuleAction> Prompt { get; init; }

    /// <summary>What is checked in responses.</summary>
    [Id(1)] public required IReadOnlyDictionary<string, RuleAction> Response { get; init; }

    /// <summary>Ours: the engine that evaluates. Null: the operator's choice.</summary>
    [Id(2)] public string? Engine { get; init; }

    /// <summary>Ours: words and patterns by category, which hold besides the engine.</summary>
    [Id(3)] public IReadOnlyDictionary<string, GuardrailRule>? Rules { get; init; }
}

/// <summary>Words and patterns of one category.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.guardrail-rule")]
public sealed record GuardrailRule
{
    /// <summary>Words, or several in their order; never a part of another word.</summary>
    [Id(0)] public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Regular expressions.</summary>
    [Id(1)] public required IReadOnlyList<string> Patterns { get; init; }
}

/// <summary>How the answer of a model is inspected that comes as a stream.</summary>
public enum InspectedStreamMode
{
    /// <summary>It is held back until it is whole, and then sent as the stream that it is.</summary>
    Buffer,

    /// <summary>It is held back until it is whole, and then sent as one JSON document.</summary>
    Json,

    /// <summary>It is sent as it comes, a little behind.</summary>
    Incremental,
}

/// <summary>One destination of spans.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.otel")]
public sealed record OtelExporter
{
    /// <summary>The https URL of the collector; sealed by fronts where it has a query.</summary>
    [Id(0)] public required string Url { get; init; }

    /// <summary>Headers sent with every export, their values sealed by fronts.</summary>
    [Id(1)] public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The Authorization header, or a reference into the Secrets Store; sealed by fronts.</summary>
    [Id(2)] public string? Authorization { get; init; }

    /// <summary>Encoding. Default: JSON.</summary>
    [Id(3)] public OtelContentType? ContentType { get; init; }
}

/// <summary>Encodings of exported spans.</summary>
public enum OtelContentType
{
    /// <summary>OTLP as JSON.</summary>
    Json,

    /// <summary>OTLP as protobuf.</summary>
    Protobuf,
}

/// <summary>Spend limits, or token limits, of a gateway.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.spend-limits")]
public sealed record SpendLimitsConfiguration
{
    /// <summary>Whether the rules apply. Default: false.</summary>
    [Id(0)] public required bool Enabled { get; init; }

    /// <summary>At most 20.</summary>
    [Id(1)] public required IReadOnlyList<SpendLimitRule> Rules { get; init; }
}

/// <summary>One spend limit or token limit.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.spend-limit-rule")]
public sealed record SpendLimitRule
{
    /// <summary>Generated (8 hex digits) where the tenant gives none.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>US dollars, or tokens, per window, at least 0.</summary>
    [Id(1)] public required decimal Limit { get; init; }

    /// <summary>Length of the window in seconds, at least 0.</summary>
    [Id(2)] public required long Window { get; init; }

    /// <summary>Whether the rule applies. Default: true.</summary>
    [Id(3)] public required bool Enabled { get; init; }

    /// <summary>How the window moves. Default: sliding.</summary>
    [Id(4)] public required LimitTechnique Technique { get; init; }

    /// <summary>Selects by metadata key.</summary>
    [Id(5)] public IReadOnlyDictionary<string, SpendLimitSelector>? Metadata { get; init; }

    /// <summary>Selects by model.</summary>
    [Id(6)] public SpendLimitSelector? Model { get; init; }

    /// <summary>Selects by provider.</summary>
    [Id(7)] public SpendLimitSelector? Provider { get; init; }
}

/// <summary>Which exchanges a rule counts, and whether together or apart.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.spend-limit-selector")]
public sealed record SpendLimitSelector
{
    /// <summary>Null: a counter per value (<c>partition</c>); else only these values are counted, together (<c>filter</c>).</summary>
    [Id(0)] public IReadOnlyList<string>? FilterValues { get; init; }
}

/// <summary>Usage metering into a Stripe account.</summary>
[GenerateSerializer, Immutable, Alias("gateway.configuration.stripe")]
public sealed record StripeConfiguration
{
    /// <summary>The key, or a reference into the Secrets Store.</summary>
    [Id(0)] public required string Authorization { get; init; }

    /// <summary>Payload templates, kept as they came.</summary>
    [Id(1)] public required IReadOnlyList<string> UsageEventPayloads { get; init; }
}
