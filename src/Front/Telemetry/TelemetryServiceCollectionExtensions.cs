using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GatewayActors.Front.Telemetry;

internal static class TelemetryServiceCollectionExtensions
{
    private const string DefaultServiceName = "gateway-actors";

    /// <summary>
    /// Orleans' instruments that cost nothing per call; those that are recorded for every grain call would be paid by every request.
    /// </summary>
    private static readonly string[] OrleansInstruments =
    [
        "orleans-catalog-activation",
        "orleans-networking-sockets",
        "orleans-watchdog",
        "orleans-app-requests-timedout",
        "orleans-app-requests-canceled",
        "orleans-messaging-sent-failed",
        "orleans-messaging-sent-dropped",
        "orleans-messaging-rejected",
        "orleans-messaging-expired",
        "orleans-storage-",
    ];

    extension(IServiceCollection services)
    {
        /// <summary>
        /// Adds <see cref="GatewayMetrics"/>, the exporter behind <c>/metrics</c>, and OTLP export of metrics and spans where the
        /// standard <c>OTEL_EXPORTER_OTLP_*</c> variables name an endpoint. Sampling follows <c>OTEL_TRACES_SAMPLER</c>.
        /// </summary>
        public IServiceCollection AddGatewayTelemetry(IConfiguration configuration)
        {
            services.TryAddSingleton<TelemetryLabels>();
            services.TryAddSingleton<GatewayMetrics>();

            var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => AddService(resource, configuration));
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddMeter(TelemetryNames.Source, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Orleans");
                metrics.AddView(instrument => instrument.Meter.Name == "Microsoft.Orleans"
                    && !OrleansInstruments.Any(prefix => instrument.Name.StartsWith(prefix, StringComparison.Ordinal))
                        ? MetricStreamConfiguration.Drop
                        : null);
                metrics.AddPrometheusExporter();
                if (IsExported(configuration, "METRICS"))
                {
                    metrics.AddOtlpExporter();
                }
            });

            if (IsExported(configuration, "TRACES"))
            {
                telemetry.WithTracing(tracing => tracing.AddSource(TelemetryNames.Source).AddOtlpExporter());
            }

            return services;
        }
    }

    /// <summary>Whether the standard variables ask for OTLP export of a signal.</summary>
    internal static bool IsExported(IConfiguration configuration, string signal) =>
        !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && configuration[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp"
        && (!string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
            || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]));

    private static void AddService(ResourceBuilder resource, IConfiguration configuration)
    {
        var isNamed = !string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"])
            || configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Contains("service.name=", StringComparison.Ordinal) == true;
        if (!isNamed)
        {
            var version = typeof(TelemetryNames).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            resource.AddService(DefaultServiceName, serviceVersion: version);
        }
    }
}
