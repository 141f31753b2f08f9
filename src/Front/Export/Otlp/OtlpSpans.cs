namespace GatewayActors.Front.Export.Otlp;

/// <summary>What both encodings of spans have in common.</summary>
internal static class OtlpSpans
{
    /// <summary><c>SPAN_KIND_CLIENT</c>.</summary>
    public const int ClientKind = 3;

    /// <summary><c>STATUS_CODE_ERROR</c>; others are left unset, as instrumentations should.</summary>
    public const int ErrorStatus = 2;

    public const string Scope = "ai-gateway";

    public static IReadOnlyList<KeyValuePair<string, SpanValue>> Resource { get; } = [new("service.name", SpanValue.Of("ai-gateway"))];

    public static string Name(ExportedSpan span) => (span.Operation, span.Entry.Model) switch
    {
        ({ } operation, { Length: > 0 } model) => $"{operation} {model}",
        ({ } operation, _) => operation,
        (null, { Length: > 0 } model) => $"request {model}",
        _ => "request",
    };

    /// <summary>Nanoseconds since 1970.</summary>
    public static ulong Start(ExportedSpan span) => (ulong)Math.Max(0, (span.Entry.CreatedAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100);

    /// <summary>Nanoseconds since 1970.</summary>
    public static ulong End(ExportedSpan span) => Start(span) + (ulong)Math.Max(0, span.Entry.DurationMs * 1_000_000);
}
