using System.Text.Json.Nodes;

namespace GatewayActors.EndToEnd.Tests.Harness;

/// <summary>Bodies for the admin API.</summary>
internal static class GatewayConfigurations
{
    /// <summary>A gateway with the required fields and nothing else.</summary>
    public static JsonObject Minimal(string id) => new()
    {
        ["id"] = id,
        ["cache_invalidate_on_update"] = false,
        ["cache_ttl"] = 0,
        ["collect_logs"] = true,
        ["rate_limiting_interval"] = 0,
        ["rate_limiting_limit"] = 0,
        ["rate_limiting_technique"] = "fixed",
    };
}
