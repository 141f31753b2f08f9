using System.Text.Json;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Run;

namespace GatewayActors.Front.Rest;

/// <summary>
/// Writes errors as the API host does, with the list once more under the name that clients of the gateway host read. A run that fails has its
/// run object as the result.
/// </summary>
internal static class RestErrorWriter
{
    // The body is JSON and never part of a page, so an apostrophe may stand as it is.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The code of a run that the model's provider, or its format, refuses.</summary>
    public const int ExecutionFailed = 7003;

    /// <summary>
    /// Whether an error is told in this envelope. What is wrong with a body in a vendor's format is told as the vendor does.
    /// </summary>
    public static bool IsFor(Exchange exchange, GatewayError error) =>
        !GatewayErrorWriter.IsPolicy(error) && (exchange.Run is not null || (exchange.Rest is not null && error.Kind != GatewayErrorKind.UntranslatableRequest));

    /// <summary>The error of an exchange.</summary>
    public static byte[] Write(Exchange exchange, GatewayError error)
    {
        var (code, message) = exchange.Rest is null ? (error.Code, error.Message) : Translate(exchange, error);
        return Write(code, message, error.Description, exchange.Run?.FailureOf(error.Type, error.Description));
    }

    /// <summary>An error with a run object, if there is one.</summary>
    public static byte[] Write(int code, string message, string? description, RunFailure? failure)
    {
        using var buffer = new MemoryStream(capacity: 256);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, false);
            WriteErrors(json, "errors"u8, code, message);
            WriteErrors(json, "error"u8, code, message);
            json.WriteStartArray("messages"u8);
            json.WriteEndArray();
            json.WritePropertyName("result"u8);
            if (failure is null)
            {
                json.WriteNullValue();
            }
            else
            {
                failure.Write(json);
            }

            if (description is not null && description != message)
            {
                json.WriteString("description"u8, description);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Some errors have codes of their own on this host.</summary>
    private static (int Code, string Message) Translate(Exchange exchange, GatewayError error)
    {
        if (error.Kind == GatewayErrorKind.UntranslatableRequest)
        {
            return (ExecutionFailed, $"Model execution failed (User Input Error): {(error.Parameter is null ? "" : error.Parameter + ": ")}{error.Description}");
        }

        var known = error.Kind switch
        {
            GatewayErrorKind.Unauthorized => ApiErrors.AuthenticationFailed,
            GatewayErrorKind.RouteNotFound => ApiErrors.NoRoute(exchange.Http.Request.Path),
            GatewayErrorKind.MethodNotAllowed => ApiErrors.MethodNotAllowed,
            _ => null,
        };
        return known is null ? (error.Code, error.Message) : (known.Code, known.Message);
    }

    private static void WriteErrors(Utf8JsonWriter json, ReadOnlySpan<byte> name, int code, string message)
    {
        json.WriteStartArray(name);
        json.WriteStartObject();
        json.WriteNumber("code"u8, code);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
