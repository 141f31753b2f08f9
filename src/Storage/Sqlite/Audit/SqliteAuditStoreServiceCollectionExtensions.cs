using GatewayActors.Abstractions.Audit;
using GatewayActors.Storage.Sqlite.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GatewayActors.Storage;

/// <summary>Registration of the audit log in a SQLite file.</summary>
public static class SqliteAuditStoreServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Keeps the audit log in a SQLite file. Whoever starts the host calls <see cref="IAuditStore.InitializeAsync"/> first.</summary>
        /// <param name="configure">Sets at least <see cref="SqliteAuditStoreOptions.Path"/>.</param>
        public IServiceCollection AddSqliteAuditStore(Action<SqliteAuditStoreOptions> configure)
        {
            services.AddOptions<SqliteAuditStoreOptions>()
                .Configure(configure)
                .Validate(
                    options => !string.IsNullOrWhiteSpace(options.Path),
                    $"{nameof(SqliteAuditStoreOptions)}.{nameof(SqliteAuditStoreOptions.Path)} is empty.")
                .ValidateOnStart();
            return services.AddSingleton<IAuditStore>(provider => new SqliteAuditStore(provider.GetRequiredService<IOptions<SqliteAuditStoreOptions>>().Value.Path));
        }
    }
}
