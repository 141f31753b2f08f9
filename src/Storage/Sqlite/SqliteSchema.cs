using System.Globalization;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite;

/// <summary>Ordered steps that bring a database file from any earlier release to this one.</summary>
/// <param name="name">What the file is, for error messages.</param>
/// <param name="steps">Step n leads from version n to n + 1. Steps are only ever added.</param>
internal sealed class SqliteSchema(string name, IReadOnlyList<string> steps)
{
    /// <summary>Applies the steps that are missing, each in a transaction with its new version, so that a crash leaves a whole step or none.</summary>
    public void Apply(SqliteConnection connection)
    {
        while (true)
        {
            // The version is read under the write lock: a second process that opens the file at the same time must not repeat a step.
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                var version = (int)connection.ScalarInt64("PRAGMA user_version");
                if (version > steps.Count)
                {
                    throw new InvalidDataException(
                        $"The {name} was written by a newer release: its schema is version {version}, this release knows up to {steps.Count}.");
                }

                if (version == steps.Count)
                {
                    connection.Execute("COMMIT");
                    return;
                }

                connection.Execute(steps[version]);
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version + 1}"));
                connection.Execute("COMMIT");
            }
            catch
            {
                connection.RollbackIfOpen();
                throw;
            }
        }
    }
}
