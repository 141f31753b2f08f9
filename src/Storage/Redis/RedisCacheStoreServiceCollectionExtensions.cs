using System.Diagnostics.CodeAnalysis;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Storage.Redis;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace GatewayActors.Storage;

/// <summary>Registration of the second cache store.</summary>
public static class RedisCacheStoreServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Lets cache shards keep their answers in Redis too.</summary>
        public IServiceCollection AddRedisCacheStore(string connectionString)
        {
            services.Configure<RedisCacheStoreOptions>(options => options.ConnectionString = connectionString);
            return services.AddSingleton<ICacheStore, RedisCacheStore>();
        }
    }

    /// <summary>Whether a connection string can be used; if not, why, without anything of it that may be secret.</summary>
    public static bool IsRedisConnection(string connectionString, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            problem = !string.IsNullOrWhiteSpace(connectionString) && ConfigurationOptions.Parse(connectionString).EndPoints.Count > 0 ? null : "it names no server";
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            problem = exception is ArgumentException { ParamName: { Length: > 0 } name } ? $"its part '{name}' is not known or not valid" : "it cannot be read";
        }

        return problem is null;
    }
}
