using GatewayActors.Abstractions.Limits;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace GatewayActors.Grains.Limits;

[GrainType("gateway.quota")]
internal sealed partial class QuotaGrain(
    [PersistentState("quota")] IPersistentState<QuotaState> stored, TimeProvider timeProvider, ILogger<QuotaGrain> logger) : Grain, IQuotaGrain
{
    private QuotaBook _book = null!;
    private bool _isUnsaved;
    private long _changes;
    private long _written;
    private Task? _write;
    private IGrainTimer? _saving;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _book = new(stored.State, Guid.CreateVersion7(timeProvider.GetUtcNow()));
        return Task.CompletedTask;
    }

    public ValueTask<QuotaDecision> ReserveAsync(QuotaRule rule, QuotaClaim claim, CancellationToken cancellationToken = default)
    {
        var decision = _book.Reserve(rule, claim, timeProvider.GetUtcNow().UtcTicks);
        _isUnsaved |= decision.IsGranted;
        return ValueTask.FromResult(decision);
    }

    public ValueTask<QuotaDecision> TakeAsync(QuotaRule rule, QuotaUse use, CancellationToken cancellationToken = default)
    {
        var decision = _book.Take(rule, use, timeProvider.GetUtcNow().UtcTicks);
        if (decision.IsGranted)
        {
            _isUnsaved = true;

            // Only while there is something to save, and only where it would still count when it is read again.
            if (_saving is null && rule.Window >= GatewayRateLimit.LeastSavedWindow)
            {
                _saving = this.RegisterGrainTimer(SaveTakenAsync, new GrainTimerCreationOptions(GatewayRateLimit.SaveInterval, GatewayRateLimit.SaveInterval) { Interleave = true });
            }
        }

        return ValueTask.FromResult(decision);
    }

    public ValueTask<QuotaDecision> PeekAsync(QuotaRule rule, decimal amount, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_book.Peek(rule, amount, timeProvider.GetUtcNow().UtcTicks));

    public async ValueTask SettleAsync(QuotaReservation reservation, decimal actual, CancellationToken cancellationToken = default)
    {
        _book.Settle(reservation, actual);
        _isUnsaved = true;
        if (actual > 0)
        {
            // One that gives back is not worth a write: should it be forgotten, too much counts as used, never too little.
            await SaveAsync();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_isUnsaved && !(_book.IsEmpty && !stored.RecordExists))
        {
            await SaveAsync();
        }
    }

    private async Task SaveTakenAsync(CancellationToken cancellationToken)
    {
        if (!_isUnsaved)
        {
            _saving?.Dispose();
            _saving = null;
            return;
        }

        try
        {
            await SaveAsync();
        }
        catch (InconsistentStateException exception)
        {
            LogNotSaved(GrainContext.GrainId, exception);
            DeactivateOnIdle(); // Another activation counts: this one must not go on beside it.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotSaved(GrainContext.GrainId, exception); // It stays unsaved; the next tick tries again.
        }
    }

    /// <summary>Ends when all changes up to now are stored.</summary>
    private async Task SaveAsync()
    {
        var change = ++_changes;
        while (_written < change)
        {
            // One write at a time; the first to find none under way writes for all who have come meanwhile.
            if (_write is null or { IsCompleted: true })
            {
                _write = WriteAsync();
            }

            await _write;
        }
    }

    private async Task WriteAsync()
    {
        var change = _changes;
        _isUnsaved = false;
        stored.State = _book.ToState();
        try
        {
            // Not cancellable: a caller that gives up must not leave the grain unsure of what is stored. A conflict goes out to the
            // callers and ends this activation; they settle with the next one.
            await stored.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            _isUnsaved = true;
            throw;
        }

        _written = change;
    }

    [LoggerMessage(EventId = 2102, EventName = "QuotaNotSaved", Level = LogLevel.Warning,
        Message = "What was taken of {Quota} could not be stored; a crash would forget it.")]
    private partial void LogNotSaved(GrainId quota, Exception exception);
}
