using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Audit;

/// <summary>The one writer of the file: whatever waits goes into one transaction, so that changes at the same time share the flush to disk.</summary>
internal sealed class AuditWriter : IAsyncDisposable
{
    private const int MaxBatch = 128;

    private readonly Channel<AuditWork> _queue = Channel.CreateUnbounded<AuditWork>(new() { SingleReader = true });
    private readonly SqliteConnection _connection;
    private readonly Task _loop;

    /// <summary>Takes over the connection and starts.</summary>
    public AuditWriter(SqliteConnection connection)
    {
        _connection = connection;
        _loop = RunAsync();
    }

    /// <summary>Does something in a transaction; completes when it is on disk.</summary>
    public Task<int> DoAsync(Func<SqliteConnection, int> work)
    {
        var item = new AuditWork(work);
        return _queue.Writer.TryWrite(item) ? item.Done : throw new ObjectDisposedException(nameof(SqliteAuditStore));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        await _connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var batch = new List<AuditWork>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<AuditWork> batch)
    {
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            foreach (var item in batch)
            {
                item.Run(_connection);
            }

            _connection.Execute("COMMIT");
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers, and the loop must live on for the next batch.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Rollback(batch, exception);
            return;
        }

        foreach (var item in batch)
        {
            item.Complete();
        }
    }

    private void Rollback(List<AuditWork> batch, Exception exception)
    {
        try
        {
            _connection.RollbackIfOpen();
        }
        catch (SqliteException rollback)
        {
            exception = new AggregateException(exception, rollback);
        }

        foreach (var item in batch)
        {
            item.Fail(new IOException("The audit log could not be written.", exception));
        }
    }

    private sealed class AuditWork(Func<SqliteConnection, int> work)
    {
        private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _result;

        public Task<int> Done => _done.Task;

        public void Run(SqliteConnection connection) => _result = work(connection);

        public void Complete() => _done.SetResult(_result);

        public void Fail(Exception exception) => _done.SetException(exception);
    }
}
