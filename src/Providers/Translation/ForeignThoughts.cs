using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>
/// Takes out of a request what this gateway put into earlier answers of other providers: the one whose format it imitates would refuse it
/// as none of its own. So a client can change the model in the middle of a conversation.
/// </summary>
public static class ForeignThoughts
{
    private const int MaxDepth = 1_000;

    /// <summary>The body without it; the same one where there is nothing of it.</summary>
    /// <param name="format">The body's format.</param>
    /// <param name="body">A whole JSON object in UTF-8.</param>
    public static ReadOnlyMemory<byte> Remove(ClientFormat format, ReadOnlyMemory<byte> body)
    {
        if (format == ClientFormat.ChatCompletions || body.Span.IndexOf("\"gw1."u8) < 0)
        {
            return body;
        }

        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var output = new ArrayBufferWriter<byte>(body.Length);
            using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
            Write(json, document.RootElement);
            json.Flush();
            return output.WrittenMemory;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return body; // For the provider to judge.
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    if (!IsForeign(item))
                    {
                        Write(json, item);
                    }
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private static bool IsForeign(JsonElement item) => item.Text("type") switch
    {
        "thinking" => IsEnvelope(item.Text("signature")),
        "redacted_thinking" => IsEnvelope(item.Text("data")),
        "reasoning" => IsEnvelope(item.Text("encrypted_content")),
        "web_search_result_location" => IsEnvelope(item.Text("encrypted_index")),
        _ => false,
    };

    private static bool IsEnvelope(string? text) => text?.StartsWith(ThoughtEnvelope.Prefix, StringComparison.Ordinal) == true;
}
