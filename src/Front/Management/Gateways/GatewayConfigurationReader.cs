using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads the configuration out of a body, with one error for every mistake.</summary>
/// <remarks>
/// An optional field that is absent keeps its stored value, so an older client that does not know it cannot wipe it; null clears it.
/// </remarks>
internal static class GatewayConfigurationReader
{
    private const long MaxCacheTtl = 2_678_400; // Seconds of 31 days.
    private const int MaxSeconds = int.MaxValue;

    /// <summary>Reads a configuration.</summary>
    /// <param name="body">The body, an object.</param>
    /// <param name="stored">What is stored; null for a new gateway.</param>
    /// <param name="allowInsecureUrls">Whether exporters may be reached over plain http.</param>
    /// <param name="errors">Where mistakes are noted.</param>
    /// <returns>The configuration; of no use if there was a mistake.</returns>
    public static GatewayConfiguration Read(JsonElement body, GatewayConfiguration? stored, bool allowInsecureUrls, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var collectLogs = reader.Boolean("collect_logs", Need.NotNull).Value ?? false;
        return new()
        {
            CacheInvalidateOnUpdate = reader.Boolean("cache_invalidate_on_update", Need.NotNull).Value ?? false,
            CacheTtl = reader.Integer("cache_ttl", 0, MaxCacheTtl, Need.Required).Value,
            CollectLogs = collectLogs,
            RateLimitingInterval = reader.Integer("rate_limiting_interval", 0, MaxSeconds, Need.Required).Value,
            RateLimitingLimit = reader.Integer("rate_limiting_limit", 0, int.MaxValue, Need.Required).Value,
            RateLimitingTechnique = Or(reader.Word("rate_limiting_technique", GatewayWords.LimitTechniques), stored?.RateLimitingTechnique),
            Authentication = Or(reader.Boolean("authentication"), stored?.Authentication),
            ByokOnly = Or(reader.Boolean("byok_only"), stored?.ByokOnly),
            Dlp = DlpReader.Read(reader, stored?.Dlp),
            Guardrails = GuardrailsReader.Read(reader, stored?.Guardrails),
            GuardrailsStreamMode = Or(reader.Word("guardrails_stream_mode", GatewayWords.StreamModes), stored?.GuardrailsStreamMode),
            LogClassification = ReadLogClassification(reader, collectLogs, stored),
            LogManagement = Or(reader.Integer("log_management", 10_000, 10_000_000), stored?.LogManagement),
            LogRetentionDays = (int?)Or(reader.Integer("log_retention_days", 1, 3_650), stored?.LogRetentionDays),
            LogManagementStrategy = Or(reader.Word("log_management_strategy", GatewayWords.LogManagementStrategies), stored?.LogManagementStrategy),
            Logpush = Or(reader.Boolean("logpush"), stored?.Logpush),
            LogpushPublicKey = Or(reader.Text("logpush_public_key", 16, 1024), stored?.LogpushPublicKey),
            Otel = OtelReader.Read(reader, stored?.Otel, allowInsecureUrls),
            RetryBackoff = Or(reader.Word("retry_backoff", GatewayWords.RetryBackoffs), stored?.RetryBackoff),
            RetryDelay = (int?)Or(reader.Integer("retry_delay", 0, 60_000), stored?.RetryDelay),
            RetryMaxAttempts = (int?)Or(reader.Integer("retry_max_attempts", 1, 5), stored?.RetryMaxAttempts),
            SpendLimits = SpendLimitsReader.Read(reader, stored?.SpendLimits),
            StoreId = Or(reader.Text("store_id", 1, 64), stored?.StoreId),
            Stripe = StripeReader.Read(reader, stored?.Stripe),
            WorkersAiBillingMode = Or(reader.Word("workers_ai_billing_mode", GatewayWords.BillingModes), stored?.WorkersAiBillingMode),
            Zdr = Or(reader.Boolean("zdr"), stored?.Zdr),
            CollectLogPayload = Or(reader.Boolean("collect_log_payload"), stored?.CollectLogPayload),
            Compatibility = Or(reader.Word("compatibility", GatewayWords.CompatibilityLevels), stored?.Compatibility),
            TokenLimits = SpendLimitsReader.ReadTokenLimits(reader, stored?.TokenLimits),
            CacheSharedFormats = Or(reader.Boolean("cache_shared_formats"), stored?.CacheSharedFormats),
            CacheStreaming = Or(reader.Boolean("cache_streaming"), stored?.CacheStreaming),
            CacheSingleFlight = Or(reader.Boolean("cache_single_flight"), stored?.CacheSingleFlight),
            CacheStaleIfError = Or(reader.Integer("cache_stale_if_error", 0, MaxCacheTtl), stored?.CacheStaleIfError),
            HedgeDelay = (int?)Or(reader.Integer("hedge_delay", 0, 60_000), stored?.HedgeDelay),
            RealtimeCloseOnLimit = Or(reader.Boolean("realtime_close_on_limit"), stored?.RealtimeCloseOnLimit),
            CircuitBreaker = CircuitBreakerReader.Read(reader, stored?.CircuitBreaker),
            AutoRouter = AutoRouterReader.Read(reader, stored?.AutoRouter),
            PolicyFailureMode = Or(reader.Word("policy_failure_mode", GatewayWords.PolicyFailureModes), stored?.PolicyFailureMode),
        };
    }

    private static bool? ReadLogClassification(ObjectReader reader, bool collectLogs, GatewayConfiguration? stored)
    {
        var classification = Or(reader.Boolean("log_classification"), stored?.LogClassification);
        if (classification != true || collectLogs)
        {
            return classification;
        }

        if (stored is null)
        {
            reader.Fail("log_classification", "log_classification needs collect_logs");
            return null;
        }

        return false; // Switching the logs off switches this off too, without a word.
    }

    private static T Or<T>(Optional<T> read, T stored) => read.IsSet ? read.Value : stored;
}
