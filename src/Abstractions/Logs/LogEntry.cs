using Snappier;

namespace GatewayActors.Abstractions.Logs;

/// <summary>What is kept of one exchange. Made once, when the exchange is over; then only feedback, score and metadata change.</summary>
public sealed class LogEntry
{
    /// <summary>A UUIDv7, the value of <c>cf-aig-log-id</c>.</summary>
    public required Guid Id { get; init; }

    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The gateway.</summary>
    public required string GatewayId { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The provider's slug.</summary>
    public required string Provider { get; init; }

    /// <summary>The model as the upstream knows it; empty where the request names none.</summary>
    public required string Model { get; init; }

    /// <summary>What kind of model: <c>text-generation</c>, <c>embeddings</c>, <c>image</c>, <c>audio</c>, …; null if unknown.</summary>
    public string? ModelType { get; init; }

    /// <summary>The provider's path, normalised, without the query (which may hold a credential).</summary>
    public required string Path { get; init; }

    /// <summary>How the exchange came in: <c>http</c>, <c>universal</c>, <c>rest</c>, later <c>websocket</c>, <c>binding</c>, <c>guardrail</c>.</summary>
    public required string RequestType { get; init; }

    /// <summary>The request's content type.</summary>
    public string? RequestContentType { get; init; }

    /// <summary>The response's content type.</summary>
    public string? ResponseContentType { get; init; }

    /// <summary>The status the client got; 499 when it went away.</summary>
    public required int StatusCode { get; init; }

    /// <summary>Whether the status is below 400 and the response was delivered whole.</summary>
    public required bool Success { get; init; }

    /// <summary>Whether the answer came out of the cache.</summary>
    public bool Cached { get; init; }

    /// <summary>Whether a rate limit of the gateway refused it.</summary>
    public bool RateLimited { get; init; }

    /// <summary>How many entries its gateway keeps; null for any number.</summary>
    public LogCapacity? Capacity { get; init; }

    /// <summary>Whether it is noted in <see cref="ILogOutbox"/>.</summary>
    public bool IsPushed { get; init; }

    /// <summary>Whether the exchange went on to another step, or stands beside one: it is billed here, and counted there.</summary>
    public bool IsSuperseded { get; init; }

    /// <summary>Whether the exchange is only counted in the sums of <see cref="Analytics.IAnalyticsStore"/>, and no entry is kept.</summary>
    public bool IsOnlyCounted { get; init; }

    /// <summary>Time from the request's arrival to the response's end, in milliseconds, all attempts included.</summary>
    public required double DurationMs { get; init; }

    /// <summary>Time from the request's arrival to the first byte of the response, in milliseconds.</summary>
    public double? TimeToFirstByteMs { get; init; }

    /// <summary>Time spent waiting for upstreams until the committed attempt's first byte, in milliseconds.</summary>
    public double? UpstreamLatencyMs { get; init; }

    /// <summary>All prompt tokens, cached ones included; null if the upstream did not say.</summary>
    public long? TokensIn { get; init; }

    /// <summary>All generated tokens, reasoning included; null if the upstream did not say.</summary>
    public long? TokensOut { get; init; }

    /// <summary>Part of <see cref="TokensIn"/> that was read from the provider's prompt cache.</summary>
    public long? CacheReadTokens { get; init; }

    /// <summary>Part of <see cref="TokensIn"/> that was written to the provider's prompt cache.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Part of <see cref="TokensOut"/> spent on reasoning.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>Audio part of <see cref="TokensIn"/>.</summary>
    public long? AudioInTokens { get; init; }

    /// <summary>Audio part of <see cref="TokensOut"/>.</summary>
    public long? AudioOutTokens { get; init; }

    /// <summary>What is billed where it is not tokens: characters, seconds, images.</summary>
    public decimal? Units { get; init; }

    /// <summary>What <see cref="Units"/> counts.</summary>
    public string? UnitKind { get; init; }

    /// <summary>The cost in US dollars; null if unknown. Stored to 10⁻¹² dollars.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Whether the caller set the price.</summary>
    public bool CustomCost { get; init; }

    /// <summary>The caller's tags, as a JSON object; null for none.</summary>
    public string? MetadataJson { get; init; }

    /// <summary>The index of the step or target that answered, from 0.</summary>
    public int Step { get; init; }

    /// <summary>Size of the request's body in bytes.</summary>
    public long RequestBytes { get; init; }

    /// <summary>Size of the response's body in bytes, as it was sent to the client.</summary>
    public long ResponseBytes { get; init; }

    /// <summary>The caller's event id, else <see cref="Id"/> as text.</summary>
    public required string EventId { get; init; }

    /// <summary>Whether the client proved an API token.</summary>
    public bool Authentication { get; init; }

    /// <summary>Whether the operator's credentials were used.</summary>
    public bool Wholesale { get; init; }

    /// <summary>Whether a stored key was used.</summary>
    public bool Byok { get; init; }

    /// <summary>Whether the exchange came over the OpenAI-compatible endpoint.</summary>
    public bool CompatibilityMode { get; init; }

    /// <summary><c>FLAG</c> or <c>BLOCK</c>; null if no DLP policy matched.</summary>
    public string? DlpAction { get; init; }

    /// <summary>The client's user agent.</summary>
    public string? UserAgent { get; init; }

    /// <summary>1 up, -1 down, null none.</summary>
    public int? Feedback { get; init; }

    /// <summary>0 to 100, null none.</summary>
    public decimal? Score { get; init; }

    /// <summary>
    /// A JSON object with what is shown but not searched: <c>attempts</c>, <c>usage</c> as the provider stated it, <c>warnings</c>,
    /// <c>error</c>. Null for none.
    /// </summary>
    public string? DetailsJson { get; init; }

    /// <summary>The request's body; null if it is not kept.</summary>
    public LogBody? RequestBody { get; set; }

    /// <summary>The response's body as the client got it; null if it is not kept.</summary>
    public LogBody? ResponseBody { get; set; }

    /// <summary>Lets go of both bodies.</summary>
    public void ReleaseBodies()
    {
        RequestBody?.Dispose();
        ResponseBody?.Dispose();
        (RequestBody, ResponseBody) = (null, null);
    }
}

/// <summary>How many entries a gateway keeps.</summary>
/// <param name="MaxEntries">Most entries.</param>
/// <param name="DeletesOldest">Whether the oldest make room for new ones; otherwise new ones are only counted.</param>
public sealed record LogCapacity(long MaxEntries, bool DeletesOldest);

/// <summary>
/// A body as it waits for the log and is kept in it: compressed. The owner of the log entry disposes it, which may return its memory.
/// </summary>
public abstract class LogBody : IDisposable
{
    /// <summary>The body as one Snappy block; valid until <see cref="Dispose()"/>.</summary>
    public abstract ReadOnlyMemory<byte> Compressed { get; }

    /// <summary>A body in memory that nobody pools.</summary>
    public static LogBody Of(ReadOnlySpan<byte> bytes)
    {
        var compressed = new byte[MaxCompressedLength(bytes.Length)];
        return new Unpooled(compressed.AsMemory(0, Compress(bytes, compressed)));
    }

    /// <summary>A body that is compressed already.</summary>
    public static LogBody OfCompressed(ReadOnlyMemory<byte> compressed) => new Unpooled(compressed);

    /// <summary>How many bytes the compressed form of a body may take at most.</summary>
    public static int MaxCompressedLength(int length) => Snappy.GetMaxCompressedLength(length);

    /// <summary>Compresses a body.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="compressed">At least <see cref="MaxCompressedLength"/> long.</param>
    /// <returns>The length of the compressed form.</returns>
    public static int Compress(ReadOnlySpan<byte> bytes, Span<byte> compressed) => Snappy.Compress(bytes, compressed);

    /// <summary>The body that a store kept.</summary>
    /// <exception cref="InvalidDataException">The bytes are no compressed body.</exception>
    public static byte[] Decompress(ReadOnlySpan<byte> compressed) => Snappy.DecompressToArray(compressed);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the memory; called once.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class Unpooled(ReadOnlyMemory<byte> compressed) : LogBody
    {
        public override ReadOnlyMemory<byte> Compressed { get; } = compressed;
    }
}
