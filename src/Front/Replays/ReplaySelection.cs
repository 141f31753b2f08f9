using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Replays;

namespace GatewayActors.Front.Replays;

/// <summary>Chooses the requests of a replay: the newest of its dataset that can be sent again.</summary>
internal static class ReplaySelection
{
    /// <summary>After so many entries without enough requests, what has been found is all.</summary>
    public const int MaxEntriesRead = 10_000;

    private const int PerPage = 50;

    public static async Task<(IReadOnlyList<ReplayItem> Items, int Skipped)> ChooseAsync(
        ILogStore logs, string accountId, string gatewayId, Replay replay, CancellationToken cancellationToken)
    {
        List<ReplayItem> items = [];
        var skipped = 0;
        var query = new LogQuery
        {
            AccountId = accountId,
            GatewayId = gatewayId,
            Filters = DatasetSelection.Of(replay.Definition.Dataset, replay.CreatedAt), // Nothing new can push the pages on.
            PerPage = PerPage,
        };
        for (var page = 1; page <= MaxEntriesRead / PerPage; page++)
        {
            var found = await logs.ListAsync(query with { Page = page }, cancellationToken);
            foreach (var entry in found.Entries)
            {
                if (items.Count == replay.Definition.MaxEntries)
                {
                    return (items, skipped);
                }

                if (await IsRequestAsync(logs, entry, replay.Definition.Target, cancellationToken))
                {
                    items.Add(new() { SourceId = entry.Id, Source = Figures(entry) });
                }
                else
                {
                    skipped++;
                }
            }

            if (found.Entries.Count < PerPage)
            {
                break;
            }
        }

        return (items, skipped);
    }

    private static async Task<bool> IsRequestAsync(ILogStore logs, LogEntry entry, string target, CancellationToken cancellationToken) =>
        ReplayRequest.MayBe(entry)
        && await logs.ReadBodyAsync(entry.AccountId, entry.GatewayId, entry.Id, LogBodySide.Request, cancellationToken) is { } body
        && ReplayRequest.Create(ReplayRequest.PathOf(entry), body, target) is not null;

    private static ReplayFigures Figures(LogEntry entry) => new()
    {
        StatusCode = entry.StatusCode,
        Success = entry.Success,
        CostUsd = entry.CostUsd,
        DurationMs = entry.DurationMs,
        TokensIn = entry.TokensIn,
        TokensOut = entry.TokensOut,
    };
}
