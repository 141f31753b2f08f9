using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Export.Otlp;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GatewayActors.Front.Export;

/// <summary>Registration of what leaves the gateway by itself.</summary>
internal static class ExportExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds the exporters of spans.</summary>
        public void AddSpanExport()
        {
            services.TryAddSingleton<ISecretReferences, StoredSecretReferences>();
            services.AddSingleton<OtlpSender>();
            services.AddSingleton<OtlpExports>();
            services.AddHostedService(provider => provider.GetRequiredService<OtlpExports>());
        }

        /// <summary>Adds what pushes log entries. Needs an <see cref="Abstractions.Logs.ILogOutbox"/> and the data plane's guarded connections.</summary>
        public void AddLogpush()
        {
            services.AddSingleton<LogpushBatches>();
            services.AddSingleton<LogpushSender>();
            services.AddHostedService<LogpushRunner>();
        }
    }
}
