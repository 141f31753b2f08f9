namespace GatewayActors.Front.Configuration;

/// <summary>The choice of models by the auto router. Bound from <c>Gateway:AutoRouter</c>.</summary>
public sealed class AutoRouterOptions
{
    /// <summary>
    /// A service that ranks models in place of the built-in rules; it gets what was found out about a request, and none of its words. Trusted:
    /// private addresses are allowed. Default: none.
    /// </summary>
    [HttpAddress("http", "https")]
    public string? ScorerUrl { get; set; }

    /// <summary>How long a choice waits for that service. Default: 500 ms. Range: 10 ms to 10 seconds.</summary>
    [Between("00:00:00.010", "00:00:10")]
    public TimeSpan ScorerTimeout { get; set; } = TimeSpan.FromMilliseconds(500);
}
