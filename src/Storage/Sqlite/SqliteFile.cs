using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite;

/// <summary>How connections to one database file are opened.</summary>
internal sealed class SqliteFile(string path)
{
    private readonly string _path = Path.GetFullPath(path);

    /// <summary>Opens the connection that writes; makes the directory and the file where they are missing.</summary>
    public SqliteConnection OpenWriter()
    {
        if (Path.GetDirectoryName(_path) is { } directory)
        {
            Directory.CreateDirectory(directory);
        }

        return Open(SqliteOpenMode.ReadWriteCreate);
    }

    /// <summary>Opens a connection that can only read. In WAL mode it sees the last commit and never waits for the writer.</summary>
    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadOnly);

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        // No pooling by the driver: each owner keeps its connections, with their prepared statements, and closing one closes the file.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
