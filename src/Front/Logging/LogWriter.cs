using System.Threading.Channels;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Export.Tail;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Logging;

/// <summary>
/// Writes log entries behind the requests: a bounded queue, then batches. A request never waits for it. When too much waits, bodies
/// are dropped first, then entries, and both are counted.
/// </summary>
/// <remarks>
/// A crash loses what waits: at most <see cref="LogOptions.BatchInterval"/> of entries while the store keeps up. A store that fails
/// keeps its batch here and is tried again, while the queue fills up.
/// </remarks>
internal sealed partial class LogWriter : BackgroundService, ILogFlush
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Channel<Item> _queue;
    private readonly ILogStore _store;
    private readonly LogTails _tails;
    private readonly LogOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<LogWriter> _logger;
    private readonly SemaphoreSlim _hurry = new(0);
    private readonly List<LogEntry> _batch;
    private readonly List<TaskCompletionSource> _flushed = [];
    private long _queuedBytes;
    private int _waiting; // Entries; asking the queue would take its lock.

    public LogWriter(ILogStore store, LogTails tails, GatewayOptions options, GatewayMetrics metrics, TimeProvider timeProvider, ILogger<LogWriter> logger)
    {
        (_store, _tails, _options, _metrics, _timeProvider, _logger) = (store, tails, options.Logs, metrics, timeProvider, logger);
        Buffers = new(_options.QueueBytes);
        _batch = new(_options.BatchEntries);
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(_options.QueueEntries) { SingleReader = true });
        metrics.ObserveLogQueue(() => _queue.Reader.Count);
    }

    /// <summary>Where bodies wait.</summary>
    public LogBodyBuffers Buffers { get; }

    /// <summary>Whether there is room for the bodies of an entry; if not, they are counted as dropped.</summary>
    /// <remarks>Entries without bodies are written about twice as fast: leaving bodies out at three quarters may yet save the entries.</remarks>
    public bool TakesBodies(long bytes)
    {
        if (bytes == 0 || (Interlocked.Read(ref _queuedBytes) + bytes <= _options.QueueBytes && Volatile.Read(ref _waiting) <= _options.QueueEntries / 4 * 3))
        {
            return true;
        }

        _metrics.LogDropped(LogPart.Body);
        return false;
    }

    /// <summary>Hands an entry over. Never waits; the entry's bodies belong to the writer from here on.</summary>
    public void Write(LogEntry entry)
    {
        var bytes = BodyBytes(entry);
        Interlocked.Add(ref _queuedBytes, bytes);
        if (!_queue.Writer.TryWrite(new(entry, null)))
        {
            Interlocked.Add(ref _queuedBytes, -bytes);
            entry.ReleaseBodies();
            _metrics.LogDropped(LogPart.Entry);
            return;
        }

        Interlocked.Increment(ref _waiting);
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (await _queue.Writer.WaitToWriteAsync(cancellationToken))
        {
            if (_queue.Writer.TryWrite(new(null, flushed)))
            {
                _hurry.Release();
                await flushed.Task.WaitAsync(cancellationToken);
                return;
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The server has stopped before: no exchange is left that could write.
        _queue.Writer.TryComplete();
        _hurry.Release();
        if (ExecuteTask is { } executing)
        {
            await executing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _hurry.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var queue = _queue.Reader;
        while (await queue.WaitToReadAsync(CancellationToken.None))
        {
            if (queue.Count < _options.BatchEntries && !queue.Completion.IsCompleted)
            {
                await _hurry.WaitAsync(_options.BatchInterval, CancellationToken.None);
            }

            while (TryTakeBatch(queue))
            {
                await WriteBatchAsync(stoppingToken);
            }
        }
    }

    private bool TryTakeBatch(ChannelReader<Item> queue)
    {
        while (_batch.Count < _options.BatchEntries && queue.TryRead(out var item))
        {
            if (item.Entry is { } entry)
            {
                _batch.Add(entry);
                Interlocked.Decrement(ref _waiting);
            }
            else
            {
                _flushed.Add(item.Flushed!);
            }
        }

        return _batch.Count > 0 || _flushed.Count > 0;
    }

    private async ValueTask WriteBatchAsync(CancellationToken stopping)
    {
        if (_batch.Count > 0)
        {
            await StoreAsync(stopping);
        }

        foreach (var flushed in _flushed)
        {
            flushed.SetResult();
        }

        _flushed.Clear();
    }

    private async ValueTask StoreAsync(CancellationToken stopping)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await _store.WriteAsync(_batch, CancellationToken.None);
                break;
            }
#pragma warning disable CA1031 // Whatever is wrong with the store, the entries stay here and it is tried again.
            catch (Exception exception) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogStoreFailed(_batch.Count, pause, exception);
                await Task.Delay(pause, _timeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _tails.Publish(_batch);
        var (written, bytes) = (0, 0L);
        foreach (var entry in _batch)
        {
            written += entry.IsOnlyCounted ? 0 : 1;
            bytes += BodyBytes(entry);
            entry.ReleaseBodies();
        }

        _metrics.LogWritten(written);
        Interlocked.Add(ref _queuedBytes, -bytes);
        _batch.Clear();
    }

    private static long BodyBytes(LogEntry entry) => (entry.RequestBody?.Compressed.Length ?? 0) + (entry.ResponseBody?.Compressed.Length ?? 0);

    [LoggerMessage(EventId = 1501, EventName = "LogStoreFailed", Level = LogLevel.Error,
        Message = "The log store did not take {Entries} entries; next try in {Pause}.")]
    private partial void LogStoreFailed(int entries, TimeSpan pause, Exception exception);

    /// <summary>An entry to write, or a mark to report when everything before it is written.</summary>
    private readonly record struct Item(LogEntry? Entry, TaskCompletionSource? Flushed);
}
