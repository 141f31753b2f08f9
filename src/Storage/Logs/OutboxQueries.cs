using GatewayActors.Abstractions.Logs;
using LinqToDB;
using LinqToDB.Mapping;

namespace GatewayActors.Storage.Logs;

/// <summary>Reads what is to be pushed, the same way on every database.</summary>
internal static class OutboxQueries
{
    extension(LogDatabase database)
    {
        public ITable<OutboxRow> Outbox => database.GetTable<OutboxRow>();

        public IReadOnlyList<string> OutboxAccounts() =>
        [
            .. database.Gateways.Where(gateway => database.GetTable<OutboxRow>().Any(row => row.GatewayKey == gateway.Key)).Select(gateway => gateway.AccountId).Distinct(),
        ];

        public IReadOnlyList<OutboxEntry> ReadOutbox(string accountId, long after, int limit)
        {
            // By gateway, so that the index finds what one account has among that of all.
            List<OutboxEntry> found = [];
            foreach (var gateway in database.Gateways.Where(gateway => gateway.AccountId == accountId).ToList())
            {
                var noted =
                    from row in database.GetTable<OutboxRow>()
                    where row.GatewayKey == gateway.Key && row.Number > after
                    from entry in database.Entries.InnerJoin(entry => entry.GatewayKey == row.GatewayKey && entry.CreatedUs == row.CreatedUs && entry.Id == row.EntryId)
                    orderby row.Number
                    select new { row.Number, Entry = entry };
                found.AddRange(noted.Take(limit).ToList().Select(both => new OutboxEntry(both.Number, both.Entry.ToEntry(accountId, gateway.GatewayId))));
            }

            return [.. found.OrderBy(entry => entry.Number).Take(limit)];
        }

        public void TrimOutbox(string accountId, long upTo)
        {
            var keys = database.Gateways.Where(gateway => gateway.AccountId == accountId).Select(gateway => gateway.Key).ToList();
            database.GetTable<OutboxRow>().Delete(row => keys.Contains(row.GatewayKey) && row.Number <= upTo);
        }
    }
}

/// <summary>A note that an entry is to be pushed.</summary>
[Table("log_outbox")]
internal sealed class OutboxRow
{
    [Column("number"), PrimaryKey] public long Number { get; set; }

    [Column("gateway_key")] public long GatewayKey { get; set; }

    [Column("created_us")] public long CreatedUs { get; set; }

    [Column("entry_id"), NotNull] public byte[] EntryId { get; set; } = [];
}
