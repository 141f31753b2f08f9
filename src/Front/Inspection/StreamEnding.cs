using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.AwsBedrock;

namespace GatewayActors.Front.Inspection;

/// <summary>Writes the error that ends a stream which is under way, as clients of its format read one.</summary>
internal static class StreamEnding
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes that end it.</summary>
    /// <param name="step">The step whose provider's format it has.</param>
    /// <param name="contentType">Its framing.</param>
    /// <param name="error">Why it ends.</param>
    /// <param name="hasItems">Whether an array has begun.</param>
    public static byte[] Of(Step step, string? contentType, GatewayError error, bool hasItems)
    {
        if (contentType?.StartsWith("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase) == true)
        {
            return EventStreamFrameWriter.Exception("validationException", Json(json => json.WriteString("message"u8, error.Message)));
        }

        var path = step.Route.Address.Path;
        if (!BodyCapture.IsEventStream(contentType))
        {
            return contentType?.Contains("ndjson", StringComparison.OrdinalIgnoreCase) == true
                ? [.. Json(json => WriteError(json, error)), (byte)'\n']
                : [.. hasItems ? ",\n"u8 : "["u8, .. Json(json => WriteGoogle(json, error)), .. "\n]"u8];
        }

        return IsGoogle(path) ? Event(null, Json(json => WriteGoogle(json, error)))
            : IsMessages(path) ? Event("error", Json(json => WriteAnthropic(json, error)))
            : path.EndsWith("responses", StringComparison.Ordinal) ? Event("error", Json(json => WriteResponses(json, error)))
            : path.EndsWith("v2/chat", StringComparison.Ordinal) ? Event(null, Json(json => WriteCohere(json, error)))
            : Event(null, Json(json => WriteError(json, error)));
    }

    private static bool IsGoogle(string path) => path.Contains(":streamGenerateContent", StringComparison.Ordinal);

    private static bool IsMessages(string path) =>
        path.EndsWith("messages", StringComparison.Ordinal) || path.Contains(":streamRawPredict", StringComparison.Ordinal);

    private static byte[] Event(string? type, ReadOnlySpan<byte> data) =>
        [.. type is null ? [] : System.Text.Encoding.UTF8.GetBytes($"event: {type}\n"), .. "data: "u8, .. data, .. "\n\n"u8];

    private static void WriteError(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, "invalid_request_error"u8);
        json.WriteNull("param"u8);
        json.WriteString("code"u8, error.Type);
        json.WriteEndObject();
    }

    private static void WriteAnthropic(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, "invalid_request_error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
    }

    private static void WriteResponses(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteString("type"u8, "error"u8);
        json.WriteString("code"u8, error.Type);
        json.WriteString("message"u8, error.Message);
        json.WriteNull("param"u8);
    }

    private static void WriteCohere(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteString("type"u8, "message-end"u8);
        json.WriteStartObject("delta"u8);
        json.WriteString("finish_reason"u8, "ERROR"u8);
        json.WriteString("error"u8, error.Message);
        json.WriteEndObject();
    }

    private static void WriteGoogle(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, error.Status(strict: false));
        json.WriteString("message"u8, error.Message);
        json.WriteString("status"u8, "FAILED_PRECONDITION"u8);
        json.WriteEndObject();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
