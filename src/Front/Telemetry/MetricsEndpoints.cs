using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using Microsoft.AspNetCore.Http;

namespace GatewayActors.Front.Telemetry;

internal static class MetricsEndpoints
{
    private const string Path = "/metrics";
    private const string Scheme = "Bearer ";

    extension(WebApplication app)
    {
        /// <summary>
        /// Maps <c>/metrics</c> (Prometheus text): for the operator's token on the front's own port, or, where <c>Gateway:MetricsUrl</c>
        /// is set, without a token on that listener only.
        /// </summary>
        /// <remarks>Called after <see cref="MetricsEndpoints.UseGatewayMetricsListener"/>.</remarks>
        public IEndpointConventionBuilder MapGatewayMetrics()
        {
            var port = MetricsPort(app.Services.GetRequiredService<GatewayOptions>());
            var pipeline = ((IEndpointRouteBuilder)app).CreateApplicationBuilder();
            pipeline.Use((context, next) => GuardAsync(context, next, port));
            pipeline.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true);
            return app.MapGet(Path, pipeline.Build()).AllowAnonymous().ExcludeFromDescription();
        }

        /// <summary>
        /// Keeps everything but <c>/metrics</c> off the listener of <c>Gateway:MetricsUrl</c>, which may stand in a network that must
        /// not reach the gateway. First in the pipeline; does nothing where the listener is not set.
        /// </summary>
        public IApplicationBuilder UseGatewayMetricsListener()
        {
            if (MetricsPort(app.Services.GetRequiredService<GatewayOptions>()) is { } port)
            {
                app.Use((context, next) =>
                {
                    if (context.Connection.LocalPort == port && !context.Request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase))
                    {
                        context.Response.StatusCode = StatusCodes.Status404NotFound;
                        return Task.CompletedTask;
                    }

                    return next(context);
                });
            }

            return app;
        }
    }

    /// <summary>Lets through who may read metrics. The listener is told by its port: a Host header could claim anything.</summary>
    internal static async Task GuardAsync(HttpContext context, RequestDelegate next, int? metricsPort)
    {
        if (metricsPort is { } port)
        {
            if (context.Connection.LocalPort == port)
            {
                await next(context);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var header = context.Request.Headers.Authorization.ToString();
        var principal = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? await context.RequestServices.GetRequiredService<ITokenVerifier>().VerifyAsync(header.AsSpan(Scheme.Length).Trim(), context.Connection.RemoteIpAddress, context.RequestAborted)
            : null;
        switch (principal)
        {
            case null:
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Metrics need the operator's token as 'Authorization: Bearer {token}'.");
                break;
            case { IsOperator: false }:
                await RefuseAsync(context, StatusCodes.Status403Forbidden, "Metrics cover all accounts, so only the operator's token may read them.");
                break;
            default:
                await next(context);
                break;
        }
    }

    private static int? MetricsPort(GatewayOptions options) =>
        options.MetricsUrl is { } url ? BindingAddress.Parse(url).Port : null;

    private static Task RefuseAsync(HttpContext context, int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
}
