using System.Runtime.InteropServices;
using GatewayActors.Abstractions.Logs;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Writes batches on the store's one writing connection. Not thread-safe.</summary>
internal sealed class LogBatchWriter(SqliteConnection connection, BodyFiles files) : IDisposable
{
    private readonly SqliteStatement _begin = new(connection, "BEGIN IMMEDIATE");
    private readonly SqliteStatement _commit = new(connection, "COMMIT");
    private readonly SqliteStatement _findGateway = new(connection, "SELECT key FROM gateway WHERE account_id = ? AND gateway_id = ?");
    private readonly SqliteStatement _addGateway = new(connection, "INSERT INTO gateway (account_id, gateway_id) VALUES (?, ?) RETURNING key");
    private readonly SqliteStatement _countEntries = new(connection, "UPDATE gateway SET entries = entries + ? WHERE key = ?");
    private readonly LogRoom _room = new(connection);
    private readonly LogInsert _insert = new(connection);
    private readonly OutboxInsert _outbox = new(connection);
    private readonly BodyFileWriter _bodies = new(connection, files);
    private readonly RollupWriter _rollups = new(connection);
    private readonly Dictionary<(string Account, string Gateway), long> _gatewayKeys = [];
    private readonly Dictionary<long, int> _added = [];

    /// <summary>Writes all of the batch with its rollups, and deletes what it leaves no room for; or nothing.</summary>
    /// <param name="batch">The entries.</param>
    /// <param name="eraser">Deletes entries.</param>
    /// <returns>Whether something was deleted, so that bodies have to be overwritten.</returns>
    public bool Write(IReadOnlyList<LogEntry> batch, LogEraser eraser)
    {
        var hasErased = false;
        _begin.Run();
        try
        {
            _bodies.Begin();
            _rollups.Begin();
            _room.Begin();
            _added.Clear();
            foreach (var entry in batch)
            {
                var key = GatewayKey(entry.AccountId, entry.GatewayId);
                _rollups.Add(key, entry);
                if (!entry.IsOnlyCounted && _room.Take(key, entry.Capacity))
                {
                    _insert.Write(key, entry, _bodies.Add(entry));
                    _outbox.Write(key, entry);
                    CollectionsMarshal.GetValueRefOrAddDefault(_added, key, out _)++;
                }
            }

            _bodies.Flush();
            _rollups.Flush();
            foreach (var (key, count) in _added)
            {
                _countEntries.Int64(count).Int64(key).Run();
            }

            foreach (var (key, count) in _room.Excess())
            {
                eraser.EraseOldest(key, count);
                hasErased = true;
            }

            _commit.Run();
            _bodies.Committed();
            return hasErased;
        }
        catch
        {
            ForgetGateways(); // Keys that this transaction made are gone with it.
            connection.RollbackIfOpen();
            throw;
        }
    }

    /// <summary>Reads the gateways' keys anew, after some may have been deleted.</summary>
    public void ForgetGateways() => _gatewayKeys.Clear();

    /// <summary>Appends nothing more to a file whose last entry was deleted.</summary>
    public void ForgetFile(long id) => _bodies.Forget(id);

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _findGateway.Dispose();
        _addGateway.Dispose();
        _countEntries.Dispose();
        _room.Dispose();
        _insert.Dispose();
        _outbox.Dispose();
        _bodies.Dispose();
        _rollups.Dispose();
    }

    private long GatewayKey(string account, string gateway)
    {
        if (!_gatewayKeys.TryGetValue((account, gateway), out var key))
        {
            key = _findGateway.Text(account).Text(gateway).RunScalar() ?? _addGateway.Text(account).Text(gateway).RunScalar()!.Value;
            _gatewayKeys.Add((account, gateway), key);
        }

        return key;
    }
}
