using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.GrainState;

/// <summary>Connections that only read, each with its prepared statement. They never wait for the writer.</summary>
internal sealed class GrainStateReaders(SqliteFile file) : IDisposable
{
    // Reads take some 30 µs, so more than a few at once are rare; what exceeds this is closed after use.
    private const int Kept = 8;

    private readonly ConcurrentBag<SqliteCommand> _idle = [];
    private int _idleCount;
    private volatile bool _closed;

    /// <summary>The stored version and payload; null where there is no row. A null payload is a cleared state.</summary>
    public (long Version, byte[]? Payload)? Read(string state, string grainType, string grainKey)
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(SqliteGrainStorage));
        var command = Rent();
        try
        {
            command.Parameters[0].Value = state;
            command.Parameters[1].Value = grainType;
            command.Parameters[2].Value = grainKey;
            using var reader = command.ExecuteReader();
            return reader.Read() ? (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1)) : null;
        }
        finally
        {
            Return(command);
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var command))
        {
            Close(command);
        }
    }

    private SqliteCommand Rent()
    {
        if (_idle.TryTake(out var command))
        {
            Interlocked.Decrement(ref _idleCount);
            return command;
        }

        command = file.OpenReader().CreateCommand();
        command.CommandText = GrainStateTable.SelectState;
        foreach (var name in (ReadOnlySpan<string>)["$state", "$type", "$key"])
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private void Return(SqliteCommand command)
    {
        if (_closed || Interlocked.Increment(ref _idleCount) > Kept)
        {
            Interlocked.Decrement(ref _idleCount);
            Close(command);
            return;
        }

        _idle.Add(command);
        if (_closed)
        {
            Dispose(); // It closed between the check and the return.
        }
    }

    private static void Close(SqliteCommand command)
    {
        var connection = command.Connection;
        command.Dispose();
        connection?.Dispose();
    }
}
