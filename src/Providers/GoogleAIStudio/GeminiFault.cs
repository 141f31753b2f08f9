using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Errors of Google's that come inside an answer of status 200.</summary>
internal static class GeminiFault
{
    private const int DefaultStatus = 502;

    public static ChatFault Of(JsonElement error)
    {
        var status = error.Integer("code") is >= 400 and <= 599 and var code ? (int)code : DefaultStatus;
        return new(
            status,
            status switch
            {
                401 => "authentication_error",
                403 => "permission_error",
                404 => "not_found_error",
                408 or 504 => "timeout_error",
                429 => "rate_limit_error",
                < 500 => "invalid_request_error",
                _ => "server_error",
            },
            error.Text("status"),
            error.Text("message") ?? "The provider reports an error.");
    }
}
