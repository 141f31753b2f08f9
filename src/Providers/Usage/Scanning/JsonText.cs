using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>Text of raw JSON values that may be malformed.</summary>
internal static class JsonText
{
    /// <summary>A string unescaped, anything else as it stands; null if it is not UTF-8 or its escapes are wrong.</summary>
    public static string? Of(ReadOnlySpan<byte> raw)
    {
        if (!Utf8.IsValid(raw))
        {
            return null;
        }

        if (raw.Length < 2 || raw[0] != (byte)'"')
        {
            return Encoding.UTF8.GetString(raw);
        }

        return raw.Contains((byte)'\\') ? Unescape(raw) : Encoding.UTF8.GetString(raw[1..^1]);
    }

    /// <summary>How many characters (Unicode scalar values) a top-level string member of a JSON document has; null if it has none.</summary>
    /// <remarks>Speech is billed by them. Reads in place: texts may be long.</remarks>
    public static long? CountCharacters(ReadOnlySpan<byte> document, ReadOnlySpan<byte> member)
    {
        var reader = new Utf8JsonReader(document);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMember = reader.ValueTextEquals(member);
                reader.Read();
                if (isMember)
                {
                    return reader.TokenType == JsonTokenType.String ? CountCharacters(reader.ValueSpan) : null;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // The client's own request is malformed; the upstream says so better than we could.
        }

        return null;
    }

    private static long CountCharacters(ReadOnlySpan<byte> escaped)
    {
        var count = 0L;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == (byte)'\\' && i + 1 < escaped.Length)
            {
                var isUnicode = escaped[i + 1] == (byte)'u';
                // \uDC00 to \uDFFF is the second half of a character that has been counted.
                var isSecondHalf = isUnicode && i + 3 < escaped.Length && (escaped[i + 2] | 0x20) == (byte)'d' && (escaped[i + 3] | 0x20) is >= (byte)'c' and <= (byte)'f';
                count += isSecondHalf ? 0 : 1;
                i += isUnicode ? 5 : 1;
            }
            else if ((escaped[i] & 0xC0) != 0x80) // not a continuation byte
            {
                count++;
            }
        }

        return count;
    }

    private static string? Unescape(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null; // a wrong escape or half a surrogate pair: a malformed body is no error, the report then says less
        }
    }
}
