using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>Registration of single sign-on.</summary>
internal static class SingleSignOnExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds the checks of tokens of <see cref="Configuration.GatewayOptions.Oidc"/>; as often as one likes.</summary>
        public IServiceCollection AddIssuers()
        {
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<IssuerClient>();
            services.TryAddSingleton<SignOnCatalog>();
            return services;
        }

        /// <summary>
        /// Adds the sign-ons of <see cref="Configuration.GatewayOptions.Oidc"/>. Needs an <see cref="IGrainFactory"/>, and the keys that fronts share
        /// (<see cref="Microsoft.AspNetCore.DataProtection.IDataProtectionProvider"/>).
        /// </summary>
        public IServiceCollection AddSingleSignOn()
        {
            services.AddIssuers();
            services.AddSingleton<SignOnCookies>();
            services.AddSingleton<CodeExchange>();
            services.AddSingleton<SignOnSessions>();
            services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, SingleSignOnJson.Default));
            return services;
        }
    }
}
