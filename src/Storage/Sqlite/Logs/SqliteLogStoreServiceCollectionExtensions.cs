using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Sqlite.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GatewayActors.Storage;

/// <summary>Registration of the request log in a SQLite file.</summary>
public static class SqliteLogStoreServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Keeps the request log, and the sums for analytics, in a SQLite file. Whoever starts the host calls <see cref="ILogStore.InitializeAsync"/> first.</summary>
        /// <param name="configure">Sets at least <see cref="SqliteLogStoreOptions.Path"/>.</param>
        public IServiceCollection AddSqliteLogStore(Action<SqliteLogStoreOptions> configure)
        {
            services.AddOptions<SqliteLogStoreOptions>()
                .Configure(configure)
                .Validate(
                    options => !string.IsNullOrWhiteSpace(options.Path),
                    $"{nameof(SqliteLogStoreOptions)}.{nameof(SqliteLogStoreOptions.Path)} is empty.")
                .ValidateOnStart();
            return services
                .AddSingleton(provider => new SqliteLogStore(provider.GetRequiredService<IOptions<SqliteLogStoreOptions>>().Value.Path))
                .AddSingleton<ILogStore>(provider => provider.GetRequiredService<SqliteLogStore>())
                .AddSingleton<ILogOutbox>(provider => provider.GetRequiredService<SqliteLogStore>())
                .AddSingleton<IAnalyticsStore>(provider => provider.GetRequiredService<SqliteLogStore>());
        }
    }
}
