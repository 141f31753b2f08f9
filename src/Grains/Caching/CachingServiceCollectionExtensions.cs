using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GatewayActors.Grains.Caching;

/// <summary>Registration of what cache shards need of their silo.</summary>
public static class CachingServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds the memory that the cache shards of a silo share.</summary>
        public IServiceCollection AddCacheShards(Action<CacheOptions>? configure = null)
        {
            services.AddOptions<CacheOptions>();
            if (configure is not null)
            {
                services.Configure(configure);
            }

            services.AddSingleton(provider =>
            {
                var options = provider.GetRequiredService<IOptions<CacheOptions>>().Value;
                return new CacheMemory(options.MaxBytes, options.MaxBytesPerAccount);
            });
            return services;
        }
    }
}
