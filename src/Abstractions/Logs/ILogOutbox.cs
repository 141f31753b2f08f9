namespace GatewayActors.Abstractions.Logs;

/// <summary>
/// What is still to be pushed to destinations of tenants: an entry is noted in the transaction that stores it, so none is pushed that is
/// not stored and none is stored that is not pushed. Numbers grow in the order of writing, which is not that of the entries' times: a
/// long answer is written after shorter ones that began later. Thread-safe.
/// </summary>
public interface ILogOutbox
{
    /// <summary>The number that was given out last; 0 before the first.</summary>
    Task<long> ReadLastNumberAsync(CancellationToken cancellationToken = default);

    /// <summary>The accounts that have something noted.</summary>
    Task<IReadOnlyList<string>> ListAccountsAsync(CancellationToken cancellationToken = default);

    /// <summary>The next entries of an account in the order of their numbers, without bodies. Those that were deleted meanwhile are left out.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="after">The last number that was pushed.</param>
    /// <param name="limit">Most entries, at least 1.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<IReadOnlyList<OutboxEntry>> ReadAsync(string accountId, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Forgets what is noted of an account, up to and with a number; the entries stay in the log.</summary>
    Task TrimAsync(string accountId, long upTo, CancellationToken cancellationToken = default);
}

/// <summary>An entry that is to be pushed.</summary>
/// <param name="Number">Its place.</param>
/// <param name="Entry">The entry, without bodies.</param>
public sealed record OutboxEntry(long Number, LogEntry Entry);
