using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

/// <summary>State that belongs to one gateway and ends with it.</summary>
internal interface IGatewayPartState
{
    /// <summary>The gateway that the state belongs to: one created anew under the same id begins without.</summary>
    Guid GatewayId { get; set; }
}

/// <summary>A grain that owns a part of a gateway beside <see cref="GatewayGrain"/>, which never calls it: the two cannot wait for each other.</summary>
/// <param name="stored">The state.</param>
internal abstract class GatewayPartGrain<TState>(IPersistentState<TState> stored) : Grain
    where TState : class, IGatewayPartState, new()
{
    protected TState State => stored.State;

    /// <summary>Forgets everything, because the gateway has been deleted.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (await FindGatewayAsync() is { } gateway && gateway.InternalId == State.GatewayId)
        {
            return; // It lives: another one of this id was deleted.
        }

        await OnClearingAsync();
        if (stored.RecordExists)
        {
            // Written empty rather than cleared: an activation elsewhere that still holds the old state must meet a newer one.
            await StoreAsync(new());
        }

        DeactivateOnIdle();
    }

    /// <summary>Whether there is a gateway. Afterwards the state is that of this gateway.</summary>
    protected async Task<bool> OpenAsync()
    {
        if (await FindGatewayAsync() is not { } gateway)
        {
            // Anyone can name gateways that do not exist: such an activation must not stay and fill the memory.
            DeactivateOnIdle();
            return false;
        }

        if (State.GatewayId != gateway.InternalId)
        {
            stored.State = new() { GatewayId = gateway.InternalId };
        }

        await OnOpenedAsync(gateway);

        return true;
    }

    protected async Task StoreAsync(TState state)
    {
        await stored.ReplaceAsync(state);
    }

    /// <summary>Makes up for what a call that broke off has left undone.</summary>
    protected virtual Task OnOpenedAsync(GatewayRecord gateway) => Task.CompletedTask;

    /// <summary>Lets go of what lies elsewhere, while the state still says where. A crash in between: the next deletion does it again.</summary>
    protected virtual Task OnClearingAsync() => Task.CompletedTask;

    // Not cancellable: the answer decides about what is stored here.
    private Task<GatewayRecord?> FindGatewayAsync() =>
        GrainFactory.GetGrain<IGatewayGrain>(this.GetPrimaryKeyString()).GetAsync(CancellationToken.None);
}
