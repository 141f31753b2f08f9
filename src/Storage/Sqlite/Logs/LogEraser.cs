using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>Deletes entries and what their bodies hold. Works inside the writer's transaction.</summary>
internal sealed class LogEraser(LogSession session, LogBatchWriter writer) : IDisposable
{
    private readonly SqliteStatement _deleteEntry = new(session.Connection, "DELETE FROM log_entry WHERE gateway_key = ? AND created_us = ? AND id = ?");
    private readonly SqliteStatement _release = new(session.Connection, "UPDATE body_file SET live = live - ? WHERE id = ? RETURNING live");
    private readonly SqliteStatement _deleteFile = new(session.Connection, "DELETE FROM body_file WHERE id = ?");
    private readonly SqliteStatement _erase = new(session.Connection, "INSERT INTO body_erasure (file, offset, length) VALUES (?, ?, ?)");
    private readonly MetadataRollupWriter _metadata = new(session.Connection);
    private readonly SqliteStatement _countEntries = new(session.Connection, "UPDATE gateway SET entries = entries - ? WHERE key = ?");

    /// <summary>Deletes the first entries of a query in its order.</summary>
    public int Erase(LogQuery query, int limit) => session.Database.FindGateway(query.AccountId, query.GatewayId) is { Key: var key }
        ? Erase(key, session.Database.Matching(key, query).InOrder(query), limit, query)
        : 0;

    /// <summary>Deletes the oldest entries of a gateway, and what they add to the sums by metadata.</summary>
    public void EraseOldest(long gatewayKey, int count)
    {
        var gateway = session.Database.Gateways.Single(gateway => gateway.Key == gatewayKey);
        Erase(gatewayKey, Oldest(gatewayKey), count, new() { AccountId = gateway.AccountId, GatewayId = gateway.GatewayId });
    }

    /// <summary>Deletes some entries of a gateway that is to go altogether.</summary>
    public int Erase(long gatewayKey, int limit) => Erase(gatewayKey, Oldest(gatewayKey), limit, null);

    /// <summary>Puts an entry's sums by metadata right after it has changed.</summary>
    public void ChangeMetadata(long gatewayKey, LogEntry before, LogEntry after)
    {
        Subtract(gatewayKey, [before]);
        _metadata.Begin();
        _metadata.Add(gatewayKey, after);
        _metadata.Flush();
    }

    /// <summary>Deletes a gateway that has no entries left, and its rollups.</summary>
    public void EraseGateway(long gatewayKey)
    {
        session.Database.MinuteRollups.Delete(row => row.GatewayKey == gatewayKey);
        session.Database.HourRollups.Delete(row => row.GatewayKey == gatewayKey);
        session.Database.MetadataRollups.Delete(row => row.GatewayKey == gatewayKey);
        session.Database.Outbox.Delete(row => row.GatewayKey == gatewayKey);
        session.Database.Gateways.Delete(row => row.Key == gatewayKey);
    }

    public void Dispose()
    {
        _deleteEntry.Dispose();
        _release.Dispose();
        _deleteFile.Dispose();
        _erase.Dispose();
        _countEntries.Dispose();
        _metadata.Dispose();
    }

    private IOrderedQueryable<LogRow> Oldest(long gatewayKey) =>
        session.Database.Entries.Where(row => row.GatewayKey == gatewayKey).OrderBy(row => row.CreatedUs).ThenBy(row => row.Id);

    // With a query, some entries go and the gateway stays, and so do the sums over the others.
    private int Erase(long gatewayKey, IQueryable<LogRow> rows, int limit, LogQuery? query)
    {
        if (query is not null)
        {
            var entries = rows.Take(limit).Where(row => row.Metadata != null).ToList();
            Subtract(gatewayKey, entries.Select(row => row.ToEntry(query.AccountId, query.GatewayId)));
        }

        var victims = rows.Take(limit)
            .Select(row => new { row.CreatedUs, row.Id, row.BodyFile, row.BodyOffset, row.RequestBodyLength, row.ResponseBodyLength })
            .ToList();
        foreach (var victim in victims)
        {
            _deleteEntry.Int64(gatewayKey).Int64(victim.CreatedUs).Blob(victim.Id).Run();
        }

        foreach (var file in victims.Where(victim => victim.BodyFile is not null).GroupBy(victim => victim.BodyFile!.Value))
        {
            var ranges = file.Select(victim => (victim.BodyOffset ?? 0, (victim.RequestBodyLength ?? 0) + (victim.ResponseBodyLength ?? 0)));
            EraseBodies(file.Key, [.. ranges]);
        }

        _countEntries.Int64(victims.Count).Int64(gatewayKey).Run();
        return victims.Count;
    }

    private void Subtract(long gatewayKey, IEnumerable<LogEntry> entries)
    {
        _metadata.Begin();
        foreach (var entry in entries)
        {
            _metadata.Add(gatewayKey, entry);
        }

        _metadata.FlushSubtracting();
    }

    // The bytes themselves are overwritten after the commit: before it a reader may still be entitled to them.
    private void EraseBodies(long file, List<(long Offset, long Length)> ranges)
    {
        if (_release.Int64(ranges.Count).Int64(file).RunScalar() == 0)
        {
            _deleteFile.Int64(file).Run();
            _erase.Int64(file).Int64(0).Int64(0).Run();
            writer.ForgetFile(file);
            return;
        }

        foreach (var (offset, length) in ranges)
        {
            _erase.Int64(file).Int64(offset).Int64(length).Run();
        }
    }
}
