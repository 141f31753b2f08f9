using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Universal.Sockets;

/// <summary>Writes the messages that a client gets.</summary>
internal static class UniversalMessages
{
    // Messages are JSON and never part of a page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A whole answer.</summary>
    public static ReadOnlyMemory<byte> Created(UniversalMetadata metadata, ReadOnlyMemory<byte> body) => Write("universal.created", metadata, json => WriteResponse(json, metadata.ContentType, body));

    /// <summary>The begin of a stream.</summary>
    public static ReadOnlyMemory<byte> Created(UniversalMetadata metadata) => Write("universal.created", metadata, null);

    /// <summary>The next event of a stream.</summary>
    public static ReadOnlyMemory<byte> Stream(string eventId, ReadOnlyMemory<byte> data) =>
        Write("universal.stream", new() { EventId = eventId }, json => WriteData(json, data));

    /// <summary>The end of a stream.</summary>
    public static ReadOnlyMemory<byte> Done(UniversalMetadata metadata) => Write("universal.done", metadata, null);

    /// <summary>A failure of the gateway's.</summary>
    public static ReadOnlyMemory<byte> Error(UniversalMetadata metadata, GatewayError error, int status) => Write("universal.error", metadata, json => WriteError(json, error.Code, error.Description, status));

    /// <summary>An answer of a provider that is an error.</summary>
    public static ReadOnlyMemory<byte> Refused(UniversalMetadata metadata, int status, ReadOnlyMemory<byte> body) => Write("universal.error", metadata, json =>
    {
        WriteError(json, code: null, $"The provider answered {status}.", status);
        WriteResponse(json, metadata.ContentType, body);
    });

    private static ReadOnlyMemory<byte> Write(string type, UniversalMetadata metadata, Action<Utf8JsonWriter>? rest)
    {
        var message = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(message, Readable))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            metadata.Write(json);
            rest?.Invoke(json);
            json.WriteEndObject();
        }

        return message.WrittenMemory;
    }

    private static void WriteError(Utf8JsonWriter json, int? code, string message, int status)
    {
        json.WriteStartObject("error"u8);
        if (code is { } number)
        {
            json.WriteNumber("code"u8, number);
        }
        else
        {
            json.WriteNull("code"u8);
        }

        json.WriteString("message"u8, message);
        json.WriteNumber("status"u8, status);
        json.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter json, string? contentType, ReadOnlyMemory<byte> body)
    {
        if (BodyCapture.IsTextual(contentType) && Utf8.IsValid(body.Span))
        {
            WriteData(json, body);
            return;
        }

        json.WriteStartObject("response"u8);
        json.WriteString("contentType"u8, contentType);
        json.WriteBase64String("base64"u8, body.Span);
        json.WriteEndObject();
    }

    /// <summary>JSON as it is, anything else as a text.</summary>
    private static void WriteData(Utf8JsonWriter json, ReadOnlyMemory<byte> data)
    {
        json.WritePropertyName("response"u8);
        if (IsJson(data.Span))
        {
            json.WriteRawValue(data.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(Encoding.UTF8.GetString(data.Span));
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 1_000 });
        try
        {
            var isValue = reader.Read();
            while (reader.Read())
            {
            }

            return isValue;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
