using GatewayActors.Front.Dlp.Profiles;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Dlp;

/// <summary>Registration of data loss prevention.</summary>
internal static class DlpExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds data loss prevention. Before other inspectors: where several refuse, the first one is what the client is told.</summary>
        public IServiceCollection AddDlp()
        {
            services.AddSingleton<AccountProfiles>();
            services.AddSingleton<IInspector, DlpInspector>();
            return services;
        }
    }
}
