using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GatewayActors.Storage.Sqlite;

/// <summary>A prepared statement whose values are bound in order, straight to SQLite.</summary>
/// <remarks>
/// For statements that run once per log entry: the driver's command and parameter objects cost several times what SQLite itself does.
/// Not thread-safe.
/// </remarks>
internal sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Int64(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement Int64(long? value) => value is { } number ? Int64(number) : Null();

    public SqliteStatement Boolean(bool value) => Int64(value ? 1 : 0);

    public SqliteStatement Text(string? value)
    {
        if (value is null)
        {
            return Null();
        }

        if (value.Length * 3 <= StackBytes)
        {
            Span<byte> bytes = stackalloc byte[StackBytes];
            BindText(value, bytes);
        }
        else
        {
            var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
            BindText(value, bytes);
            ArrayPool<byte>.Shared.Return(bytes);
        }

        return this;
    }

    public SqliteStatement Blob(ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement ZeroBlob(int length)
    {
        Check(raw.sqlite3_bind_zeroblob(_statement, ++_bound, length));
        return this;
    }

    /// <summary>Values are unbound after each run, so a null only has to be skipped.</summary>
    public SqliteStatement Null()
    {
        _bound++;
        return this;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        try
        {
            var code = raw.sqlite3_step(_statement);
            if (code != raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(code, _database);
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs a statement that gives at most one row, and reads its first column.</summary>
    public long? RunScalar()
    {
        try
        {
            var code = raw.sqlite3_step(_statement);
            if (code == raw.SQLITE_DONE)
            {
                return null;
            }

            if (code != raw.SQLITE_ROW)
            {
                SqliteException.ThrowExceptionForRC(code, _database);
            }

            var value = raw.sqlite3_column_int64(_statement, 0);
            return raw.sqlite3_step(_statement) == raw.SQLITE_DONE
                ? value
                : throw new InvalidOperationException("The statement gives more than one row.");
        }
        finally
        {
            Reset();
        }
    }

    public void Dispose() => _statement?.Dispose();

    private void BindText(string value, Span<byte> buffer)
    {
        var length = Encoding.UTF8.GetBytes(value, buffer);
        Check(raw.sqlite3_bind_text(_statement, ++_bound, buffer[..length]));
    }

    private void Reset()
    {
        // The result is that of the last step again, which has been dealt with.
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
        _bound = 0;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
    }
}
