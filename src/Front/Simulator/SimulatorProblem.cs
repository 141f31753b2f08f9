using System.Net;
using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>An error answer in OpenAI's shape.</summary>
internal sealed record SimulatorProblem(int Status, string Type, string Message)
{
    /// <summary>The parameter that is wrong; null if it is none.</summary>
    public string? Param { get; init; }

    /// <summary>OpenAI's code; null if there is none.</summary>
    public string? Code { get; init; }

    /// <summary>Value of <c>Retry-After</c> in seconds; null for no such header.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A mistake in a parameter.</summary>
    public static SimulatorProblem Invalid(string param, string message) =>
        new((int)HttpStatusCode.BadRequest, "invalid_request_error", message) { Param = param };

    /// <summary>An error that the request asked for with <c>error</c> or <c>error_at</c>.</summary>
    public static SimulatorProblem Asked(int status, int? retryAfterSeconds = null)
    {
        var (type, code) = status switch
        {
            401 => ("invalid_request_error", "invalid_api_key"),
            404 => ("invalid_request_error", "model_not_found"),
            429 => ("rate_limit_error", "rate_limit_exceeded"),
            >= 500 => ("server_error", null),
            _ => ("invalid_request_error", (string?)null),
        };
        return new(status, type, $"The simulator was asked for an error of status {status}.") { Code = code, RetryAfterSeconds = retryAfterSeconds };
    }

    /// <summary>Writes <c>{"error":{…}}</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, Message);
        writer.WriteString("type"u8, Type);
        writer.WriteString("param"u8, Param);
        writer.WriteString("code"u8, Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
