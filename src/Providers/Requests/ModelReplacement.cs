using System.Text.Json;

namespace GatewayActors.Providers.Requests;

/// <summary>Puts another model's name into a JSON body; every other byte stays as it is.</summary>
public static class ModelReplacement
{
    private const int MaxDepth = 1_000;

    /// <summary>The body with another value of a top-level member.</summary>
    /// <param name="body">A whole JSON object in UTF-8.</param>
    /// <param name="member">The member, such as <c>model</c>.</param>
    /// <param name="model">Its new value.</param>
    /// <returns>The new body; null if there is no such member with a string, or the body is no JSON object.</returns>
    public static byte[]? Replace(ReadOnlySpan<byte> body, string member, string model)
    {
        try
        {
            if (Find(body, member) is not { } place)
            {
                return null;
            }

            var (start, length) = place.GetOffsetAndLength(body.Length);
            var value = JsonEncodedText.Encode(model).EncodedUtf8Bytes;
            var replaced = new byte[body.Length - length + value.Length + 2];
            body[..start].CopyTo(replaced);
            var tail = replaced.AsSpan(start);
            tail[0] = (byte)'"';
            value.CopyTo(tail[1..]);
            tail[value.Length + 1] = (byte)'"';
            body[(start + length)..].CopyTo(tail[(value.Length + 2)..]);
            return replaced;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The body with a value of a top-level member, whether it names it already or not.</summary>
    /// <param name="body">A whole JSON object in UTF-8.</param>
    /// <param name="member">The member, such as <c>model</c>.</param>
    /// <param name="model">Its value.</param>
    /// <returns>The new body; null if the body is no JSON object.</returns>
    public static byte[]? Put(ReadOnlySpan<byte> body, string member, string model)
    {
        if (Replace(body, member, model) is { } replaced)
        {
            return replaced;
        }

        try
        {
            using var document = JsonDocument.Parse(body.ToArray(), new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            using var output = new MemoryStream(body.Length + model.Length + member.Length + 8);
            using (var json = new Utf8JsonWriter(output))
            {
                json.WriteStartObject();
                json.WriteString(member, model);
                foreach (var other in document.RootElement.EnumerateObject())
                {
                    if (!other.NameEquals(member))
                    {
                        json.WritePropertyName(other.Name);
                        json.WriteRawValue(other.Value.GetRawText(), skipInputValidation: true);
                    }
                }

                json.WriteEndObject();
            }

            return output.ToArray();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // The value with its quotation marks. Of a repeated member the last one counts, as it does for most providers.
    private static Range? Find(ReadOnlySpan<byte> body, string member)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        Range? found = null;
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
                found = reader.TokenType == JsonTokenType.String ? new((int)reader.TokenStartIndex, (int)reader.BytesConsumed) : null;
            }

            reader.Skip();
        }

        return found;
    }
}
