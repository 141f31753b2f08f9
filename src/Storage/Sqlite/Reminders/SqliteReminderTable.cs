using System.Globalization;
using Microsoft.Data.Sqlite;
using Orleans;
using Orleans.Runtime;

namespace GatewayActors.Storage.Sqlite.Reminders;

/// <summary>The reminders of the grains of one silo, in a SQLite file. What was answered is on the disk. Thread-safe.</summary>
/// <remarks>They are few, and written when a grain asks for a new one: everything happens at once, under one lock.</remarks>
internal sealed class SqliteReminderTable : IReminderTable, IDisposable
{
    private const string Columns = "grain_id, name, start_ticks, period_ticks, version";

    private static readonly SqliteSchema Schema = new("reminders database",
    [
        """
        CREATE TABLE reminder (
            grain_id TEXT NOT NULL,
            name TEXT NOT NULL,
            hash INTEGER NOT NULL,
            start_ticks INTEGER NOT NULL,
            period_ticks INTEGER NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (grain_id, name)) WITHOUT ROWID;
        """,
    ]);

    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;

    public SqliteReminderTable(string path)
    {
        _connection = new SqliteFile(path).OpenWriter();
        try
        {
            _connection.UseWriteAheadLog();
            _connection.Execute("PRAGMA synchronous = FULL");
            Schema.Apply(_connection);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        Task.FromResult(new ReminderTableData(Read("WHERE grain_id = $grain", ("$grain", grainId.ToString()))));

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Task.FromResult(new ReminderTableData(Read(
        begin < end ? "WHERE hash > $begin AND hash <= $end" : "WHERE hash > $begin OR hash <= $end", ("$begin", (long)begin), ("$end", (long)end))));

    /// <inheritdoc/>
    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        Task.FromResult(Read("WHERE grain_id = $grain AND name = $name", ("$grain", grainId.ToString()), ("$name", reminderName)).FirstOrDefault());

    /// <inheritdoc/>
    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        lock (_lock)
        {
            using var command = Command(
                """
                INSERT INTO reminder (grain_id, name, hash, start_ticks, period_ticks, version) VALUES ($grain, $name, $hash, $start, $period, 1)
                ON CONFLICT DO UPDATE SET start_ticks = excluded.start_ticks, period_ticks = excluded.period_ticks, version = version + 1
                RETURNING version
                """,
                ("$grain", entry.GrainId.ToString()),
                ("$name", entry.ReminderName),
                ("$hash", (long)entry.GrainId.GetUniformHashCode()),
                ("$start", entry.StartAt.ToUniversalTime().Ticks),
                ("$period", entry.Period.Ticks));
            return Task.FromResult<string?>(ETagOf((long)command.ExecuteScalar()!));
        }
    }

    /// <inheritdoc/>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        lock (_lock)
        {
            using var command = Command(
                "DELETE FROM reminder WHERE grain_id = $grain AND name = $name AND version = $version",
                ("$grain", grainId.ToString()),
                ("$name", reminderName),
                ("$version", long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0));
            return Task.FromResult(command.ExecuteNonQuery() == 1);
        }
    }

    /// <inheritdoc/>
    public Task TestOnlyClearTable()
    {
        lock (_lock)
        {
            _connection.Execute("DELETE FROM reminder");
        }

        return Task.CompletedTask;
    }

    public void Dispose() => _connection.Dispose();

    private List<ReminderEntry> Read(string where, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        lock (_lock)
        {
            using var command = Command($"SELECT {Columns} FROM reminder {where}", parameters);
            using var reader = command.ExecuteReader();
            List<ReminderEntry> entries = [];
            while (reader.Read())
            {
                entries.Add(new()
                {
                    GrainId = GrainId.Parse(reader.GetString(0)),
                    ReminderName = reader.GetString(1),
                    StartAt = new(reader.GetInt64(2), DateTimeKind.Utc),
                    Period = TimeSpan.FromTicks(reader.GetInt64(3)),
                    ETag = ETagOf(reader.GetInt64(4)),
                });
            }

            return entries;
        }
    }

    private static string ETagOf(long version) => version.ToString(CultureInfo.InvariantCulture);

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
