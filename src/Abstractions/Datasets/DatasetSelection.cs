using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Abstractions.Datasets;

/// <summary>Which log entries are in a dataset.</summary>
public static class DatasetSelection
{
    /// <summary>
    /// The <see cref="LogEntry.RequestType"/> of what a replay has sent. Such entries are in no dataset: a replay would otherwise answer
    /// its own answers, and an evaluation would mix two models.
    /// </summary>
    public const string ReplayRequestType = "replay";

    /// <summary>The conditions on entries of a dataset.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="until">The time up to which entries count: what is logged later is not in it.</param>
    public static IReadOnlyList<LogFilter> Of(DatasetDefinition dataset, DateTimeOffset until) =>
    [
        .. dataset.Filters.Select(filter => filter.ToLogFilter()),
        new(LogFilterKey.CreatedAt, LogFilterOperator.AtMost, [until]),
        new(LogFilterKey.RequestType, LogFilterOperator.NotEqual, [ReplayRequestType]),
    ];
}
