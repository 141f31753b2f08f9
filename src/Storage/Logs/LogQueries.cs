using GatewayActors.Abstractions.Logs;
using LinqToDB;

namespace GatewayActors.Storage.Logs;

/// <summary>Answers queries, the same way on every database.</summary>
internal static class LogQueries
{
    extension(LogDatabase database)
    {
        public LogPage List(LogQuery query)
        {
            if (database.FindGateway(query.AccountId, query.GatewayId) is not { } gateway)
            {
                return new([], 0, query.WithRanges ? Ranges([]) : null);
            }

            var matching = database.Matching(gateway.Key, query);
            var count = query is { Filters.Count: 0, Search: null or "" } ? gateway.Entries : matching.LongCount();
            var skip = (query.Page - 1L) * query.PerPage;
            var rows = skip >= count ? [] : matching.InOrder(query).Skip((int)skip).Take(query.PerPage).ToList();
            return new(
                [.. rows.Select(row => row.ToEntry(query.AccountId, query.GatewayId))],
                count,
                query.WithRanges ? Ranges(count == 0 ? [] : RangesOf(matching)) : null);
        }

        public IReadOnlyList<LogEntry> Read(LogQuery query, LogPosition? after, int limit)
        {
            if (database.FindGateway(query.AccountId, query.GatewayId) is not { } gateway)
            {
                return [];
            }

            var matching = database.Matching(gateway.Key, query);
            if (after is not null)
            {
                var (time, id) = (Timestamps.ToMicroseconds(after.CreatedAt), LogIds.ToBytes(after.Id));
                matching = query.Descending
                    ? matching.Where(row => LogSql.IsBefore(row.CreatedUs, row.Id, time, id))
                    : matching.Where(row => LogSql.IsAfter(row.CreatedUs, row.Id, time, id));
            }

            var rows = matching.InOrder(query with { OrderBy = LogOrder.CreatedAt }).Take(limit).ToList();
            return [.. rows.Select(row => row.ToEntry(query.AccountId, query.GatewayId))];
        }

        public LogRow? FindEntry(string accountId, string gatewayId, Guid id)
        {
            var bytes = LogIds.ToBytes(id);
            return database.FindGateway(accountId, gatewayId) is { Key: var key }
                ? database.Entries.FirstOrDefault(row => row.GatewayKey == key && row.Id == bytes)
                : null;
        }
    }

    // One pass for all of them.
    private static List<StoredRanges> RangesOf(IQueryable<LogRow> rows) =>
    [
        .. rows
            .Select(row => new
            {
                row.CostPico,
                row.DurationUs,
                row.TokensIn,
                row.TokensOut,
                Tokens = row.TokensIn == null && row.TokensOut == null ? (long?)null : (row.TokensIn ?? 0) + (row.TokensOut ?? 0),
            })
            .GroupBy(_ => 1)
            .Select(all => new StoredRanges(
                all.Min(row => row.CostPico),
                all.Max(row => row.CostPico),
                all.Min(row => (long?)row.DurationUs),
                all.Max(row => (long?)row.DurationUs),
                all.Min(row => row.TokensIn),
                all.Max(row => row.TokensIn),
                all.Min(row => row.TokensOut),
                all.Max(row => row.TokensOut),
                all.Min(row => row.Tokens),
                all.Max(row => row.Tokens))),
    ];

    private static LogRanges Ranges(List<StoredRanges> stored)
    {
        var ranges = stored.SingleOrDefault();
        return new(
            Dollars(ranges?.MinCost),
            Dollars(ranges?.MaxCost),
            Milliseconds(ranges?.MinDuration),
            Milliseconds(ranges?.MaxDuration),
            ranges?.MinIn,
            ranges?.MaxIn,
            ranges?.MinOut,
            ranges?.MaxOut,
            ranges?.MinTokens,
            ranges?.MaxTokens);
    }

    private static decimal? Dollars(long? pico) => pico is { } value ? PicoDollars.ToDollars(value) : null;

    private static double? Milliseconds(long? microseconds) => microseconds is { } value ? Timestamps.Milliseconds(value) : null;

    private sealed record StoredRanges(
        long? MinCost,
        long? MaxCost,
        long? MinDuration,
        long? MaxDuration,
        long? MinIn,
        long? MaxIn,
        long? MinOut,
        long? MaxOut,
        long? MinTokens,
        long? MaxTokens);
}
