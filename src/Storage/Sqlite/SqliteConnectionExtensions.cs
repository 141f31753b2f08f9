using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GatewayActors.Storage.Sqlite;

internal static class SqliteConnectionExtensions
{
    extension(SqliteConnection connection)
    {
        public void Execute(string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The callers are in this folder and pass constants or numbers, never input.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        public long ScalarInt64(string sql) => Convert.ToInt64(connection.Scalar(sql), CultureInfo.InvariantCulture);

        /// <summary>Sets write-ahead logging, and fails where the file system cannot do it, instead of running without it.</summary>
        public void UseWriteAheadLog()
        {
            if (connection.Scalar("PRAGMA journal_mode = WAL") is not "wal")
            {
                throw new IOException($"The database {connection.DataSource} cannot use write-ahead logging; is it on a network file system?");
            }
        }

        /// <summary>Rolls back unless SQLite already did: after some errors (disk full, I/O) it ends the transaction itself.</summary>
        public void RollbackIfOpen()
        {
            if (connection.IsInTransaction)
            {
                connection.Execute("ROLLBACK");
            }
        }

        public bool IsInTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

        private object? Scalar(string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // As above.
            command.CommandText = sql;
#pragma warning restore CA2100
            return command.ExecuteScalar();
        }
    }
}
