using GatewayActors.Abstractions.Limits;

namespace GatewayActors.Grains.Limits;

[GrainType("gateway.quota")]
internal sealed class QuotaGrain([PersistentState("quota")] IPersistentState<QuotaState> stored, TimeProvider timeProvider) : Grain, IQuotaGrain
{
    private QuotaBook _book = null!;
    private bool _isUnsaved;
    private long _changes;
    private long _written;
    private Task? _write;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _book = new(stored.State, Guid.CreateVersion7(timeProvider.GetUtcNow()));
        return Task.CompletedTask;
    }

    public ValueTask<QuotaDecision> ReserveAsync(QuotaRule rule, decimal amount, CancellationToken cancellationToken = default)
    {
        var decision = _book.Reserve(rule, amount, timeProvider.GetUtcNow().UtcTicks);
        _isUnsaved |= decision.IsGranted;
        return ValueTask.FromResult(decision);
    }

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
}
