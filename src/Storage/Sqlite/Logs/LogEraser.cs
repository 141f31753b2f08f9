using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Deletes entries and what their bodies hold. Works inside the writer's transaction.</summary>
internal sealed class LogEraser(LogSession session) : IDisposable
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly SqliteStatement _deleteEntry = new(session.Connection, "DELETE FROM log_entry WHERE gateway_key = ? AND created_us = ? AND id = ?");
    private readonly SqliteStatement _release = new(session.Connection, "UPDATE body_segment SET live = live - ? WHERE id = ? RETURNING live");
    private readonly SqliteStatement _deleteSegment = new(session.Connection, "DELETE FROM body_segment WHERE id = ?");
    private readonly SqliteStatement _deleteData = new(session.Connection, "DELETE FROM body_data WHERE id = ?");
    private readonly SqliteStatement _countEntries = new(session.Connection, "UPDATE gateway SET entries = entries - ? WHERE key = ?");

    /// <summary>Deletes the first entries of a query in its order.</summary>
    public int Erase(LogQuery query, int limit) => session.Database.FindGateway(query.AccountId, query.GatewayId) is { Key: var key }
        ? Erase(key, session.Database.Matching(key, query).InOrder(query), limit)
        : 0;

    /// <summary>Deletes some entries of a gateway, in any order.</summary>
    public int Erase(long gatewayKey, int limit) =>
        Erase(gatewayKey, session.Database.Entries.Where(row => row.GatewayKey == gatewayKey).OrderBy(row => row.CreatedUs), limit);

    /// <summary>Deletes a gateway that has no entries left, and its rollups.</summary>
    public void EraseGateway(long gatewayKey)
    {
        session.Database.Rollups.Delete(row => row.GatewayKey == gatewayKey);
        session.Database.Gateways.Delete(row => row.Key == gatewayKey);
    }

    public void Dispose()
    {
        _deleteEntry.Dispose();
        _release.Dispose();
        _deleteSegment.Dispose();
        _deleteData.Dispose();
        _countEntries.Dispose();
    }

    private int Erase(long gatewayKey, IQueryable<LogRow> rows, int limit)
    {
        var victims = rows.Take(limit)
            .Select(row => new { row.CreatedUs, row.Id, row.BodySegment, row.BodyOffset, row.RequestBodyLength, row.ResponseBodyLength })
            .ToList();
        foreach (var victim in victims)
        {
            _deleteEntry.Int64(gatewayKey).Int64(victim.CreatedUs).Blob(victim.Id).Run();
        }

        foreach (var segment in victims.Where(victim => victim.BodySegment is not null).GroupBy(victim => victim.BodySegment!.Value))
        {
            var ranges = segment.Select(victim => (victim.BodyOffset ?? 0, (victim.RequestBodyLength ?? 0) + (victim.ResponseBodyLength ?? 0)));
            EraseBodies(segment.Key, [.. ranges]);
        }

        _countEntries.Int64(victims.Count).Int64(gatewayKey).Run();
        return victims.Count;
    }

    private void EraseBodies(long segment, List<(long Offset, long Length)> ranges)
    {
        if (_release.Int64(ranges.Count).Int64(segment).RunScalar() == 0)
        {
            // SQLite overwrites the pages: secure_delete is on.
            _deleteSegment.Int64(segment).Run();
            _deleteData.Int64(segment).Run();
            return;
        }

        // In the order in which they lie, because each step backwards begins again at the first page.
        using var blob = new SqliteBlob(session.Connection, "body_data", "data", segment);
        foreach (var (offset, length) in ranges.OrderBy(range => range.Offset))
        {
            blob.Position = offset;
            for (var left = length; left > 0; left -= Zeros.Length)
            {
                blob.Write(Zeros.AsSpan(0, (int)Math.Min(left, Zeros.Length)));
            }
        }
    }
}
