using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Errors;

/// <summary>Writes the error envelope of the data plane.</summary>
internal static class GatewayErrorWriter
{
    // The body is JSON and never part of a page, so an apostrophe may stand as it is.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the whole body of an error answer; the status and headers are the caller's.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="status">The status beside it.</param>
    /// <param name="format">
    /// The client's format; null where none is known. Clients of Responses and Messages are told everything in their own form. Those of
    /// chat completions get the envelope, but for what their body says.
    /// </param>
    /// <remarks>
    /// <c>error</c> of the envelope is an array: clients of the gateway host read <c>error[0].code</c>. Those of the API host, which some
    /// libraries are for both, read <c>errors[0]</c>.
    /// </remarks>
    public static byte[] Write(GatewayError error, int status, ClientFormat? format = null)
    {
        var message = error.Message;
        using var buffer = new MemoryStream(capacity: 256);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            if (IsPolicy(error))
            {
                WritePolicy(json, error);
                json.Flush();
                return buffer.ToArray();
            }

            if (error.Kind == GatewayErrorKind.UntranslatableRequest || format is ClientFormat.Responses or ClientFormat.Messages)
            {
                ClientError.Write(json, format ?? ClientFormat.ChatCompletions, status, FaultOf(error, status));
                json.Flush();
                return buffer.ToArray();
            }

            json.WriteStartObject();
            json.WriteBoolean("success"u8, false);
            json.WriteStartArray("result"u8);
            json.WriteEndArray();
            json.WriteStartArray("messages"u8);
            json.WriteEndArray();
            WriteErrors(json, "error"u8, error.Code, message);
            WriteErrors(json, "errors"u8, error.Code, message);
            json.WriteString("name"u8, "AiGatewayError"u8);
            json.WriteNumber("httpCode"u8, status);
            json.WriteNumber("internalCode"u8, error.Code);
            json.WriteString("message"u8, message);
            json.WriteString("description"u8, error.Description);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Whether an error has a body of its own, the same on every surface: clients read <c>error.message</c> and the budget beside it.</summary>
    public static bool IsPolicy(GatewayError error) => error.Kind is GatewayErrorKind.PolicyDenied or GatewayErrorKind.PolicyLimited;

    private static void WritePolicy(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteStartObject();
        json.WriteBoolean("success"u8, false);
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        if (error.Budget is { } budget)
        {
            json.WriteString("bucket"u8, budget.Bucket);
            json.WriteNumber("spent"u8, budget.Spent);
            json.WriteNumber("limit"u8, budget.Limit);
        }

        json.WriteEndObject();
        json.WriteEndObject();
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

    private static ChatFault FaultOf(GatewayError error, int status) => error.Kind == GatewayErrorKind.UntranslatableRequest
        ? new(status, "invalid_request_error", error.ParameterCode, error.Description) { Parameter = error.Parameter }
        : new(status, UpstreamErrorBody.TypeOf(status), error.Type, error.Description);
}
