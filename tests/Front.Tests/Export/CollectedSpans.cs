using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Tests.Export;

/// <summary>A span as a collector reads it.</summary>
internal sealed record CollectedSpan(
    string TraceId, string SpanId, string? ParentSpanId, string Name, long Kind, ulong Start, ulong End, long Status, IReadOnlyDictionary<string, object> Attributes);

/// <summary>Reads what was posted to a collector, by the numbers and names of the OpenTelemetry protocol.</summary>
internal static class CollectedSpans
{
    public static IReadOnlyList<CollectedSpan> FromJson(byte[] body)
    {
        var resource = JsonElement.Parse(body).GetProperty("resourceSpans")[0];
        return [.. resource.GetProperty("scopeSpans")[0].GetProperty("spans").EnumerateArray().Select(span => new CollectedSpan(
            span.GetProperty("traceId").GetString()!,
            span.GetProperty("spanId").GetString()!,
            span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null,
            span.GetProperty("name").GetString()!,
            span.GetProperty("kind").GetInt64(),
            ulong.Parse(span.GetProperty("startTimeUnixNano").GetString()!, CultureInfo.InvariantCulture),
            ulong.Parse(span.GetProperty("endTimeUnixNano").GetString()!, CultureInfo.InvariantCulture),
            span.GetProperty("status").TryGetProperty("code", out var code) ? code.GetInt64() : 0,
            span.GetProperty("attributes").EnumerateArray().ToDictionary(attribute => attribute.GetProperty("key").GetString()!, attribute => Value(attribute.GetProperty("value")))))];
    }

    public static IReadOnlyList<CollectedSpan> FromProtobuf(byte[] body)
    {
        var resourceSpans = Fields(body).Single(field => field.Number == 1);
        var scopeSpans = Fields(resourceSpans.Bytes).Single(field => field.Number == 2);
        return [.. Fields(scopeSpans.Bytes).Where(field => field.Number == 2).Select(field =>
        {
            var span = Fields(field.Bytes).ToLookup(part => part.Number);
            return new CollectedSpan(
                Convert.ToHexStringLower(span[1].Single().Bytes),
                Convert.ToHexStringLower(span[2].Single().Bytes),
                span[4].SingleOrDefault() is { Bytes: not null } parent ? Convert.ToHexStringLower(parent.Bytes) : null,
                Encoding.UTF8.GetString(span[5].Single().Bytes),
                (long)span[6].Single().Integer,
                span[7].Single().Integer,
                span[8].Single().Integer,
                span[15].SingleOrDefault() is { Bytes: not null } status ? (long)Fields(status.Bytes).Single(part => part.Number == 3).Integer : 0,
                span[9].Select(attribute => Fields(attribute.Bytes).ToArray()).ToDictionary(pair => Encoding.UTF8.GetString(pair[0].Bytes), pair => Value(Fields(pair[1].Bytes).Single())));
        })];
    }

    private static object Value(JsonElement value)
    {
        var only = value.EnumerateObject().Single();
        return only.Name switch
        {
            "stringValue" => only.Value.GetString()!,
            "intValue" => long.Parse(only.Value.GetString()!, CultureInfo.InvariantCulture),
            "doubleValue" => only.Value.GetDouble(),
            "boolValue" => only.Value.GetBoolean(),
            _ => throw new InvalidDataException(only.Name),
        };
    }

    private static object Value(Field field) => field.Number switch
    {
        1 => Encoding.UTF8.GetString(field.Bytes),
        2 => field.Integer == 1,
        3 => (long)field.Integer,
        4 => BitConverter.UInt64BitsToDouble(field.Integer),
        _ => throw new InvalidDataException($"{field.Number}"),
    };

    private static IEnumerable<Field> Fields(byte[] message)
    {
        for (var position = 0; position < message.Length;)
        {
            var tag = Varint(message, ref position);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return new(number, Varint(message, ref position), null!);
                    break;
                case 1:
                    yield return new(number, BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(position)), null!);
                    position += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref position);
                    yield return new(number, 0, message[position..(position + length)]);
                    position += length;
                    break;
                default:
                    throw new InvalidDataException($"{tag & 7}");
            }
        }
    }

    private static ulong Varint(byte[] message, ref int position)
    {
        var (value, shift) = (0UL, 0);
        byte part;
        do
        {
            part = message[position++];
            value |= (ulong)(part & 0x7F) << shift;
            shift += 7;
        }
        while (part >= 0x80);
        return value;
    }

    private readonly record struct Field(int Number, ulong Integer, byte[] Bytes);
}
