using System.Diagnostics;

namespace GatewayActors.Front.Telemetry;

/// <summary>Reads the trace that a client asks its request to be part of.</summary>
internal static class TraceHeaders
{
    public const string TraceId = "cf-aig-otel-trace-id";
    public const string ParentSpanId = "cf-aig-otel-parent-span-id";

    /// <summary>
    /// The parent of an exchange's span: by the gateway's own headers, else by <c>traceparent</c>; default if neither is valid. The
    /// span id is zero where only a trace id was given.
    /// </summary>
    /// <remarks>A value that is not hex of the right length counts as absent, never as an error.</remarks>
    public static ActivityContext Parse(IHeaderDictionary headers)
    {
        if (headers[TraceId] is [{ } traceId, ..] && IsId(traceId, 32))
        {
            var parent = headers[ParentSpanId] is [{ } spanId, ..] && IsId(spanId, 16)
                ? ActivitySpanId.CreateFromString(spanId.ToLowerInvariant())
                : default;

            // Recorded: who names a trace wants to see it.
            return new(ActivityTraceId.CreateFromString(traceId.ToLowerInvariant()), parent, ActivityTraceFlags.Recorded, traceState: null, isRemote: true);
        }

        return headers.TraceParent is [{ } traceParent, ..]
            && ActivityContext.TryParse(traceParent, headers.TraceState is [{ } state, ..] ? state : null, isRemote: true, out var context)
            ? context
            : default;
    }

    private static bool IsId(string text, int length) =>
        text.Length == length && text.All(char.IsAsciiHexDigit) && text.AsSpan().ContainsAnyExcept('0');
}
