using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace GatewayActors.Front.Secrets;

/// <summary>Registration of the sealing of secrets.</summary>
internal static class SecretsServiceCollectionExtensions
{
    // Part of the derivation of all keys.
    private const string ApplicationName = "gateway-actors";

    extension(IServiceCollection services)
    {
        /// <summary>Adds the sealing of secrets with an open key ring. New keys of the ring are made by themselves, former ones go on opening.</summary>
        public IServiceCollection AddSecretSealing(KeyRing ring)
        {
            services.AddSingleton(ring.MasterKeys);
            services.AddDataProtection().SetApplicationName(ApplicationName);
            services.Configure<KeyManagementOptions>(options => (options.XmlRepository, options.XmlEncryptor) = (ring, ring.MasterKeys));
            services.AddSingleton<SecretSealer>();
            return services;
        }
    }
}
