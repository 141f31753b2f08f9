using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Writes errors as clients of each format read them.</summary>
/// <remarks>https://platform.openai.com/docs/guides/error-codes, https://docs.anthropic.com/en/api/errors</remarks>
public static class ClientError
{
    /// <summary>Writes the whole body of an error.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="format">Whose clients read it.</param>
    /// <param name="status">The status beside it.</param>
    /// <param name="fault">What went wrong, in OpenAI's terms.</param>
    public static void Write(Utf8JsonWriter json, ClientFormat format, int status, ChatFault fault)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(fault);
        if (format == ClientFormat.Messages)
        {
            WriteAsAnthropic(json, TypeOf(status), fault.Parameter is null ? fault.Message : $"{fault.Parameter}: {fault.Message}");
        }
        else
        {
            fault.Write(json);
        }
    }

    /// <summary>Anthropic's type of a status.</summary>
    public static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        408 or 504 => "timeout_error",
        529 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };

    private static void WriteAsAnthropic(Utf8JsonWriter json, string type, string message)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, type);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
