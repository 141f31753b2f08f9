using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.GrainState;

/// <summary>
/// The one thread that writes. It takes whatever waits, up to <see cref="MaxBatch"/> writes, into one transaction: callers share the
/// cost of the flush to disk, and there is nobody to collide with on SQLite's single write lock.
/// </summary>
internal sealed class GrainStateWriter : IDisposable
{
    internal const int MaxBatch = 512;

    private readonly BlockingCollection<GrainStateWrite> _queue = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection _connection;
    private readonly GrainStateTable _table;
    private readonly Thread _thread;
    private int _disposed;

    /// <summary>Takes over the connection and starts.</summary>
    public GrainStateWriter(SqliteConnection connection, string name, TimeProvider timeProvider)
    {
        _connection = connection;
        _table = new(connection, timeProvider);

        // A thread of its own: tasks started from a grain inherit the grain's scheduler, and a loop that blocks there stops the grain.
        _thread = new(Run) { IsBackground = true, Name = $"grain storage {name}" };
        _thread.UnsafeStart();
    }

    public Task<GrainStateWriteResult> WriteAsync(GrainStateWrite write)
    {
        try
        {
            _queue.Add(write);
        }
        catch (InvalidOperationException) when (_disposed != 0 || _queue.IsAddingCompleted)
        {
            throw new ObjectDisposedException(nameof(SqliteGrainStorage), "The grain storage is closed.");
        }

        return write.Done;
    }

    /// <summary>Takes no more writes; ends when those that wait are committed and the file is closed.</summary>
    public Task StopAsync()
    {
        if (_disposed == 0)
        {
            _queue.CompleteAdding();
        }

        return _stopped.Task;
    }

    /// <summary>As <see cref="StopAsync"/>, but waits.</summary>
    public void Dispose()
    {
        // The container disposes once for each way the storage is registered.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        var batch = new List<GrainStateWrite>(MaxBatch);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MaxBatch && _queue.TryTake(out var next))
            {
                batch.Add(next);
            }

            Commit(batch);
            batch.Clear();
        }

        try
        {
            _table.Dispose();
            _connection.Dispose();
            _stopped.SetResult();
        }
#pragma warning disable CA1031 // Everything is committed; who waits for the stop gets to know.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _stopped.SetException(exception);
        }
    }

    private void Commit(List<GrainStateWrite> batch)
    {
        try
        {
            _table.Begin();
            foreach (var write in batch)
            {
                Execute(write);
            }

            _table.Commit();
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers, and the thread must live on for the next batch.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Rollback(batch, exception);
            return;
        }

        foreach (var write in batch)
        {
            write.Complete();
        }
    }

    private void Execute(GrainStateWrite write)
    {
        try
        {
            write.Result = _table.Write(write);
        }
        catch (Exception exception) when (_connection.IsInTransaction)
        {
            // SQLite undid this statement only, so the neighbours can still commit. Where it ended the whole transaction (disk
            // full, I/O error) the filter lets the exception through to all of them.
            write.Failure = Wrap(exception);
        }
    }

    private void Rollback(List<GrainStateWrite> batch, Exception exception)
    {
        try
        {
            _connection.RollbackIfOpen();
        }
        catch (SqliteException rollback)
        {
            exception = new AggregateException(exception, rollback);
        }

        foreach (var write in batch)
        {
            write.Fail(Wrap(exception));
        }
    }

    // A new exception for each caller, so that their stack traces do not mix.
    private static IOException Wrap(Exception exception) => new("The grain state could not be written.", exception);
}
