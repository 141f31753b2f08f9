using GatewayActors.Abstractions.Accounts;

namespace GatewayActors.Grains.Accounts;

[GrainType("gateway.account-directory")]
internal sealed class AccountDirectoryGrain([PersistentState("account-directory")] IPersistentState<AccountDirectoryState> stored)
    : Grain, IAccountDirectoryGrain
{
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult(stored.State.AccountIds);

    public Task AddAsync(string accountId, CancellationToken cancellationToken = default) =>
        stored.State.AccountIds.Contains(accountId) ? Task.CompletedTask : StoreAsync([.. stored.State.AccountIds, accountId]);

    public Task RemoveAsync(string accountId, CancellationToken cancellationToken = default) =>
        stored.State.AccountIds.Contains(accountId) ? StoreAsync([.. stored.State.AccountIds.Where(id => id != accountId)]) : Task.CompletedTask;

    private async Task StoreAsync(IReadOnlyList<string> accountIds)
    {
        await stored.ReplaceAsync(new() { AccountIds = accountIds });
    }
}

/// <summary>What is stored of the directory. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Alias("gateway.account-directory.state")]
internal sealed class AccountDirectoryState
{
    [Id(0)] public IReadOnlyList<string> AccountIds { get; set; } = [];
}
