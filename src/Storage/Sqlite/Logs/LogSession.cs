using GatewayActors.Storage.Logs;
using LinqToDB;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>A connection with its LINQ view. For one thread at a time.</summary>
internal sealed class LogSession : IDisposable
{
    public LogSession(SqliteConnection connection)
    {
        Connection = connection;
        connection.CreateFunction<string?, string, bool>(
            LogSql.SqliteContains, (text, needle) => text?.Contains(needle, StringComparison.OrdinalIgnoreCase) == true, isDeterministic: true);
        DurationFunctions.Register(connection);
        Database = new(new DataOptions().UseConnection(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), connection, disposeConnection: false));
    }

    public SqliteConnection Connection { get; }

    public LogDatabase Database { get; }

    /// <summary>Runs a query on one state of the database; a cancellation stops it inside SQLite.</summary>
    public T Read<T>(Func<LogSession, T> query, CancellationToken cancellationToken)
    {
        var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(Connection.Handle));
        try
        {
            Connection.Execute("BEGIN");
            return query(this);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The query was cancelled.", exception, cancellationToken);
        }
        finally
        {
            interrupt.Dispose(); // First: it must not interrupt the end of the transaction, nor the connection's next query.
            Connection.RollbackIfOpen(); // Nothing was written.
        }
    }

    public void Dispose()
    {
        Database.Dispose();
        Connection.Dispose();
    }
}
