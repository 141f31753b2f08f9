using GatewayActors.Storage.Sqlite.GrainState;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace GatewayActors.Storage;

/// <summary>Registration of grain storage in a SQLite file.</summary>
public static class SqliteGrainStorageServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Keeps the state of grains that name this provider in a SQLite file.</summary>
        /// <param name="name">The provider's name; <c>Default</c> for grains that name none.</param>
        /// <param name="configure">Sets at least <see cref="SqliteGrainStorageOptions.Path"/>.</param>
        public IServiceCollection AddSqliteGrainStorage(string name, Action<SqliteGrainStorageOptions> configure)
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddOptions<SqliteGrainStorageOptions>(name)
                .Configure(configure)
                .Validate(
                    options => !string.IsNullOrWhiteSpace(options.Path),
                    $"{nameof(SqliteGrainStorageOptions)}.{nameof(SqliteGrainStorageOptions.Path)} of grain storage '{name}' is empty.")
                .ValidateOnStart();
            return services.AddGrainStorage(name, Create);
        }
    }

    private static SqliteGrainStorage Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<SqliteGrainStorageOptions>>().Get(name);
        var serializer = options.GrainStorageSerializer ?? new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>());
        return new(
            name, options.Path, serializer, services.GetRequiredService<IActivatorProvider>(), services.GetRequiredService<TimeProvider>());
    }
}
