using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Notes entries that are to be pushed. Works inside the writer's transaction.</summary>
internal sealed class OutboxInsert(SqliteConnection connection) : IDisposable
{
    /// <summary>
    /// Lets the numbers go on from the time, in microseconds: the loss of power may take the last commits with it, and with them numbers that
    /// were pushed already. They must not be given to other entries.
    /// </summary>
    public const string GoOnFromNow =
        """
        INSERT INTO sqlite_sequence (name, seq) SELECT 'log_outbox', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'log_outbox');
        UPDATE sqlite_sequence SET seq = MAX(seq, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) WHERE name = 'log_outbox';
        """;

    private readonly SqliteStatement _insert = new(connection, "INSERT INTO log_outbox (gateway_key, created_us, entry_id) VALUES (?, ?, ?)");

    public void Write(long gatewayKey, LogEntry entry)
    {
        if (entry.IsPushed)
        {
            Span<byte> id = stackalloc byte[16];
            LogIds.Write(entry.Id, id);
            _insert.Int64(gatewayKey).Int64(Timestamps.ToMicroseconds(entry.CreatedAt)).Blob(id).Run();
        }
    }

    public void Dispose() => _insert.Dispose();
}
