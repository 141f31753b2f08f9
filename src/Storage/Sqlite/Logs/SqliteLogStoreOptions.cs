namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Where the request log is kept in one SQLite file.</summary>
public sealed class SqliteLogStoreOptions
{
    /// <summary>The database file. Its directory is made if it is missing. Required.</summary>
    public string Path { get; set; } = "";
}
