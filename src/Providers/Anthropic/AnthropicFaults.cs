using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Anthropic's errors in OpenAI's terms.</summary>
/// <remarks>https://docs.anthropic.com/en/api/errors</remarks>
internal static class AnthropicFaults
{
    /// <summary>The fault that an error means.</summary>
    public static ChatFault Of(string? type, string? message)
    {
        var text = message ?? "The provider reports an error without a message.";
        return type switch
        {
            "invalid_request_error" => new(400, "invalid_request_error", IsTooLong(text) ? "context_length_exceeded" : type, text),
            "authentication_error" => new(401, "authentication_error", type, text),
            "billing_error" => new(402, "insufficient_quota", type, text),
            "permission_error" => new(403, "permission_error", type, text),
            "not_found_error" => new(404, "not_found_error", text.Contains("model", StringComparison.OrdinalIgnoreCase) ? "model_not_found" : type, text),
            "request_too_large" => new(413, "invalid_request_error", type, text),
            "rate_limit_error" => new(429, "rate_limit_error", "rate_limit_exceeded", text),
            "timeout_error" => new(504, "timeout_error", type, text),
            "overloaded_error" => new(529, "overloaded_error", type, text),
            _ => new(500, "server_error", type ?? "api_error", text),
        };
    }

    private static bool IsTooLong(string text) =>
        text.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase) || text.Contains("context limit", StringComparison.OrdinalIgnoreCase);
}
