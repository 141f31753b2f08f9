using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Connections to the request log, with the settings it needs.</summary>
internal static class LogConnections
{
    /// <summary>Opens the writing connection and brings the schema up to date.</summary>
    public static SqliteConnection OpenWriter(SqliteFile file)
    {
        var connection = file.OpenWriter();
        try
        {
            connection.Execute("PRAGMA busy_timeout = 30000");
            connection.Execute("PRAGMA page_size = 8192"); // Only has an effect on a new file.
            connection.UseWriteAheadLog();

            // NORMAL: a commit is not flushed to the disk, only a checkpoint is. A crash of this process loses nothing. A power loss or
            // a crash of the operating system may lose the last commits, some seconds of entries and their rollups, never part of one.
            connection.Execute("PRAGMA synchronous = NORMAL");

            // What is deleted is overwritten, in the rows as in the bodies.
            connection.Execute("PRAGMA secure_delete = ON");

            // Rarer checkpoints write the pages that every batch changes (the ends of the trees) less often: 64 MiB of log.
            connection.Execute("PRAGMA wal_autocheckpoint = 8192");
            connection.Execute("PRAGMA journal_size_limit = 134217728");
            connection.Execute("PRAGMA cache_size = -65536");
            LogSchema.Schema.Apply(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
