using GatewayActors.Abstractions.Audit;

namespace GatewayActors.Storage.Sqlite.Audit;

/// <summary>Keeps the audit log in a SQLite file of its own.</summary>
internal sealed class SqliteAuditStore(string path) : IAuditStore, IAsyncDisposable
{
    private readonly SqliteFile _file = new(path);
    private AuditWriter? _writer;

    private AuditWriter Writer => _writer ?? throw new InvalidOperationException("The audit log is not open.");

    public Task InitializeAsync(CancellationToken cancellationToken = default)
    {
        var connection = _file.OpenWriter();
        try
        {
            connection.UseWriteAheadLog();
            connection.Execute("PRAGMA synchronous = FULL"); // What was answered must be there after a power failure too.
            AuditSchema.Schema.Apply(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _writer = new(connection);
        return Task.CompletedTask;
    }

    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken = default) =>
        Writer.DoAsync(connection => AuditSql.Insert(connection, entry));

    public async Task<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        // A connection for each question: they are few, and it sees the last commit without waiting for the writer.
        await using var connection = _file.OpenReader();
        return AuditSql.Read(connection, query);
    }

    public Task<int> DeleteAsync(DateTimeOffset before, CancellationToken cancellationToken = default) =>
        Writer.DoAsync(connection => AuditSql.Delete(connection, before));

    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? ValueTask.CompletedTask;
}
