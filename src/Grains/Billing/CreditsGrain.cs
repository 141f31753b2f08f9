using GatewayActors.Abstractions.Billing;

namespace GatewayActors.Grains.Billing;

[GrainType("gateway.credits")]
internal sealed class CreditsGrain([PersistentState("credits")] IPersistentState<CreditsState> stored, TimeProvider timeProvider) : Grain, ICreditsGrain
{
    private const int MaxTopUps = 200;

    // A front has one charge of an account under way at a time, and repeats it within seconds.
    private const int MaxCharges = 64;
    private const decimal CentsPerUsd = 100;

    // Swapped whole after a write, so a look that interleaves with the write sees the balance before or after it.
    private CreditBalance _balance = Balance(new());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _balance = Balance(stored.State);
        return Task.CompletedTask;
    }

    public ValueTask<CreditBalance> GetAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_balance);

    public async Task<CreditTopUp> TopUpAsync(long amountCents, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amountCents, 1);
        var topUp = Make(amountCents, isAutomatic: false);
        await StoreAsync(Add(stored.State, topUp));
        return topUp;
    }

    public Task<CreditTopUp?> FindTopUpAsync(string id, CancellationToken cancellationToken = default) =>
        Task.FromResult(stored.State.TopUps.FirstOrDefault(topUp => topUp.Id == id));

    public async Task<CreditBalance> ChargeAsync(Guid charge, decimal usd, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(usd);
        if (!stored.State.Charges.Contains(charge))
        {
            var charged = stored.State with { Usd = stored.State.Usd - usd, Charges = [charge, .. stored.State.Charges.Take(MaxCharges - 1)] };
            await StoreAsync(Refilled(charged));
        }

        return _balance;
    }

    public async Task<CreditBalance> SetAutoTopUpAsync(AutoTopUp? autoTopUp, CancellationToken cancellationToken = default)
    {
        await StoreAsync(Refilled(stored.State with { AutoTopUp = autoTopUp }));
        return _balance;
    }

    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (stored.RecordExists)
        {
            // Written empty rather than cleared: an activation elsewhere that still holds the old state must meet a newer one.
            await StoreAsync(new());
        }

        DeactivateOnIdle();
    }

    private CreditsState Refilled(CreditsState state) =>
        state.AutoTopUp is { } auto && state.Usd * CentsPerUsd < auto.ThresholdCents ? Add(state, Make(auto.AmountCents, isAutomatic: true)) : state;

    private CreditTopUp Make(long amountCents, bool isAutomatic)
    {
        var now = timeProvider.GetUtcNow();
        return new() { Id = $"topup_{Guid.CreateVersion7(now):N}", AmountCents = amountCents, CreatedAt = now, IsAutomatic = isAutomatic };
    }

    private static CreditsState Add(CreditsState state, CreditTopUp topUp) =>
        state with { Usd = state.Usd + (topUp.AmountCents / CentsPerUsd), TopUps = [topUp, .. state.TopUps.Take(MaxTopUps - 1)] };

    private static CreditBalance Balance(CreditsState state) => new() { Usd = state.Usd, AutoTopUp = state.AutoTopUp, HasToppedUp = state.TopUps.Count > 0 };

    private async Task StoreAsync(CreditsState state)
    {
        await stored.ReplaceAsync(state);

        _balance = Balance(state);
    }
}
