using System.Diagnostics;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>The trace that the exported spans of an exchange belong to.</summary>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="ParentSpanId">16 hex digits; null for none.</param>
internal sealed record SpanTrace(string TraceId, string? ParentSpanId)
{
    /// <summary>What the client names, else a trace of the exchange's own: its id has the same length.</summary>
    public static SpanTrace Of(Exchange exchange)
    {
        var parent = TraceHeaders.Parse(exchange.Http.Request.Headers);
        return parent.TraceId == default
            ? new(exchange.Id.ToString("N"), null)
            : new(parent.TraceId.ToHexString(), parent.SpanId == default ? null : parent.SpanId.ToHexString());
    }
}
