namespace GatewayActors.Providers.Usage;

/// <summary>
/// Reads usage, model and errors out of the bytes of one response while they pass. It never changes or holds back a byte, keeps only
/// what it needs, and understands bytes cut anywhere. One instance per response; not thread-safe.
/// </summary>
/// <remarks>A malformed body is no error: the report then says less.</remarks>
public abstract class UsageReader
{
    /// <summary>Takes the next bytes of the body.</summary>
    public abstract void Read(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The error that the upstream has stated inside a response of status 200, as soon as it has been read; null while there is none.
    /// </summary>
    public virtual StreamError? Error => null;

    /// <summary>What was read; called once, after the last byte, also when the response was cut.</summary>
    public abstract UsageReport Complete();
}

/// <summary>What a reader may know about the response before its first byte.</summary>
public readonly ref struct ResponseFacts
{
    /// <summary>Where the request went.</summary>
    public required UpstreamAddress Address { get; init; }

    /// <summary>The method of the request.</summary>
    public required string Method { get; init; }

    /// <summary>The response's status.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The response's content type with its parameters, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>The response's headers; only valid during the call.</summary>
    public required IHeaderSource Headers { get; init; }

    /// <summary>
    /// The request's body if it was small enough to keep, else empty; only valid during the call. For what is billed by the size of the
    /// request, such as characters of speech.
    /// </summary>
    public ReadOnlySpan<byte> RequestBody { get; init; }
}

/// <summary>An error inside a response of status 200.</summary>
/// <param name="Kind">The provider's own type or code, such as <c>overloaded_error</c>.</param>
/// <param name="IsRetryable">Whether another attempt may succeed.</param>
public sealed record StreamError(string Kind, bool IsRetryable);

/// <summary>What a response said about itself.</summary>
public sealed record UsageReport
{
    /// <summary>A report of nothing.</summary>
    public static UsageReport None { get; } = new();

    /// <summary>The usage; null if the response states none.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>The model that answered; null if the response does not say.</summary>
    public string? Model { get; init; }

    /// <summary>The tier that served, such as <c>flex</c> or <c>priority</c>; null if not stated.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>An error inside a response of status 200.</summary>
    public StreamError? Error { get; init; }

    /// <summary>The provider's own usage object as JSON, at most 16 KiB; null if there is none.</summary>
    public string? RawUsageJson { get; init; }
}

/// <summary>Usage in one shape for all providers. Totals are inclusive; the other counts are parts of them.</summary>
public sealed record TokenUsage
{
    /// <summary>All prompt tokens, cached and cache-written ones included; null if not stated.</summary>
    public long? InputTotal { get; init; }

    /// <summary>Part of the input read from a prompt cache.</summary>
    public long CacheRead { get; init; }

    /// <summary>Part of the input written to a prompt cache for five minutes (or an unstated time).</summary>
    public long CacheWrite5m { get; init; }

    /// <summary>Part of the input written to a prompt cache for an hour.</summary>
    public long CacheWrite1h { get; init; }

    /// <summary>All generated tokens, reasoning included; null if not stated.</summary>
    public long? OutputTotal { get; init; }

    /// <summary>Part of the output spent on reasoning; null if not stated.</summary>
    public long? Reasoning { get; init; }

    /// <summary>Audio part of the input.</summary>
    public long AudioIn { get; init; }

    /// <summary>Audio part of the output.</summary>
    public long AudioOut { get; init; }

    /// <summary>Image part of the input.</summary>
    public long ImageIn { get; init; }

    /// <summary>What is billed where it is not tokens; null for none.</summary>
    public decimal? Units { get; init; }

    /// <summary>What <see cref="Units"/> counts: <c>character</c>, <c>second</c>, <c>image</c>, <c>query</c>, <c>page</c>, …</summary>
    public string? UnitKind { get; init; }

    /// <summary>The provider's own charge in US dollars; null where it states none.</summary>
    public decimal? ReportedCostUsd { get; init; }

    /// <summary>
    /// Whether the provider reports cached tokens outside its input count (Anthropic, Bedrock). <see cref="InputTotal"/> includes them
    /// all the same; a custom cost needs to know.
    /// </summary>
    public bool CacheReportedSeparately { get; init; }

    /// <summary>Where the numbers come from.</summary>
    public UsageSource Source { get; init; } = UsageSource.Reported;
}

/// <summary>Where usage numbers come from.</summary>
public enum UsageSource
{
    /// <summary>The body.</summary>
    Reported,

    /// <summary>Response headers.</summary>
    Header,

    /// <summary>Counted by us.</summary>
    Estimated,
}
