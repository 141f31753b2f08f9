using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Logs;

namespace GatewayActors.Storage.Sqlite.Logs;

internal sealed partial class SqliteLogStore
{
    /// <inheritdoc/>
    public Task<long> ReadLastNumberAsync(CancellationToken cancellationToken = default) =>
        Opened(_readers).ReadAsync(session => session.Connection.ScalarInt64("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'log_outbox'), 0)"), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAccountsAsync(CancellationToken cancellationToken = default) =>
        Opened(_readers).ReadAsync(session => session.Database.OutboxAccounts(), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<OutboxEntry>> ReadAsync(string accountId, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Opened(_readers).ReadAsync(session => session.Database.ReadOutbox(accountId, after, limit), cancellationToken);
    }

    /// <inheritdoc/>
    public Task TrimAsync(string accountId, long upTo, CancellationToken cancellationToken = default) => TransactionAsync(
        session =>
        {
            session.Database.TrimOutbox(accountId, upTo);
            return true;
        },
        cancellationToken);
}
