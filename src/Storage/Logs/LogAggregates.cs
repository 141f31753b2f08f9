using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Logs;

/// <summary>Counts and sums over entries, the same way on every database.</summary>
internal static class LogAggregates
{
    // A cost can be as large as a column holds (see PicoDollars.From), so that the sum of two would not fit: its upper and its lower part
    // are summed by themselves and put together in decimals.
    private const long Part = 1_000_000;

    private const decimal MicrosecondsPerMillisecond = 1_000m;

    extension(LogDatabase database)
    {
        /// <summary>See <see cref="ILogStore.AggregateAsync"/>.</summary>
        public LogAggregate Aggregate(string accountId, string gatewayId, IReadOnlyList<IReadOnlyList<LogFilter>> alternatives)
        {
            if (database.FindGateway(accountId, gatewayId) is not { Key: var key })
            {
                return LogAggregate.None;
            }

            var matching = Predicate.Any(alternatives.Select(filters => Predicate.All(LogFilters.Of(database, filters))));
            var sums = database.Entries
                .Where(row => row.GatewayKey == key)
                .Where(matching)
                .Select(row => new
                {
                    HasCost = row.CostPico == null ? 0L : 1L,
                    High = (row.CostPico ?? 0) / Part,
                    Low = (row.CostPico ?? 0) % Part,
                    row.DurationUs,
                    HasFeedback = row.Feedback == null ? 0L : 1L,
                    ThumbUp = row.Feedback == 1 ? 1L : 0L,
                })
                .GroupBy(_ => 1)
                .Select(all => new StoredSums(
                    all.LongCount(),
                    all.Sum(row => row.HasCost),
                    all.Sum(row => row.High),
                    all.Sum(row => row.Low),
                    all.Sum(row => row.DurationUs),
                    all.Sum(row => row.HasFeedback),
                    all.Sum(row => row.ThumbUp)))
                .ToList();
            return sums is not [{ } all]
                ? LogAggregate.None
                : new()
                {
                    Entries = all.Entries,
                    WithCost = all.WithCost,
                    CostUsd = PicoDollars.ToDollars(all.CostHigh * (decimal)Part + all.CostLow),
                    DurationMs = all.DurationUs / MicrosecondsPerMillisecond,
                    WithFeedback = all.WithFeedback,
                    ThumbsUp = all.ThumbsUp,
                };
        }
    }

    private sealed record StoredSums(long Entries, long WithCost, long CostHigh, long CostLow, long DurationUs, long WithFeedback, long ThumbsUp);
}
