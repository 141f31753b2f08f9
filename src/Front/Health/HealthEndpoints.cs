using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GatewayActors.Front.Health;

internal static class HealthEndpoints
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds <see cref="Readiness"/>.</summary>
        public IServiceCollection AddGatewayHealth()
        {
            services.TryAddSingleton<Readiness>();
            return services;
        }
    }

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps <c>/healthz/live</c> and <c>/healthz/ready</c>, open to everyone.</summary>
        public RouteGroupBuilder MapGatewayHealth()
        {
            // Asked for here, so that draining is noticed even if nobody has asked for the state before.
            var readiness = routes.ServiceProvider.GetRequiredService<Readiness>();
            var inFlight = routes.ServiceProvider.GetService<IInFlightExchanges>();

            var group = routes.MapGroup("/healthz").ExcludeFromDescription();
            group.AllowAnonymous();
            group.MapGet("/live", context => WriteAsync(context, readiness, inFlight, healthy: readiness.IsLive));
            group.MapGet("/ready", context => WriteAsync(context, readiness, inFlight, healthy: null));
            return group;
        }
    }

    private static Task WriteAsync(HttpContext context, Readiness readiness, IInFlightExchanges? inFlight, bool? healthy)
    {
        var report = readiness.Current;
        var reasons = report.Status == ReadinessStatus.Draining && inFlight is { Count: > 0 and var count }
            ? report.Reasons.Add($"Exchanges in flight: {count}.")
            : report.Reasons;

        context.Response.StatusCode = healthy ?? report.Status == ReadinessStatus.Ready
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        var body = new HealthBody(Word(report.Status), [.. reasons]);
        return context.Response.WriteAsJsonAsync(body, HealthJson.Default.HealthBody, cancellationToken: context.RequestAborted);
    }

    private static string Word(ReadinessStatus status) => status switch
    {
        ReadinessStatus.Starting => "starting",
        ReadinessStatus.Ready => "ready",
        ReadinessStatus.Draining => "draining",
        ReadinessStatus.Unhealthy => "unhealthy",
    };
}

/// <summary>The answer of both health endpoints.</summary>
internal sealed record HealthBody(string Status, IReadOnlyList<string> Reasons);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class HealthJson : JsonSerializerContext;
