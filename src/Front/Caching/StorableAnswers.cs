using System.Collections.Frozen;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Caching;

/// <summary>Which answers may be stored and shared, and what of their head.</summary>
internal static class StorableAnswers
{
    // About one call only: when it was made, by whom, how long it took, what was left of a limit then.
    private static readonly FrozenSet<string> Volatile = FrozenSet.ToFrozenSet(
        [
            "age", "apim-request-id", "content-length", "content-type", "date", "expires", "nel", "openai-organization", "openai-processing-ms",
            "openai-project", "report-to", "request-id", "retry-after", "retry-after-ms", "server-timing", "via", "x-amzn-requestid",
            "x-cloud-trace-context", "x-correlation-id", "x-envoy-upstream-service-time", "x-ms-region", "x-ms-rai-invoked", "x-request-id",
            "x-should-retry", "x-trace-id",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] VolatilePrefixes = ["anthropic-ratelimit-", "ratelimit-", "x-ratelimit-", "x-amzn-bedrock-"];

    /// <summary>Whether an answer of this kind may be shared while it comes in: text or an image, a stream only where streams are cached.</summary>
    public static bool MayShare(string? contentType, bool cachesStreams) =>
        IsStream(contentType) ? cachesStreams
        : BodyCapture.IsTextual(contentType) || contentType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether this is a stream of events, in any provider's framing.</summary>
    public static bool IsStream(string? contentType) =>
        BodyCapture.IsEventStream(contentType)
        || contentType?.StartsWith("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase) == true
        || contentType?.StartsWith("application/x-ndjson", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The headers that are true of the answer, not of the call that brought it.</summary>
    public static KeyValuePair<string, string>[] LastingHeaders(Answer answer)
    {
        var headers = new HeaderDictionary();
        answer.CopyHeaders(headers);
        return [.. headers.Where(header => IsLasting(header.Key)).SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))];
    }

    private static bool IsLasting(string name) =>
        !Volatile.Contains(name) && !VolatilePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
