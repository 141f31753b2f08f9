using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Front.Replays;

namespace GatewayActors.Front.Management.Replays;

/// <summary>Puts the two answers to a request side by side. Figures come from the replay, texts from the log.</summary>
internal sealed class ReplayResults(ILogStore logs, string accountId, string gatewayId)
{
    public async Task<ReplayResultResource> ReadAsync(ReplayItem item, CancellationToken cancellationToken) => new()
    {
        State = item.Problem is not null || item.Replayed is { Success: false } ? "failed" : item.Replayed is not null ? "done" : "waiting",
        Problem = item.Problem,
        Original = await ReadAsync(item.SourceId, item.Source, cancellationToken),
        Replay = item.Replayed is { } replayed ? await ReadAsync(item.ReplayedId, replayed, cancellationToken) : null,
    };

    private async Task<ReplaySide> ReadAsync(Guid? logId, ReplayFigures figures, CancellationToken cancellationToken)
    {
        var entry = logId is { } id ? await logs.FindAsync(accountId, gatewayId, id, cancellationToken) : null;
        var answer = entry is not null && await logs.ReadBodyAsync(accountId, gatewayId, entry.Id, LogBodySide.Response, cancellationToken) is { } body
            ? ReplayAnswer.Read(entry.ResponseContentType, body)
            : null;
        return new()
        {
            LogId = logId?.ToString("D"),
            Provider = entry?.Provider,
            Model = entry?.Model,
            StatusCode = figures.StatusCode,
            Success = figures.Success,
            Cost = figures.CostUsd,
            Duration = Math.Round(figures.DurationMs, 3),
            TokensIn = figures.TokensIn,
            TokensOut = figures.TokensOut,
            Answer = answer?.Text,
            AnswerComplete = answer?.IsWhole,
        };
    }
}
