using GatewayActors.Storage.Sqlite.Reminders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Hosting;

namespace GatewayActors.Storage;

/// <summary>Registration of reminders in a SQLite file.</summary>
public static class SqliteRemindersSiloBuilderExtensions
{
    extension(ISiloBuilder silo)
    {
        /// <summary>Keeps the reminders of grains in a SQLite file, for a silo that is alone.</summary>
        /// <param name="configure">Sets at least <see cref="SqliteReminderTableOptions.Path"/>.</param>
        public ISiloBuilder AddSqliteReminders(Action<SqliteReminderTableOptions> configure)
        {
            silo.Services.AddOptions<SqliteReminderTableOptions>()
                .Configure(configure)
                .Validate(
                    options => !string.IsNullOrWhiteSpace(options.Path),
                    $"{nameof(SqliteReminderTableOptions)}.{nameof(SqliteReminderTableOptions.Path)} is empty.")
                .ValidateOnStart();
            silo.Services.AddSingleton<IReminderTable>(services => new SqliteReminderTable(services.GetRequiredService<IOptions<SqliteReminderTableOptions>>().Value.Path));
            return silo.AddReminders();
        }
    }
}
