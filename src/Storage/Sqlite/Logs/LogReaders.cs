using System.Collections.Concurrent;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>A few connections that only read. They never wait for the writer, nor it for them.</summary>
internal sealed class LogReaders(SqliteFile file) : IDisposable
{
    // Queries are bound by the processor; more at once would only make each slower, and take it from the requests.
    private const int AtOnce = 4;

    private readonly SemaphoreSlim _free = new(AtOnce);
    private readonly ConcurrentBag<LogSession> _idle = [];

    /// <summary>Runs a query away from the caller's thread, which may be a grain's.</summary>
    public async Task<T> ReadAsync<T>(Func<LogSession, T> query, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(
                () =>
                {
                    var session = _idle.TryTake(out var idle) ? idle : new(file.OpenReader());
                    try
                    {
                        return session.Read(query, cancellationToken);
                    }
                    finally
                    {
                        _idle.Add(session);
                    }
                },
                cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        _free.Dispose();
    }
}
