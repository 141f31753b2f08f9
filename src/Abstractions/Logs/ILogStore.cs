namespace GatewayActors.Abstractions.Logs;

/// <summary>Stores log entries and answers queries about them. Thread-safe; one instance per process.</summary>
public interface ILogStore
{
    /// <summary>Opens the store and brings its schema up to date. Called once, before anything else.</summary>
    Task InitializeAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a batch and its hourly rollups in one transaction: all of it or nothing. Called by one writer at a time. The entries'
    /// bodies are still the caller's afterwards.
    /// </summary>
    Task WriteAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken = default);

    /// <summary>One page of a gateway's entries, without bodies.</summary>
    Task<LogPage> ListAsync(LogQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// The next entries of a query in the order of time, without bodies and without counting them: for those who read on to the end. The
    /// query's page, ranges and order are not looked at, but its direction is.
    /// </summary>
    /// <param name="query">Which entries.</param>
    /// <param name="after">The last entry that was read; null to begin.</param>
    /// <param name="limit">Most entries, at least 1.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<IReadOnlyList<LogEntry>> ReadAsync(LogQuery query, LogPosition? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>One entry, without bodies; null if there is none.</summary>
    Task<LogEntry?> FindAsync(string accountId, string gatewayId, Guid id, CancellationToken cancellationToken = default);

    /// <summary>One body of an entry; null if the entry or the body is not stored.</summary>
    Task<ReadOnlyMemory<byte>?> ReadBodyAsync(string accountId, string gatewayId, Guid id, LogBodySide side, CancellationToken cancellationToken = default);

    /// <summary>Counts and sums over a gateway's entries.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="gatewayId">The gateway.</param>
    /// <param name="alternatives">An entry counts, once, if all filters of one of these match.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<LogAggregate> AggregateAsync(
        string accountId, string gatewayId, IReadOnlyList<IReadOnlyList<LogFilter>> alternatives, CancellationToken cancellationToken = default);

    /// <summary>Changes what people may change on an entry; false if there is no such entry.</summary>
    Task<bool> PatchAsync(string accountId, string gatewayId, Guid id, LogPatch patch, CancellationToken cancellationToken = default);

    /// <summary>Deletes the first <paramref name="limit"/> entries of a query in its order, bodies included; rollups stay, they hold no content.</summary>
    /// <returns>How many were deleted.</returns>
    Task<int> DeleteAsync(LogQuery query, int limit, CancellationToken cancellationToken = default);

    /// <summary>Deletes everything of one gateway, or of an account when <paramref name="gatewayId"/> is null, rollups included.</summary>
    Task DeleteAllAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default);
}

/// <summary>The place of an entry among those of its gateway. Entries that come or go meanwhile move no other.</summary>
/// <param name="CreatedAt">When its request arrived.</param>
/// <param name="Id">Its id, for those of the same time.</param>
public sealed record LogPosition(DateTimeOffset CreatedAt, Guid Id)
{
    /// <summary>The place of an entry.</summary>
    public static LogPosition Of(LogEntry entry) => new(entry.CreatedAt, entry.Id);
}

/// <summary>Which body of an entry.</summary>
public enum LogBodySide
{
    /// <summary>What the client sent.</summary>
    Request,

    /// <summary>What the client got.</summary>
    Response,
}

/// <summary>A change to an entry.</summary>
public sealed record LogPatch
{
    /// <summary>The new feedback; null inside clears it; an absent value leaves it.</summary>
    public Optional<int?> Feedback { get; init; }

    /// <summary>The new score; null inside clears it.</summary>
    public Optional<decimal?> Score { get; init; }

    /// <summary>Entries to merge into the metadata, as a JSON object; a null value removes its entry; null inside clears all.</summary>
    public Optional<string?> MetadataJson { get; init; }
}

/// <summary>A value that may be absent, which is not the same as null.</summary>
/// <param name="IsSet">Whether there is a value.</param>
/// <param name="Value">The value.</param>
public readonly record struct Optional<T>(bool IsSet, T Value)
{
    /// <summary>A value.</summary>
    public static implicit operator Optional<T>(T value) => new(true, value);
}
