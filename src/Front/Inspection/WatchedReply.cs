using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Inspection;

/// <summary>A stream that goes on as it comes, and is inspected once all of it is out: what is found is noted, and nothing more.</summary>
internal sealed class WatchedReply : Answer
{
    private readonly InspectionStage _stage;
    private readonly Step _step;
    private readonly Answer _inner;
    private readonly bool _isShared;
    private readonly AnswerTexts _texts = new();
    private readonly AnswerEvents _events;
    private HeldBytes? _unread = new();
    private bool _isRefused;
    private bool _isEnded;
    private bool _isInspected;

    /// <param name="stage">Inspects.</param>
    /// <param name="step">The step.</param>
    /// <param name="inner">The stream; belongs to this one.</param>
    /// <param name="isShared">Whether others get it too, and it may be kept.</param>
    public WatchedReply(InspectionStage stage, Step step, Answer inner, bool isShared)
    {
        (_stage, _step, _inner, _isShared) = (stage, step, inner, isShared);
        _events = new(inner.ContentType, _texts);
        Take(inner.First.Span, isEnd: false);
    }

    public override int StatusCode => _inner.StatusCode;

    public override string? ContentType => _inner.ContentType;

    public override bool IsFailure => _inner.IsFailure;

    /// <summary>What would have been refused is not kept for others.</summary>
    public override bool StatesError => _isRefused || _inner.StatesError;

    public override AnswerSource Source => _inner.Source;

    public override ReadOnlyMemory<byte> First => _inner.First;

    public override bool IsWhole => false;

    public override bool TimedOut => _inner.TimedOut;

    public override ReadOnlyMemory<byte> SignOfLife => _inner.SignOfLife;

    public override void CopyHeaders(IHeaderDictionary headers) => _inner.CopyHeaders(headers);

    public override async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync()
    {
        if (_isEnded)
        {
            return default;
        }

        var piece = _inner.IsWhole ? default : await _inner.ReadNextAsync();
        Take(piece.Span, piece.IsEmpty);
        if (piece.IsEmpty)
        {
            _isEnded = true;
            if (_isShared)
            {
                await InspectAsync(); // Before it is kept.
            }
        }

        return piece;
    }

    /// <summary>The client has got everything, also what a translation adds at the end.</summary>
    public override async ValueTask FinishAsync()
    {
        if (!_isInspected)
        {
            if (_step.Exchange.Http.Response is { HasStarted: true } response && !_step.Exchange.Http.RequestAborted.IsCancellationRequested)
            {
                await response.CompleteAsync(); // It need not wait for what only the log will tell.
            }

            await InspectAsync();
        }

        await _inner.FinishAsync();
    }

    public override UsageReport? Report() => _inner.Report();

    protected override void Dispose(bool disposing)
    {
        _inner.Dispose();
        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> piece, bool isEnd)
    {
        if (_unread is not { } unread)
        {
            return;
        }

        if (unread.Count + piece.Length > _stage.MaxBytes || _texts.Length > _stage.MaxBytes)
        {
            _unread = null; // More than can be held: it counts as not inspected.
            return;
        }

        unread.Add(piece);
        unread.Read += _events.Read(unread.Unread, isEnd);
        unread.Forget();
    }

    private async ValueTask InspectAsync()
    {
        (_isInspected, _step.IsAnswerOut) = (true, true);
        var error = _unread is null || _events.IsUnreadable
            ? _stage.Miss(_step, InspectedSide.Response)
            : await _stage.InspectAsync(_step, InspectedSide.Response, _texts.All(), CancellationToken.None); // Also of what a client did not wait for.
        _isRefused = error is not null;
    }
}
