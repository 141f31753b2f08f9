using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Limits;

/// <summary>A gateway's rate limit.</summary>
/// <param name="Limit">Requests per window, above 0.</param>
/// <param name="Window">Length of the window, above zero.</param>
/// <param name="Technique">How the window moves.</param>
internal sealed record RateRule(long Limit, TimeSpan Window, LimitTechnique Technique)
{
    /// <summary>The rate limit of a configuration; null if it sets none.</summary>
    public static RateRule? Of(GatewayConfiguration configuration) => configuration switch
    {
        { RateLimitingLimit: > 0 and var limit, RateLimitingInterval: > 0 and var seconds } =>
            new(limit, TimeSpan.FromSeconds(seconds), configuration.RateLimitingTechnique ?? LimitTechnique.Fixed),
        _ => null,
    };
}
