using GatewayActors.Abstractions.Work;

namespace GatewayActors.Grains.Work;

[GrainType("gateway.pending-work")]
internal sealed class PendingWorkGrain([PersistentState("pending-work")] IPersistentState<PendingWorkState> stored) : Grain, IPendingWorkGrain
{
    public Task<IReadOnlyList<PendingWorkItem>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult(stored.State.Items);

    public Task AddAsync(PendingWorkItem item, CancellationToken cancellationToken = default) =>
        stored.State.Items.Contains(item) ? Task.CompletedTask : StoreAsync([.. stored.State.Items, item]);

    public Task RemoveAsync(PendingWorkItem item, CancellationToken cancellationToken = default) =>
        stored.State.Items.Contains(item) ? StoreAsync([.. stored.State.Items.Where(other => other != item)]) : Task.CompletedTask;

    private async Task StoreAsync(IReadOnlyList<PendingWorkItem> items)
    {
        await stored.ReplaceAsync(new() { Items = items });
    }
}
