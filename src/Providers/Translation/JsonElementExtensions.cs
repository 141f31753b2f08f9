using System.Runtime.InteropServices;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Reads members that may be absent, null or of another type than they should be, and copies values.</summary>
internal static class JsonElementExtensions
{
    extension(Utf8JsonWriter json)
    {
        /// <summary>Copies a value as it stands: what the client wrote is not ours to change, not even in its escapes.</summary>
        public void WriteRaw(JsonElement value) => json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    extension(JsonElement element)
    {
        /// <summary>A member that is there and not null; undefined otherwise, also of what is no object.</summary>
        public JsonElement Member(string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;

        /// <summary>The same.</summary>
        /// <remarks>For what is read of every event: a name in UTF-8 is compared as it stands.</remarks>
        public JsonElement Member(ReadOnlySpan<byte> name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;

        /// <summary>The same, by a name in UTF-8.</summary>
        public string? Text(ReadOnlySpan<byte> name) => element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

        /// <summary>The same, by a name in UTF-8.</summary>
        public long? Integer(ReadOnlySpan<byte> name) => Whole(element.Member(name));

        /// <summary>The same, by a name in UTF-8.</summary>
        public JsonElement.ArrayEnumerator Items(ReadOnlySpan<byte> name) => element.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : default;

        public bool IsDefined => element.ValueKind != JsonValueKind.Undefined;

        public bool IsObject => element.ValueKind == JsonValueKind.Object;

        public bool IsTrue => element.ValueKind == JsonValueKind.True;

        /// <summary>A member that is a text; null otherwise.</summary>
        public string? Text(string name) => element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

        /// <summary>A member that is a whole number; null otherwise.</summary>
        public long? Integer(string name) => Whole(element.Member(name));

        /// <summary>A member that is a number; null otherwise.</summary>
        public double? Number(string name) => element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

        /// <summary>The items of a member that is an array; none otherwise.</summary>
        public JsonElement.ArrayEnumerator Items(string name) => element.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : default;
    }

    private static long? Whole(JsonElement value) =>
        value.ValueKind != JsonValueKind.Number ? null
        : value.TryGetInt64(out var whole) ? whole
        : value.TryGetDouble(out var number) && Math.Abs(number) < 1e15 ? (long)number
        : null;
}
