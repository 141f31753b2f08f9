using System.Collections.Frozen;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Billing;
using GatewayActors.Abstractions.CustomDomains;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Abstractions.Secrets;
using Microsoft.Extensions.Options;

namespace GatewayActors.Grains.Accounts;

[GrainType("gateway.account")]
internal sealed class AccountGrain(
    [PersistentState("account")] IPersistentState<AccountState> stored,
    IOptions<AccountOptions> options,
    TimeProvider timeProvider) : Grain, IAccountGrain
{
    // Swapped whole after a write, so a look-up that interleaves with the write sees the tokens before or after it.
    private FrozenDictionary<string, ApiTokenRecord> _tokensByHash = FrozenDictionary<string, ApiTokenRecord>.Empty;

    private string AccountId => this.GetPrimaryKeyString();

    private AccountState State => stored.State;

    private IAccountDirectoryGrain Directory => GrainFactory.GetGrain<IAccountDirectoryGrain>(GrainKeys.AccountDirectory);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Index();
        return Task.CompletedTask;
    }

    public Task<AccountRecord?> GetAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfMissing();
        return Task.FromResult(Existing);
    }

    public ValueTask<bool> ExistsAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfMissing();
        return ValueTask.FromResult(Existing is not null);
    }

    public async Task<AccountRecord> CreateAsync(string name, CancellationToken cancellationToken = default)
    {
        if (State.Deleting)
        {
            await EndDeletionAsync(cancellationToken);
        }

        // The directory first, and every time: after a crash in between it names an account that does not exist, which readers
        // skip; the other order could leave an account that nobody lists.
        await Directory.AddAsync(AccountId, cancellationToken);
        if (State.Account is { } existing)
        {
            return existing;
        }

        var account = new AccountRecord { Id = AccountId, Name = name, CreatedAt = timeProvider.GetUtcNow() };
        await StoreAsync(new() { Account = account });
        return account;
    }

    public async Task<AccountRecord?> RenameAsync(string name, CancellationToken cancellationToken = default)
    {
        if (Existing is not { } account)
        {
            return null;
        }

        await StoreAsync(State with { Account = account with { Name = name } });
        return State.Account;
    }

    public async Task<bool> DeleteAsync(CancellationToken cancellationToken = default)
    {
        if (State.Account is null)
        {
            return false;
        }

        // From here on no token of the account is valid, whatever happens to the rest.
        await StoreAsync(State with { Deleting = true, Tokens = [] });
        await EndDeletionAsync(cancellationToken);
        return true;
    }

    public async Task<bool> FinishDeletionAsync(CancellationToken cancellationToken = default)
    {
        if (!State.Deleting)
        {
            LeaveIfMissing();
            return false;
        }

        await EndDeletionAsync(cancellationToken);
        return true;
    }

    public ValueTask<ApiTokenRecord?> FindTokenAsync(string valueHash, CancellationToken cancellationToken = default)
    {
        LeaveIfMissing();
        return ValueTask.FromResult(_tokensByHash.GetValueOrDefault(valueHash));
    }

    public Task<IReadOnlyList<ApiTokenRecord>> ListTokensAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ApiTokenRecord>>([.. State.Tokens.Select(stored => stored.Token)]);

    public async Task<ApiTokenRecord?> CreateTokenAsync(ApiTokenDefinition definition, string valueHash, CancellationToken cancellationToken = default)
    {
        if (Existing is null)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        var token = new ApiTokenRecord
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            AccountId = AccountId,
            Definition = definition,
            IssuedOn = now,
            ModifiedOn = now,
        };
        await StoreAsync(State with { Tokens = [.. State.Tokens, new StoredApiToken { Token = token, ValueHash = valueHash }] });
        return token;
    }

    public Task<ApiTokenRecord?> UpdateTokenAsync(string tokenId, ApiTokenDefinition definition, CancellationToken cancellationToken = default) =>
        ReplaceTokenAsync(tokenId, stored => stored with { Token = stored.Token with { Definition = definition, ModifiedOn = timeProvider.GetUtcNow() } });

    public Task<ApiTokenRecord?> RollTokenAsync(string tokenId, string valueHash, CancellationToken cancellationToken = default) =>
        ReplaceTokenAsync(tokenId, stored => stored with { ValueHash = valueHash, Token = stored.Token with { ModifiedOn = timeProvider.GetUtcNow() } });

    public async Task<bool> DeleteTokenAsync(string tokenId, CancellationToken cancellationToken = default)
    {
        var rest = State.Tokens.Where(stored => stored.Token.Id != tokenId).ToArray();
        if (rest.Length == State.Tokens.Count)
        {
            return false;
        }

        await StoreAsync(State with { Tokens = rest });
        return true;
    }

    public async Task<GatewayRegistration> RegisterGatewayAsync(string gatewayId, CancellationToken cancellationToken = default)
    {
        if (Existing is null)
        {
            LeaveIfMissing();
            return GatewayRegistration.AccountNotFound;
        }

        if (State.GatewayIds.Contains(gatewayId))
        {
            return GatewayRegistration.Registered;
        }

        if (State.GatewayIds.Count >= options.Value.MaxGateways)
        {
            return GatewayRegistration.TooManyGateways;
        }

        await StoreAsync(State with { GatewayIds = [gatewayId, .. State.GatewayIds] });
        return GatewayRegistration.Registered;
    }

    public async Task UnregisterGatewayAsync(string gatewayId, CancellationToken cancellationToken = default)
    {
        if (State.GatewayIds.Contains(gatewayId))
        {
            await StoreAsync(State with { GatewayIds = [.. State.GatewayIds.Where(id => id != gatewayId)] });
        }
    }

    public Task<IReadOnlyList<string>> ListGatewaysAsync(CancellationToken cancellationToken = default) => Task.FromResult(State.GatewayIds);

    private AccountRecord? Existing => State.Deleting ? null : State.Account;

    private async Task<ApiTokenRecord?> ReplaceTokenAsync(string tokenId, Func<StoredApiToken, StoredApiToken> change)
    {
        var changed = State.Tokens.Select(stored => stored.Token.Id == tokenId ? change(stored) : stored).ToArray();
        if (changed.FirstOrDefault(stored => stored.Token.Id == tokenId) is not { } token)
        {
            return null;
        }

        await StoreAsync(State with { Tokens = changed });
        return token.Token;
    }

    private async Task EndDeletionAsync(CancellationToken cancellationToken)
    {
        // A gateway takes itself off this account's list, a call back into this grain while it waits. It can do no harm: it is the
        // only call that gets in, and the loop goes over the list as it was.
        using (RequestContext.AllowCallChainReentrancy())
        {
            foreach (var gatewayId in State.GatewayIds)
            {
                var key = GrainKeys.Gateway(AccountId, gatewayId);
                await GrainFactory.GetGrain<IGatewayGrain>(key).DeleteAsync(cancellationToken);
                await GrainFactory.GetGrain<IDatasetsGrain>(key).ClearAsync(cancellationToken);
                await GrainFactory.GetGrain<IEvaluationsGrain>(key).ClearAsync(cancellationToken);
                await GrainFactory.GetGrain<IReplaysGrain>(key).ClearAsync(cancellationToken);
            }
        }

        await GrainFactory.GetGrain<ICustomProvidersGrain>(GrainKeys.CustomProviders(AccountId)).ClearAsync(cancellationToken);
        await GrainFactory.GetGrain<ILogpushGrain>(GrainKeys.Logpush(AccountId)).ClearAsync(cancellationToken);
        await GrainFactory.GetGrain<ISecretsStoreGrain>(GrainKeys.SecretsStore(AccountId)).ClearAsync(cancellationToken);
        await GrainFactory.GetGrain<IDlpProfilesGrain>(GrainKeys.DlpProfiles(AccountId)).ClearAsync(cancellationToken);
        await GrainFactory.GetGrain<ICreditsGrain>(GrainKeys.Credits(AccountId)).ClearAsync(cancellationToken);
        await GrainFactory.GetGrain<ICustomDomainsGrain>(GrainKeys.CustomDomains).ClearAsync(AccountId, gatewayId: null, cancellationToken);
        await Directory.RemoveAsync(AccountId, cancellationToken);
        await StoreAsync(new());
        DeactivateOnIdle();
    }

    private async Task StoreAsync(AccountState state)
    {
        await stored.ReplaceAsync(state);

        Index();
    }

    private void Index() =>
        _tokensByHash = State.Tokens.ToFrozenDictionary(stored => stored.ValueHash, stored => stored.Token, StringComparer.Ordinal);

    // Anyone can name accounts that do not exist: such an activation must not stay and fill the memory.
    private void LeaveIfMissing()
    {
        if (State.Account is null)
        {
            DeactivateOnIdle();
        }
    }
}
