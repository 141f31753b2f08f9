using System.Threading.Channels;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>
/// Sends the spans of one gateway to one collector, behind the requests: a bounded queue, then batches. What does not fit, or is refused, is
/// counted and lost; so is what waits when the process dies. Costs no task while there is nothing to send.
/// </summary>
internal sealed partial class OtlpExporter(
    ExporterAddress address, OtlpSender sender, GatewayMetrics metrics, Random random, TimeProvider timeProvider, ILogger<OtlpExporter> logger)
{
    public const int MaxBatch = 512;
    public const int MaxQueue = 4_096;

    /// <summary>How long the first span of a batch waits for others.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Compressed; prompts are in it.
    private const long MaxQueueBytes = 32 * 1024 * 1024;
    private const long MaxBatchBytes = 4 * 1024 * 1024;
    private const int MaxTries = 6;

    private readonly Channel<ExportedSpan> _queue = Channel.CreateBounded<ExportedSpan>(new BoundedChannelOptions(MaxQueue) { SingleReader = true });
    private readonly List<ExportedSpan> _batch = new(MaxBatch);
    private volatile TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private volatile Task _running = Task.CompletedTask;
    private long _queuedBytes;
    private int _waiting;
    private int _isRunning;
    private bool _isFailing;

    /// <summary>Takes a span. Never waits.</summary>
    public void Enqueue(ExportedSpan span)
    {
        if (Interlocked.Add(ref _queuedBytes, span.Size) > MaxQueueBytes || !_queue.Writer.TryWrite(span))
        {
            Interlocked.Add(ref _queuedBytes, -span.Size);
            metrics.ExportDropped(ExportKind.Spans, 1);
            return;
        }

        if (Interlocked.Increment(ref _waiting) >= MaxBatch)
        {
            _hurry.TrySetResult();
        }

        Start();
    }

    /// <summary>Sends what waits, each batch once.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        _hurry.TrySetResult();
        return _running;
    }

    private void Start()
    {
        if (Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0)
        {
            _running = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (Volatile.Read(ref _waiting) > 0)
            {
                if (Volatile.Read(ref _waiting) < MaxBatch && !_stopping)
                {
                    await _hurry.Task.WaitAsync(Interval, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                if (!_stopping)
                {
                    _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                TakeBatch();
                await SendBatchAsync();
                _batch.Clear();
            }
        }
#pragma warning disable CA1031 // Nobody awaits this: what is wrong is logged, and the next span begins anew.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogDefect(address.AccountId, address.GatewayId, exception);
            metrics.ExportDropped(ExportKind.Spans, _batch.Count);
            _batch.Clear();
        }

        Volatile.Write(ref _isRunning, 0);
        if (Volatile.Read(ref _waiting) > 0)
        {
            Start(); // One came between the last look and the end.
        }
    }

    private void TakeBatch()
    {
        var bytes = 0L;
        while (_batch.Count < MaxBatch && bytes < MaxBatchBytes && _queue.Reader.TryRead(out var span))
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Add(ref _queuedBytes, -span.Size);
            bytes += span.Size;
            _batch.Add(span);
        }
    }

    private async Task SendBatchAsync()
    {
        var body = OtlpSender.IsProtobuf(address.Settings) ? OtlpProtobuf.Write(_batch) : OtlpJson.Write(_batch);
        var pause = TimeSpan.FromSeconds(1);
        for (var number = 1; ; number++)
        {
            var outcome = await sender.SendAsync(address, body, CancellationToken.None);
            if (outcome.IsTaken)
            {
                metrics.ExportSent(ExportKind.Spans, _batch.Count);
                _isFailing = false;
                return;
            }

            if (outcome.IsFinal || number == MaxTries || _stopping)
            {
                metrics.ExportDropped(ExportKind.Spans, _batch.Count);
                if (!_isFailing)
                {
                    LogDropped(_batch.Count, address.AccountId, address.GatewayId, outcome.Problem!);
                }

                _isFailing = true; // Said once, until it works again.
                return;
            }

            // Spread, so that not all gateways of a collector come back at once.
            var wait = pause + (pause * (random.NextDouble() / 4));
            await PauseAsync(outcome.RetryAfter > wait ? outcome.RetryAfter.Value : wait);
            pause *= 2;
        }
    }

    private async Task PauseAsync(TimeSpan wait)
    {
        // A full queue is no reason to hurry here, but the end of the process is.
        for (var until = timeProvider.GetUtcNow() + wait; until - timeProvider.GetUtcNow() is { Ticks: > 0 } rest && !_stopping;)
        {
            await _hurry.Task.WaitAsync(rest, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_hurry.Task.IsCompleted && !_stopping)
            {
                _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    [LoggerMessage(EventId = 1512, EventName = "SpansDropped", Level = LogLevel.Warning,
        Message = "{Count} spans of gateway {AccountId}/{GatewayId} were not exported: {Problem}. Further batches that are lost are only counted until one is taken.")]
    private partial void LogDropped(int count, string accountId, string gatewayId, string problem);

    [LoggerMessage(EventId = 1513, EventName = "SpanExportFailed", Level = LogLevel.Error, Message = "Spans of gateway {AccountId}/{GatewayId} could not be exported.")]
    private partial void LogDefect(string accountId, string gatewayId, Exception exception);
}
