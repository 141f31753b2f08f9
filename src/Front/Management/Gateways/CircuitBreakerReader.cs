using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>circuit_breaker</c>.</summary>
internal static class CircuitBreakerReader
{
    private const int DefaultFailures = 5;
    private const int DefaultPause = 30; // Seconds.

    public static CircuitBreakerConfiguration? Read(ObjectReader gateway, CircuitBreakerConfiguration? stored)
    {
        var breaker = gateway.Object("circuit_breaker");
        return !breaker.IsSet ? stored : breaker.Value is not { } reader ? null : new()
        {
            Failures = (int)(reader.Integer("failures", 1, 1_000).Value ?? DefaultFailures),
            Pause = (int)(reader.Integer("pause", 1, 3_600).Value ?? DefaultPause),
        };
    }
}
