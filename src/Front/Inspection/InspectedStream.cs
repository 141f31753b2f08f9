using System.Runtime.ExceptionServices;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Inspection;

/// <summary>
/// A stream that is inspected while it runs: an event goes on once everything up to it has been inspected. While one inspection runs, what
/// comes in waits for the next, so the client is about one inspection behind. What must not pass ends the stream with an error in its format.
/// </summary>
internal sealed class InspectedStream : Answer
{
    /// <summary>How long new text waits for more, where an inspection costs something, and what comes before the first text waits for it.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    private readonly InspectionStage _stage;
    private readonly Step _step;
    private readonly Answer _inner;
    private readonly CancellationTokenSource _stop;
    private readonly TimeProvider _timeProvider;
    private readonly AnswerTexts _texts = new();
    private readonly AnswerEvents _events;
    private readonly HeldBytes _held = new();
    private readonly StreamWindow _window;
    private Task<ReadOnlyMemory<byte>>? _read;
    private Task<GatewayError?>? _inspection;
    private Task? _wait;
    private int _inspectedTo; // Where the inspection that runs ends.
    private bool _hasInspected;
    private bool _isFinal;
    private bool _isEnded;
    private bool _isDisposed;
    private bool _isStopped;
    private ExceptionDispatchInfo? _failure;
    private UsageReport? _report;
    private ReadOnlyMemory<byte> _first;

    private InspectedStream(InspectionStage stage, Step step, Answer inner, CancellationTokenSource stop, TimeProvider timeProvider)
    {
        (_stage, _step, _inner, _stop, _timeProvider) = (stage, step, inner, stop, timeProvider);
        _events = new(inner.ContentType, _texts);
        _window = stage.WindowOf(step);
    }

    /// <summary>Begins: up to what may go out first.</summary>
    /// <param name="stage">Inspects.</param>
    /// <param name="step">The step.</param>
    /// <param name="inner">The stream; belongs to the result.</param>
    /// <param name="stop">Ends the call to the upstream; belongs to the result.</param>
    /// <param name="timeProvider">The clock.</param>
    public static async ValueTask<InspectedStream> CreateAsync(InspectionStage stage, Step step, Answer inner, CancellationTokenSource stop, TimeProvider timeProvider)
    {
        var stream = new InspectedStream(stage, step, inner, stop, timeProvider);
        var isBegun = false;
        try
        {
            if (!inner.First.IsEmpty)
            {
                stream.Take(inner.First);
            }

            stream._first = await stream.NextAsync();
            isBegun = true;
            return stream;
        }
        finally
        {
            if (!isBegun)
            {
                stream.Dispose();
            }
        }
    }

    /// <summary>Why the stream has ended here; null while it has not.</summary>
    public GatewayError? Error { get; private set; }

    /// <summary>Whether anything had gone out before it was ended.</summary>
    public bool HasBegun { get; private set; }

    public override int StatusCode => _inner.StatusCode;

    public override string? ContentType => _inner.ContentType;

    public override bool StatesError => Error is not null || _inner.StatesError;

    public override AnswerSource Source => _inner.Source;

    public override ReadOnlyMemory<byte> First => _first;

    public override bool IsWhole => false;

    public override bool TimedOut => _inner.TimedOut;

    public override void CopyHeaders(IHeaderDictionary headers) => _inner.CopyHeaders(headers);

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => NextAsync();

    public override UsageReport? Report() => _report ?? _inner.Report();

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _stop.Cancel();
            _ = _inspection?.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            if (_read is { IsCompleted: false } read)
            {
                // It may still write into the buffer that the inner answer gives back.
                _ = read.ContinueWith(
                    static (task, state) =>
                    {
                        _ = task.Exception;
                        ((Answer)state!).Dispose();
                    },
                    _inner,
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default);
            }
            else
            {
                _inner.Dispose();
            }

            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The next bytes that may go out; none at the end.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync()
    {
        while (true)
        {
            if (_held.Cleared > 0 && Error is null)
            {
                HasBegun = true;
                return _held.Release();
            }

            if (_isStopped)
            {
                return default;
            }

            if (Error is not null)
            {
                return await StopAsync();
            }

            Inspect();
            if (_inspection is null && _isEnded && _held.Cleared == 0)
            {
                _failure?.Throw();
                return default;
            }

            if (_held.Cleared == 0 && Error is null)
            {
                await WaitAsync();
            }
        }
    }

    /// <summary>Begins an inspection, if one is due and none runs.</summary>
    private void Inspect()
    {
        if (_inspection is not null)
        {
            return;
        }

        if (!_texts.HasNew(out var characters))
        {
            if (_isEnded && !_isFinal)
            {
                _isFinal = true;
                Begin(_events.IsUnreadable ? null : _texts.Unwrapped());
                return;
            }

            if (_hasInspected || _isEnded || _wait is { IsCompleted: true })
            {
                _held.Clear(_held.Read); // Nothing in it that anybody reads.
            }
            else if (_held.Read > 0)
            {
                // The first words are on their way, most likely: what is wrong with them can still be told by a status.
                _wait ??= Task.Delay(LongestWait, _timeProvider, _stop.Token);
            }

            return;
        }

        if (_hasInspected && characters < _window.Characters && !_isEnded && _wait is not { IsCompleted: true })
        {
            _wait ??= Task.Delay(LongestWait, _timeProvider, _stop.Token);
            return;
        }

        _wait = null;
        Begin(_texts.TakeNew(_window.Overlap));
    }

    /// <param name="texts">What is inspected; null for what cannot be.</param>
    private void Begin(IReadOnlyList<InspectedText>? texts)
    {
        (_hasInspected, _inspectedTo) = (true, _held.Read);
        if (texts is null)
        {
            End(_stage.Miss(_step, InspectedSide.Response));
        }
        else if (texts.Count == 0)
        {
            End(null);
        }
        else
        {
            var inspection = _stage.InspectAsync(_step, InspectedSide.Response, texts, _stop.Token);
            if (inspection.IsCompletedSuccessfully)
            {
                End(inspection.Result);
            }
            else
            {
                _inspection = inspection.AsTask();
            }
        }
    }

    private void End(GatewayError? error)
    {
        Error = error;
        if (error is null)
        {
            _held.Clear(_inspectedTo);
        }
    }

    private async ValueTask WaitAsync()
    {
        if (_read is null && !_isEnded)
        {
            if (_held.Count > _stage.MaxBytes)
            {
                if (_inspection is null)
                {
                    // One event that is longer than what can be held.
                    End(_stage.Miss(_step, InspectedSide.Response));
                    _held.ClearAll();
                    return;
                }
            }
            else if (_inner.IsWhole)
            {
                Take(default);
                return;
            }
            else
            {
                _read = _inner.ReadNextAsync().AsTask();
            }
        }

        await Task.WhenAny(new[] { _read, _inspection, _wait }.OfType<Task>().Where(task => task != _wait || _inspection is null));
        if (_inspection is { IsCompleted: true } inspection)
        {
            _inspection = null;
            End(await inspection);
        }

        if (_read is { IsCompleted: true } read)
        {
            _read = null;
            try
            {
                Take(await read);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException || (exception is OperationCanceledException && _inner.TimedOut))
            {
                // What had come in before goes out before the failure is told.
                _failure = ExceptionDispatchInfo.Capture(exception);
                _isEnded = true;
            }
        }
    }

    /// <summary>Takes the next bytes; none at the end.</summary>
    private void Take(ReadOnlyMemory<byte> piece)
    {
        _isEnded = piece.IsEmpty;
        _held.Add(piece.Span);
        _held.Read += _events.Read(_held.Unread, _isEnded);
    }

    /// <summary>Ends the stream and the call to the upstream.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> StopAsync()
    {
        _isStopped = true;
        await _stop.CancelAsync();
        if (_read is { } read)
        {
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _report = (_inner.Report() ?? UsageReport.None) with { Error = new(Error!.Type, IsRetryable: false) };
        return StreamEnding.Of(_step, _inner.ContentType, Error, hasItems: HasBegun);
    }
}
