using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.GrainState;

/// <summary>The prepared statements of the writing connection.</summary>
internal sealed class GrainStateTable : IDisposable
{
    // Not WITHOUT ROWID: states are often larger than what a b-tree clustered by a text key holds well.
    // A cleared state keeps its row with a null payload, because its version must go on rising: with the row gone, an activation
    // that still holds the old version could not be told from one that starts anew.
    public static readonly SqliteSchema Schema = new("grain state database",
    [
        """
        CREATE TABLE grain_state (
            state_name TEXT NOT NULL,
            grain_type TEXT NOT NULL,
            grain_key TEXT NOT NULL,
            version INTEGER NOT NULL,
            payload BLOB,
            modified_us INTEGER NOT NULL,
            UNIQUE (state_name, grain_type, grain_key));
        """,
    ]);

    public const string SelectState = "SELECT version, payload FROM grain_state WHERE state_name = $state AND grain_type = $type AND grain_key = $key";

    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _version;
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _timeProvider;

    public GrainStateTable(SqliteConnection connection, TimeProvider timeProvider)
    {
        _connection = connection;
        _timeProvider = timeProvider;
        _begin = Prepare("BEGIN IMMEDIATE", []);
        _commit = Prepare("COMMIT", []);
        _insert = Prepare(
            """
            INSERT INTO grain_state (state_name, grain_type, grain_key, version, payload, modified_us)
            VALUES ($state, $type, $key, 1, $payload, $now) ON CONFLICT DO NOTHING
            """,
            ["$state", "$type", "$key", "$payload", "$now"]);
        _update = Prepare(
            """
            UPDATE grain_state SET version = version + 1, payload = $payload, modified_us = $now
            WHERE state_name = $state AND grain_type = $type AND grain_key = $key AND version = $version
            """,
            ["$state", "$type", "$key", "$payload", "$now", "$version"]);
        _version = Prepare(
            "SELECT version FROM grain_state WHERE state_name = $state AND grain_type = $type AND grain_key = $key",
            ["$state", "$type", "$key"]);
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>Writes if the stored version is the expected one; a conflict changes nothing, so that the rest of the batch is not concerned.</summary>
    public GrainStateWriteResult Write(GrainStateWrite write)
    {
        if (write is { ExpectedVersion: null, Payload: null })
        {
            // Clearing what was never written: nothing to keep a version for, unless somebody wrote it meanwhile.
            var stored = StoredVersion(write);
            return new(Written: stored is null, stored);
        }

        var command = write.ExpectedVersion is null ? _insert : _update;
        SetKey(command, write);
        command.Parameters[3].Value = write.Payload is { } payload ? ToArray(payload) : DBNull.Value;
        command.Parameters[4].Value = Timestamps.ToMicroseconds(_timeProvider.GetUtcNow());
        if (write.ExpectedVersion is { } expected)
        {
            command.Parameters[5].Value = expected;
        }

        return command.ExecuteNonQuery() == 1
            ? new(Written: true, (write.ExpectedVersion ?? 0) + 1)
            : new(Written: false, StoredVersion(write));
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _insert.Dispose();
        _update.Dispose();
        _version.Dispose();
    }

    private long? StoredVersion(GrainStateWrite write)
    {
        SetKey(_version, write);
        return (long?)_version.ExecuteScalar();
    }

    private static void SetKey(SqliteCommand command, GrainStateWrite write)
    {
        command.Parameters[0].Value = write.State;
        command.Parameters[1].Value = write.GrainType;
        command.Parameters[2].Value = write.GrainKey;
    }

    // The driver takes arrays only; the serializer's memory mostly is one, whole.
    private static byte[] ToArray(ReadOnlyMemory<byte> payload) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(payload, out var segment) && segment.Offset == 0 && segment.Array is { } array
            && array.Length == segment.Count
            ? array
            : payload.ToArray();

    private SqliteCommand Prepare(string sql, ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}
