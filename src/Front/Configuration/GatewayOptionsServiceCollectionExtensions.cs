using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GatewayActors.Front.Configuration;

internal static class GatewayOptionsServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>
        /// Adds <see cref="GatewayOptions"/> as <see cref="IOptions{TOptions}"/> and by itself. A mistake stops the host, with all of
        /// them listed.
        /// </summary>
        /// <param name="configuration">The whole configuration.</param>
        /// <param name="providerSlugs">The slugs that may stand under <c>Gateway:Providers</c>.</param>
        public IServiceCollection AddGatewayOptions(IConfiguration configuration, IReadOnlySet<string> providerSlugs)
        {
            services.AddOptions<GatewayOptions>()
                .Configure(options => GatewayOptionsReader.Read(configuration, providerSlugs, options))
                .ValidateOnStart();
            services.AddSingleton<IValidateOptions<GatewayOptions>>(new Validator(configuration, providerSlugs));
            services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<GatewayOptions>>().Value);
            return services;
        }
    }

    private sealed class Validator(IConfiguration configuration, IReadOnlySet<string> providerSlugs) : IValidateOptions<GatewayOptions>
    {
        public ValidateOptionsResult Validate(string? name, GatewayOptions options) =>
            GatewayOptionsReader.Validate(configuration, providerSlugs) is { Count: > 0 } mistakes
                ? ValidateOptionsResult.Fail(mistakes)
                : ValidateOptionsResult.Success;
    }
}
