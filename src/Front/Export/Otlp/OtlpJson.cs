using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>Spans as OTLP/HTTP in JSON: ids in hex, 64-bit integers as texts.</summary>
internal static class OtlpJson
{
    public const string ContentType = "application/json";

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ExportedSpan> spans)
    {
        var buffer = new ArrayBufferWriter<byte>(spans.Count * 1_024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceSpans"u8);
            json.WriteStartObject();
            json.WriteStartObject("resource"u8);
            WriteAttributes(json, OtlpSpans.Resource);
            json.WriteEndObject();
            json.WriteStartArray("scopeSpans"u8);
            json.WriteStartObject();
            json.WriteStartObject("scope"u8);
            json.WriteString("name"u8, OtlpSpans.Scope);
            json.WriteEndObject();
            json.WriteStartArray("spans"u8);
            foreach (var span in spans)
            {
                Write(json, span);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ExportedSpan span)
    {
        json.WriteStartObject();
        json.WriteString("traceId"u8, span.Trace.TraceId);
        json.WriteString("spanId"u8, span.SpanId.ToString("x16", CultureInfo.InvariantCulture));
        if (span.Trace.ParentSpanId is { } parent)
        {
            json.WriteString("parentSpanId"u8, parent);
        }

        json.WriteString("name"u8, OtlpSpans.Name(span));
        json.WriteNumber("kind"u8, OtlpSpans.ClientKind);
        json.WriteString("startTimeUnixNano"u8, OtlpSpans.Start(span).ToString(CultureInfo.InvariantCulture));
        json.WriteString("endTimeUnixNano"u8, OtlpSpans.End(span).ToString(CultureInfo.InvariantCulture));
        WriteAttributes(json, SpanAttributes.Of(span));
        json.WriteStartObject("status"u8);
        if (span.ErrorType is not null)
        {
            json.WriteNumber("code"u8, OtlpSpans.ErrorStatus);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, SpanValue>> attributes)
    {
        json.WriteStartArray("attributes"u8);
        foreach (var (key, value) in attributes)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, key);
            json.WriteStartObject("value"u8);
            switch (value)
            {
                case { Text: { } text }:
                    json.WriteString("stringValue"u8, text);
                    break;
                case { Integer: { } integer }:
                    json.WriteString("intValue"u8, integer.ToString(CultureInfo.InvariantCulture));
                    break;
                case { Double: { } number }:
                    json.WriteNumber("doubleValue"u8, number);
                    break;
                case { Flag: { } flag }:
                    json.WriteBoolean("boolValue"u8, flag);
                    break;
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
