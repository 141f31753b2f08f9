using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Analytics;
using GatewayActors.Storage.Logs;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>The request log in one SQLite file: one connection that writes, a few that read; bodies in files beside it.</summary>
internal sealed partial class SqliteLogStore(string path) : ILogStore, ILogOutbox, IAnalyticsStore, IDisposable
{
    // A transaction holds up new entries while it runs, so what deletes much does it in several.
    private const int DeletedAtOnce = 10_000;

    private readonly SqliteFile _file = new(path);
    private readonly BodyFiles _bodies = new(path);
    private readonly SemaphoreSlim _gate = new(1);
    private LogReaders? _readers;
    private LogSession? _session;
    private LogBatchWriter? _writer;
    private LogEraser? _eraser;
    private BodyFileRecovery? _recovery;

    /// <inheritdoc/>
    public Task InitializeAsync(CancellationToken cancellationToken = default) => ExclusiveAsync(
        () =>
        {
            if (_session is null)
            {
                _session = new(LogConnections.OpenWriter(_file));
                _recovery = new(_session.Connection, _bodies);
                _recovery.Recover();
                _session.Connection.Execute(OutboxInsert.GoOnFromNow);
                _writer = new(_session.Connection, _bodies);
                _eraser = new(_session, _writer);
                _readers = new(_file);
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken = default) => ExclusiveAsync(
        () =>
        {
            if (Opened(_writer).Write(batch, _eraser!))
            {
                Opened(_recovery).Erase();
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<LogPage> ListAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Page, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PerPage, 1);
        return Opened(_readers).ReadAsync(session => session.Database.List(query), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LogEntry>> ReadAsync(LogQuery query, LogPosition? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Opened(_readers).ReadAsync(session => session.Database.Read(query, after, limit), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<LogEntry?> FindAsync(string accountId, string gatewayId, Guid id, CancellationToken cancellationToken = default) =>
        Opened(_readers).ReadAsync(
            session => session.Database.FindEntry(accountId, gatewayId, id)?.ToEntry(accountId, gatewayId), cancellationToken);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(
        string accountId, string gatewayId, Guid id, LogBodySide side, CancellationToken cancellationToken = default)
    {
        var compressed = await Opened(_readers).ReadAsync(
            session => session.Database.FindEntry(accountId, gatewayId, id) is { } row ? ReadBody(row, side) : null, cancellationToken);

        // A deletion overwrites the bytes after its commit: an entry that is still there was not being overwritten while we read.
        if (compressed is null || await FindAsync(accountId, gatewayId, id, cancellationToken) is null)
        {
            return null;
        }

        try
        {
            return LogBody.Decompress(compressed);
        }
        catch (InvalidDataException)
        {
            return null; // A power loss has left a hole in the file: not stored.
        }
    }

    /// <inheritdoc/>
    public Task<LogAggregate> AggregateAsync(
        string accountId, string gatewayId, IReadOnlyList<IReadOnlyList<LogFilter>> alternatives, CancellationToken cancellationToken = default) =>
        Opened(_readers).ReadAsync(session => session.Database.Aggregate(accountId, gatewayId, alternatives), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> PatchAsync(string accountId, string gatewayId, Guid id, LogPatch patch, CancellationToken cancellationToken = default) =>
        TransactionAsync(session => Patch(session.Database, _eraser!, accountId, gatewayId, id, patch), cancellationToken);

    /// <inheritdoc/>
    public async Task<int> DeleteAsync(LogQuery query, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var deleted = 0;
        try
        {
            while (deleted < limit)
            {
                var atOnce = Math.Min(limit - deleted, DeletedAtOnce);
                var count = await TransactionAsync(_ => _eraser!.Erase(query, atOnce), cancellationToken);
                deleted += count;
                if (count < atOnce)
                {
                    break;
                }
            }
        }
        finally
        {
            if (deleted > 0)
            {
                await ScrubAsync(); // Also when the caller gives up: what is deleted must not stay readable.
            }
        }

        return deleted;
    }

    /// <inheritdoc/>
    public async Task DeleteAllAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default)
    {
        var keys = await Opened(_readers).ReadAsync(
            session => session.Database.Gateways
                .Where(gateway => gateway.AccountId == accountId && (gatewayId == null || gateway.GatewayId == gatewayId))
                .Select(gateway => gateway.Key)
                .ToList(),
            cancellationToken);

        // In several transactions: one that is interrupted has deleted a part, and the next call deletes the rest.
        try
        {
            foreach (var key in keys)
            {
                while (await TransactionAsync(_ => EraseSome(key), cancellationToken))
                {
                    // More is left.
                }
            }
        }
        finally
        {
            if (keys.Count > 0)
            {
                await ScrubAsync();
            }
        }

        bool EraseSome(long key)
        {
            if (_eraser!.Erase(key, DeletedAtOnce) == DeletedAtOnce)
            {
                return true;
            }

            _eraser.EraseGateway(key);
            _writer!.ForgetGateways();
            return false;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AnalyticsGroup>> QueryAsync(AnalyticsQuery query, CancellationToken cancellationToken = default) =>
        Opened(_readers).ReadAsync(session => AnalyticsQueries.Run(session.Database, session.Connection, query), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, long>> CountEntriesAsync(string accountId, CancellationToken cancellationToken = default) =>
        Opened(_readers).ReadAsync<IReadOnlyDictionary<string, long>>(
            session => session.Database.Gateways.Where(gateway => gateway.AccountId == accountId).ToDictionary(gateway => gateway.GatewayId, gateway => gateway.Entries),
            cancellationToken);

    /// <summary>Closes the file. Writes and queries must have ended.</summary>
    public void Dispose()
    {
        _readers?.Dispose();
        _eraser?.Dispose();
        _writer?.Dispose();
        _session?.Dispose();
        _gate.Dispose();
    }

    private byte[]? ReadBody(LogRow row, LogBodySide side)
    {
        var (offset, length) = side switch
        {
            LogBodySide.Request => (row.BodyOffset ?? 0, row.RequestBodyLength),
            LogBodySide.Response => ((row.BodyOffset ?? 0) + (row.RequestBodyLength ?? 0), row.ResponseBodyLength),
        };
        return length is null ? null : _bodies.Read(row.BodyFile!.Value, offset, length.Value);
    }

    private static bool Patch(LogDatabase database, LogEraser eraser, string accountId, string gatewayId, Guid id, LogPatch patch)
    {
        if (database.FindEntry(accountId, gatewayId, id) is not { } row)
        {
            return false;
        }

        var feedback = patch.Feedback.IsSet ? patch.Feedback.Value : row.Feedback;
        var score = patch.Score.IsSet ? patch.Score.Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) : row.Score;
        var metadata = patch.MetadataJson.IsSet ? MetadataMerge.Apply(row.Metadata, patch.MetadataJson.Value) : row.Metadata;
        database.Entries
            .Where(stored => stored.GatewayKey == row.GatewayKey && stored.CreatedUs == row.CreatedUs && stored.Id == row.Id)
            .Set(stored => stored.Feedback, feedback)
            .Set(stored => stored.Score, score)
            .Set(stored => stored.Metadata, metadata)
            .Update();
        if (metadata != row.Metadata)
        {
            var before = row.ToEntry(accountId, gatewayId);
            row.Metadata = metadata;
            eraser.ChangeMetadata(row.GatewayKey, before, row.ToEntry(accountId, gatewayId));
        }

        return true;
    }

    // Overwrites the bodies. The deleted pages of the database are overwritten in the log of writes; the checkpoint brings them to the
    // file and empties the log, where older copies still are. A query that is running keeps it from being emptied; the next deletion
    // or checkpoint then does.
    private Task<bool> ScrubAsync() => ExclusiveAsync(
        () =>
        {
            Opened(_recovery).Erase();
            Opened(_session).Connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            return true;
        },
        CancellationToken.None);

    private Task<T> TransactionAsync<T>(Func<LogSession, T> work, CancellationToken cancellationToken) => ExclusiveAsync(
        () =>
        {
            var session = Opened(_session);
            session.Connection.Execute("BEGIN IMMEDIATE");
            try
            {
                var result = work(session);
                session.Connection.Execute("COMMIT");
                return result;
            }
            finally
            {
                session.Connection.RollbackIfOpen();
            }
        },
        cancellationToken);

    // Away from the caller's thread, which may be a grain's. A cancellation counts until it is this caller's turn: what has begun ends.
    private async Task<T> ExclusiveAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // On a thread of its own: a batch takes many milliseconds and a checkpoint more than a hundred, in which a thread pool that
            // has one thread for one core would serve no request.
            return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static T Opened<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException("The log store has not been initialized.");
}
