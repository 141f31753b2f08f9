using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>
/// Brings the files with bodies in line with the database: what a deletion has released is overwritten or removed after its
/// transaction, and what a crash left over at the next start.
/// </summary>
internal sealed class BodyFileRecovery(SqliteConnection connection, BodyFiles files)
{
    /// <summary>At the start: no file is without a row and none is longer than its row says.</summary>
    public void Recover()
    {
        var lengths = Rows("SELECT id, length, 0 FROM body_file").ToDictionary(row => row.File, row => row.Offset);
        foreach (var id in files.Ids())
        {
            if (lengths.TryGetValue(id, out var length))
            {
                files.Truncate(id, length);
            }
            else
            {
                files.Delete(id);
            }
        }

        Erase();
    }

    /// <summary>Does what committed deletions have left to do. Interrupted, it is done again.</summary>
    public void Erase()
    {
        foreach (var file in Rows("SELECT file, offset, length FROM body_erasure ORDER BY file, offset").GroupBy(row => row.File))
        {
            // A length of 0 stands for the whole file.
            if (file.Any(range => range.Length == 0))
            {
                files.Delete(file.Key);
            }
            else
            {
                files.Overwrite(file.Key, file.Select(range => (range.Offset, range.Length)));
            }
        }

        connection.Execute("DELETE FROM body_erasure");
    }

    private List<(long File, long Offset, long Length)> Rows(string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The two constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<(long, long, long)>();
        while (reader.Read())
        {
            rows.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return rows;
    }
}
