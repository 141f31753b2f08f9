using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Exceptions in a stream of Bedrock's, in OpenAI's terms.</summary>
internal static class ConverseFaults
{
    /// <summary>The fault that an exception means.</summary>
    public static ChatFault Of(string name, string? message)
    {
        var text = message ?? "The provider reports an error without a message.";
        return name switch
        {
            "throttlingException" or "serviceQuotaExceededException" => new(429, "rate_limit_error", "rate_limit_exceeded", text),
            "validationException" => new(400, "invalid_request_error", IsTooLong(text) ? "context_length_exceeded" : name, text),
            "modelTimeoutException" => new(408, "timeout_error", name, text),
            "modelStreamErrorException" or "modelErrorException" => new(502, "server_error", name, text),
            "serviceUnavailableException" => new(503, "server_error", name, text),
            _ => new(500, "server_error", name, text),
        };
    }

    private static bool IsTooLong(string text) =>
        text.Contains("too long", StringComparison.OrdinalIgnoreCase)
        || text.Contains("maximum context length", StringComparison.OrdinalIgnoreCase)
        || text.Contains("too many tokens", StringComparison.OrdinalIgnoreCase)
        || text.Contains("input token count", StringComparison.OrdinalIgnoreCase);
}
