using System.Buffers.Binary;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>
/// Spans as OTLP/HTTP in protobuf. The numbers are those of <c>opentelemetry/proto/trace/v1/trace.proto</c> and its neighbours. Written by
/// hand: it is one message of five kinds of fields, and the SDK's exporter sends only activities of its own process.
/// </summary>
internal static class OtlpProtobuf
{
    public const string ContentType = "application/x-protobuf";

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ExportedSpan> spans)
    {
        var resource = new ProtobufWriter();
        WriteAttributes(resource, 1, OtlpSpans.Resource);
        var scopeSpans = new ProtobufWriter().Message(1, new ProtobufWriter().Text(1, OtlpSpans.Scope));
        foreach (var span in spans)
        {
            scopeSpans.Message(2, Span(span));
        }

        return new ProtobufWriter().Message(1, new ProtobufWriter().Message(1, resource).Message(2, scopeSpans)).Written;
    }

    private static ProtobufWriter Span(ExportedSpan span)
    {
        Span<byte> id = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(id, span.SpanId);
        var message = new ProtobufWriter().Bytes(1, Convert.FromHexString(span.Trace.TraceId)).Bytes(2, id);
        if (span.Trace.ParentSpanId is { } parent)
        {
            message.Bytes(4, Convert.FromHexString(parent));
        }

        message.Text(5, OtlpSpans.Name(span)).Integer(6, OtlpSpans.ClientKind).Fixed(7, OtlpSpans.Start(span)).Fixed(8, OtlpSpans.End(span));
        WriteAttributes(message, 9, SpanAttributes.Of(span));
        return span.ErrorType is null ? message : message.Message(15, new ProtobufWriter().Integer(3, OtlpSpans.ErrorStatus));
    }

    private static void WriteAttributes(ProtobufWriter message, int field, IReadOnlyList<KeyValuePair<string, SpanValue>> attributes)
    {
        foreach (var (key, value) in attributes)
        {
            message.Message(field, new ProtobufWriter().Text(1, key).Message(2, Value(value)));
        }
    }

    private static ProtobufWriter Value(SpanValue value) => value switch
    {
        { Text: { } text } => new ProtobufWriter().Text(1, text),
        { Flag: { } flag } => new ProtobufWriter().Integer(2, flag ? 1 : 0),
        { Integer: { } integer } => new ProtobufWriter().Integer(3, integer),
        { Double: { } number } => new ProtobufWriter().Number(4, number),
        _ => new ProtobufWriter(),
    };
}
