using System.Text.Json;

namespace GatewayActors.Front.Errors;

/// <summary>Writes the error envelope of the data plane.</summary>
internal static class GatewayErrorWriter
{
    // The body is JSON and never part of a page, so an apostrophe may stand as it is.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the whole body of an error answer; the status and headers are the caller's.</summary>
    /// <remarks><c>error</c> is an array: published clients read <c>error[0].code</c>.</remarks>
    public static byte[] Write(GatewayError error, int status)
    {
        var message = error.Message;
        using var buffer = new MemoryStream(capacity: 256);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            if (error.Kind == GatewayErrorKind.UntranslatableRequest)
            {
                WriteAsOpenAI(json, error);
                json.Flush();
                return buffer.ToArray();
            }

            json.WriteStartObject();
            json.WriteBoolean("success"u8, false);
            json.WriteStartArray("result"u8);
            json.WriteEndArray();
            json.WriteStartArray("messages"u8);
            json.WriteEndArray();
            json.WriteStartArray("error"u8);
            json.WriteStartObject();
            json.WriteNumber("code"u8, error.Code);
            json.WriteString("message"u8, message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("name"u8, "AiGatewayError"u8);
            json.WriteNumber("httpCode"u8, status);
            json.WriteNumber("internalCode"u8, error.Code);
            json.WriteString("message"u8, message);
            json.WriteString("description"u8, error.Description);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>About what the body of an OpenAI-compatible request says, its clients are told as OpenAI would.</summary>
    private static void WriteAsOpenAI(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Description);
        json.WriteString("type"u8, "invalid_request_error"u8);
        json.WriteString("param"u8, error.Parameter);
        json.WriteNull("code"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
