using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Replays;

namespace GatewayActors.Front.Management.Replays;

/// <summary>The replay of the admin API.</summary>
internal sealed record ReplayResource
{
    public required string Id { get; init; }

    public required string GatewayId { get; init; }

    public required string DatasetId { get; init; }

    public required string DatasetName { get; init; }

    public required string Model { get; init; }

    public required int MaxEntries { get; init; }

    public required int Concurrency { get; init; }

    public decimal? MaxCost { get; init; }

    public required string State { get; init; }

    public string? Problem { get; init; }

    /// <summary>How many requests are in it.</summary>
    public required int Total { get; init; }

    /// <summary>How many were answered whole and without an error.</summary>
    public required int Done { get; init; }

    /// <summary>How many were answered with an error, or could not be sent.</summary>
    public required int Failed { get; init; }

    /// <summary>How many entries of the dataset were passed over, because they hold no chat request.</summary>
    public required int Skipped { get; init; }

    /// <summary>US dollars.</summary>
    public required decimal Cost { get; init; }

    public required string CreatedAt { get; init; }

    public string? StartedAt { get; init; }

    public string? EndedAt { get; init; }

    public required ReplaySummary Summary { get; init; }

    public static ReplayResource From(string gatewayId, Replay replay) => new()
    {
        Id = replay.Id.ToString("D"),
        GatewayId = gatewayId,
        DatasetId = replay.Definition.DatasetId.ToString("D"),
        DatasetName = replay.Definition.Dataset.Name,
        Model = replay.Definition.Target,
        MaxEntries = replay.Definition.MaxEntries,
        Concurrency = replay.Definition.Concurrency,
        MaxCost = replay.Definition.MaxCostUsd,
        State = ReplayWords.States.Format(replay.State)!,
        Problem = replay.Problem,
        Total = replay.Items.Count,
        Done = replay.Items.Count(item => item.Replayed is { Success: true }),
        Failed = replay.Items.Count(item => item.Problem is not null || item.Replayed is { Success: false }),
        Skipped = replay.Skipped,
        Cost = replay.CostUsd,
        CreatedAt = Times.Format(replay.CreatedAt),
        StartedAt = replay.StartedAt is { } started ? Times.Format(started) : null,
        EndedAt = replay.EndedAt is { } ended ? Times.Format(ended) : null,
        Summary = new(
            ReplayTotals.Of(replay.Items.Where(item => item.Replayed is not null).Select(item => item.Source)),
            ReplayTotals.Of(replay.Items.Select(item => item.Replayed).OfType<ReplayFigures>())),
    };
}

/// <summary>The same requests, at first and now: only those that were sent again.</summary>
internal sealed record ReplaySummary(ReplayTotals Original, ReplayTotals Replay);

/// <summary>Totals and averages over requests.</summary>
internal sealed record ReplayTotals
{
    private const int Decimals = 12;

    public required int Requests { get; init; }

    public required int Errors { get; init; }

    /// <summary>How many have a known cost.</summary>
    public required int RequestsWithCost { get; init; }

    /// <summary>US dollars, exact.</summary>
    public required decimal TotalCost { get; init; }

    /// <summary>US dollars, of those whose cost is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required decimal? AverageCost { get; init; }

    /// <summary>Milliseconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? AverageDuration { get; init; }

    public required long TokensIn { get; init; }

    public required long TokensOut { get; init; }

    public static ReplayTotals Of(IEnumerable<ReplayFigures> figures)
    {
        ReplayFigures[] all = [.. figures];
        decimal[] costs = [.. all.Select(one => one.CostUsd).OfType<decimal>()];
        return new()
        {
            Requests = all.Length,
            Errors = all.Count(one => !one.Success),
            RequestsWithCost = costs.Length,
            TotalCost = costs.Sum(),
            AverageCost = costs.Length == 0 ? null : decimal.Round(costs.Sum() / costs.Length, Decimals),
            AverageDuration = all.Length == 0 ? null : Math.Round(all.Average(one => one.DurationMs), 3),
            TokensIn = all.Sum(one => one.TokensIn ?? 0),
            TokensOut = all.Sum(one => one.TokensOut ?? 0),
        };
    }
}

/// <summary>One request of a replay with both answers.</summary>
internal sealed record ReplayResultResource
{
    public required string State { get; init; }

    public string? Problem { get; init; }

    public required ReplaySide Original { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required ReplaySide? Replay { get; init; }
}

/// <summary>What one model made of a request.</summary>
internal sealed record ReplaySide
{
    /// <summary>The log entry; null where the gateway keeps none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? LogId { get; init; }

    /// <summary>Null where the entry is gone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Provider { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Model { get; init; }

    public required int StatusCode { get; init; }

    public required bool Success { get; init; }

    /// <summary>US dollars.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required decimal? Cost { get; init; }

    /// <summary>Milliseconds.</summary>
    public required double Duration { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? TokensIn { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? TokensOut { get; init; }

    /// <summary>The text of the answer, up to <see cref="ReplayAnswer.MaxLength"/> characters; null where it is not kept or has no text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Answer { get; init; }

    public bool? AnswerComplete { get; init; }
}

/// <summary>The words of replays.</summary>
internal static class ReplayWords
{
    public static Words<ReplayState> States { get; } = new(
        (ReplayState.Waiting, "waiting"), (ReplayState.Running, "running"), (ReplayState.Done, "done"), (ReplayState.Cancelled, "cancelled"),
        (ReplayState.CostLimit, "cost_limit"), (ReplayState.Failed, "failed"));
}

/// <summary>How answers about replays are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<ReplayResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<ReplayResource>>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<ReplayResultResource>>))]
internal sealed partial class ReplaysJson : JsonSerializerContext;
