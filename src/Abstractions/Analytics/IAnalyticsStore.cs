namespace GatewayActors.Abstractions.Analytics;

/// <summary>Answers questions about many exchanges at once. Thread-safe; one instance per process.</summary>
public interface IAnalyticsStore
{
    /// <summary>The groups that meet a query.</summary>
    /// <remarks>
    /// Out of sums by minute and hour where the query allows, which hold every exchange; else out of the log entries, which hold those that
    /// were logged and not deleted since.
    /// </remarks>
    /// <exception cref="ArgumentException">A comparison does not suit its dimension; the message says which.</exception>
    Task<IReadOnlyList<AnalyticsGroup>> QueryAsync(AnalyticsQuery query, CancellationToken cancellationToken = default);

    /// <summary>How many log entries each gateway of an account has.</summary>
    Task<IReadOnlyDictionary<string, long>> CountEntriesAsync(string accountId, CancellationToken cancellationToken = default);
}
