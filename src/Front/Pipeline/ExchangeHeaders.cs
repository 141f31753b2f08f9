using System.Globalization;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Pricing;

namespace GatewayActors.Front.Pipeline;

/// <summary>What the client asks of the gateway by <c>cf-aig-…</c> headers. Malformed tuning headers never fail a request.</summary>
internal sealed class ExchangeHeaders
{
    private const int MaxEventIdLength = 128;
    private const int MaxCacheSeconds = 30 * 86_400;

    public bool? CollectLog { get; private set; }

    public bool? CollectLogPayload { get; private set; }

    public string? EventId { get; private set; }

    /// <summary>The raw JSON of <c>cf-aig-metadata</c>.</summary>
    public string? Metadata { get; private set; }

    public CustomCost? CustomCost { get; private set; }

    public TimeSpan? RequestTimeout { get; private set; }

    public int? MaxAttempts { get; private set; }

    public TimeSpan? RetryDelay { get; private set; }

    public RetryBackoff? Backoff { get; private set; }

    /// <summary>Whether the cache is left alone.</summary>
    public bool? SkipCache { get; private set; }

    /// <summary>How long the answer is cached; zero for not at all.</summary>
    public TimeSpan? CacheTtl { get; private set; }

    /// <summary>The client's own cache key; null for none.</summary>
    public string? CacheKey { get; private set; }

    /// <summary>How old beyond its TTL an answer may be that is served if the provider fails.</summary>
    public TimeSpan? CacheStaleIfError { get; private set; }

    /// <summary>True forbids the operator's credentials; false cannot allow what the gateway forbids.</summary>
    public bool? NoWholesale { get; private set; }

    /// <summary>Zero switches off what the gateway says.</summary>
    public TimeSpan? HedgeDelay { get; private set; }

    /// <summary>Patterns of the models that the auto router may choose; null for the gateway's own.</summary>
    public IReadOnlyList<string>? AllowedModels { get; private set; }

    /// <summary>The providers that the auto router may choose; null for all.</summary>
    public IReadOnlyList<string>? AllowedProviders { get; private set; }

    /// <summary>What the auto router keeps a model for; null for nothing.</summary>
    public string? SessionId { get; private set; }

    /// <summary>The turn of the session; null for the one that the messages show.</summary>
    public string? TurnId { get; private set; }

    /// <summary>Whether the auto router forgets the session.</summary>
    public bool? NoSessionAffinity { get; private set; }

    /// <summary>The alias of the stored key that is to be used; null for none.</summary>
    public string? ByokAlias { get; private set; }

    /// <summary>What stands in <c>cf-aig-authorization</c> in place of a token: the name of a stored key; null for nothing of the kind.</summary>
    public string? KeyReference { get; private set; }

    /// <summary>Texts about headers that were ignored; for the log entry.</summary>
    public List<string>? Warnings { get; private set; }

    /// <summary>These headers with what a step says about itself, each property by itself: <c>config</c> beats the step's headers, which beat the request's.</summary>
    /// <param name="headers">The step's headers.</param>
    /// <param name="config">The step's <c>config</c>.</param>
    /// <param name="consumed">Those of the headers that hold tokens of ours.</param>
    public ExchangeHeaders With(IHeaderDictionary headers, IReadOnlyList<KeyValuePair<string, string>> config, GatewayCredentialHeaders consumed = default)
    {
        var merged = (ExchangeHeaders)MemberwiseClone();
        merged.Warnings = Warnings is null ? null : [.. Warnings];
        merged.Read(headers, consumed);
        merged.Read(config);

        return merged;
    }

    /// <summary>Takes what a body says in the place of headers; it beats them.</summary>
    public void Read(IReadOnlyList<KeyValuePair<string, string>> options)
    {
        foreach (var (name, value) in options)
        {
            Read(name, value.Trim());
        }
    }

    /// <summary>Reads all headers in one pass.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="consumed">Those of them that hold tokens of ours.</param>
    public void Read(IHeaderDictionary headers, GatewayCredentialHeaders consumed = default)
    {
        foreach (var (name, values) in headers)
        {
            if (name.StartsWith("cf-", StringComparison.OrdinalIgnoreCase) && values.Count > 0 && values[0] is { } value)
            {
                Read(name, value.Trim());
            }
        }

        if ((consumed & GatewayCredentialHeaders.CfAigAuthorization) != 0)
        {
            KeyReference = null; // A token that looks like a name.
        }
    }

    /// <summary>The gateway's policy with what the client overrides, each property by itself.</summary>
    public AttemptPolicy Override(AttemptPolicy policy) => policy with
    {
        MaxAttempts = MaxAttempts ?? policy.MaxAttempts,
        Delay = RetryDelay ?? policy.Delay,
        Backoff = Backoff ?? policy.Backoff,
        FirstByteTimeout = RequestTimeout ?? policy.FirstByteTimeout,
        HedgeDelay = HedgeDelay is { } delay ? delay > TimeSpan.Zero ? delay : null : policy.HedgeDelay,
    };

    public void Warn(string warning) => (Warnings ??= []).Add(warning);

    private void Read(string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "cf-aig-collect-log":
                CollectLog = ReadBoolean(name, value) ?? CollectLog;
                break;
            case "cf-aig-collect-log-payload":
                CollectLogPayload = ReadBoolean(name, value) ?? CollectLogPayload;
                break;
            case "cf-aig-event-id":
                EventId = ReadEventId(value) ?? EventId;
                break;
            case "cf-aig-metadata":
                Metadata = HeaderText.FromUtf8(value);
                break;
            case "cf-aig-custom-cost":
                if (CustomCost.TryParse(value) is { } cost)
                {
                    CustomCost = cost;
                }
                else
                {
                    Warn($"{name}: not a valid price; ignored.");
                }

                break;
            case "cf-aig-request-timeout":
                RequestTimeout = ReadTimeout(name, value) ?? RequestTimeout;
                break;
            case "cf-aig-max-attempts":
                MaxAttempts = ReadNumber(name, value, 1, AttemptPolicy.MostAttempts) ?? MaxAttempts;
                break;
            case "cf-aig-retry-delay":
                RetryDelay = ReadNumber(name, value, 0, AttemptPolicy.MaxDelayMilliseconds) is { } delay ? TimeSpan.FromMilliseconds(delay) : RetryDelay;
                break;
            case "cf-aig-hedge-delay":
                HedgeDelay = ReadNumber(name, value, 0, AttemptPolicy.MaxDelayMilliseconds) is { } hedge ? TimeSpan.FromMilliseconds(hedge) : HedgeDelay;
                break;
            case "cf-aig-backoff":
                Backoff = ReadBackoff(name, value) ?? Backoff;
                break;
            case "cf-aig-byok-alias":
                ByokAlias = value.Length == 0 ? null : value;
                break;
            case "cf-aig-authorization":
                KeyReference = SecretReference.IsReference(value) ? value : null;
                break;
            case "cf-aig-no-wholesale":
                NoWholesale = ReadBoolean(name, value) ?? NoWholesale;
                break;
            case "cf-aig-skip-cache":
                SkipCache = ReadBoolean(name, value) ?? SkipCache;
                break;
            case "cf-skip-cache":
                SkipCache ??= ReadBoolean(name, value); // The older name, which the newer one beats.
                break;
            case "cf-aig-cache-ttl":
                CacheTtl = ReadSeconds(name, value) ?? CacheTtl;
                break;
            case "cf-cache-ttl":
                CacheTtl ??= ReadSeconds(name, value);
                break;
            case "cf-aig-cache-key":
                CacheKey = value.Length == 0 ? null : value;
                break;
            case "cf-aig-cache-stale-if-error":
                CacheStaleIfError = ReadSeconds(name, value);
                break;
            case "cf-aig-allowed-models":
                AllowedModels = ReadList(value);
                break;
            case "cf-aig-allowed-providers":
                AllowedProviders = ReadList(value);
                break;
            case "cf-aig-session-id":
                SessionId = ReadEventId(value);
                break;
            case "cf-aig-turn-id":
                TurnId = ReadEventId(value);
                break;
            case "cf-aig-no-session-affinity":
                NoSessionAffinity = ReadBoolean(name, value) ?? NoSessionAffinity;
                break;
            default:
                break; // Not ours, or not yet known: dropped like every header of this prefix.
        }
    }

    private static string[]? ReadList(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } list ? list : null;

    private bool? ReadBoolean(string name, string value)
    {
        switch (value.ToLowerInvariant())
        {
            case "true" or "1":
                return true;
            case "false" or "0":
                return false;
            default:
                Warn($"{name}: neither true nor false; ignored.");
                return null;
        }
    }

    private TimeSpan? ReadTimeout(string name, string value)
    {
        switch (ReadNumber(name, value, 0, int.MaxValue))
        {
            case null:
                return null;
            case 0:
                Warn($"{name}: not above 0; ignored."); // Taken at its word, every attempt would fail.
                return null;
            case { } milliseconds:
                return TimeSpan.FromMilliseconds(milliseconds);
        }
    }

    private TimeSpan? ReadSeconds(string name, string value) =>
        ReadNumber(name, value, 0, MaxCacheSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private int? ReadNumber(string name, string value, int least, int most)
    {
        if (!decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            Warn($"{name}: not a number; ignored.");
            return null;
        }

        return (int)Math.Clamp(number, least, most);
    }

    private RetryBackoff? ReadBackoff(string name, string value)
    {
        switch (value.ToLowerInvariant())
        {
            case "constant":
                return RetryBackoff.Constant;
            case "linear":
                return RetryBackoff.Linear;
            case "exponential":
                return RetryBackoff.Exponential;
            default:
                Warn($"{name}: not one of constant, linear, exponential; ignored.");
                return null;
        }
    }

    private static string? ReadEventId(string value)
    {
        if (value.Length == 0 || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return null;
        }

        return value.Length <= MaxEventIdLength ? value : value[..MaxEventIdLength];
    }
}
