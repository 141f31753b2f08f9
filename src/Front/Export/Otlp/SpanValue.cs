using System.Text.Json;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>A value of an attribute: exactly one of these is set.</summary>
internal readonly record struct SpanValue
{
    public string? Text { get; private init; }

    public long? Integer { get; private init; }

    public double? Double { get; private init; }

    public bool? Flag { get; private init; }

    public static SpanValue Of(string value) => new() { Text = value };

    public static SpanValue Of(long value) => new() { Integer = value };

    public static SpanValue Of(double value) => new() { Double = value };

    public static SpanValue Of(bool value) => new() { Flag = value };

    /// <summary>A value of the metadata, in its own type; null for what has none here.</summary>
    public static SpanValue? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Of(value.GetString()!),
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.Number => value.TryGetInt64(out var integer) ? Of(integer)
            : value.TryGetDouble(out var number) && double.IsFinite(number) ? Of(number)
            : Of(value.GetRawText()),
        JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null => null,
    };
}
