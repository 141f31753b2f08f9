using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using Microsoft.Extensions.Options;

namespace GatewayActors.Grains.Secrets;

[GrainType("gateway.secrets-store")]
internal sealed class SecretsStoreGrain(
    [PersistentState("secrets-store")] IPersistentState<SecretsStoreState> stored,
    IOptions<SecretsStoreOptions> options,
    TimeProvider timeProvider) : Grain, ISecretsStoreGrain
{
    /// <summary>The name of a store that nobody has created by hand.</summary>
    public const string DefaultStoreName = "default_secrets_store";

    private const int GatewaysAtOnce = 64;

    // What exchanges are told: swapped whole after the state has been written, so a call that interleaves with a write sees the secrets
    // before or after it.
    private UsableSecrets _usable = new() { Version = 0, Secrets = [] };

    private SecretsStoreState State => stored.State;

    private string AccountId => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _usable = UsableOf(State);
        return Task.CompletedTask;
    }

    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_usable.Version);

    public ValueTask<UsableSecrets?> GetUsableAsync(long seenVersion, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(seenVersion == _usable.Version ? null : _usable);

    public Task<SecretsContents> GetAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return Task.FromResult(new SecretsContents { Store = State.Store, Secrets = [.. State.Secrets.Select(secret => secret.Record)], Quota = options.Value.MaxSecrets });
    }

    public async Task<SecretsChange> CreateStoreAsync(string name, CancellationToken cancellationToken = default)
    {
        if (!await HasAccountAsync(cancellationToken))
        {
            return Refuse(SecretsOutcome.AccountNotFound);
        }

        if (State.Store is not null)
        {
            return Refuse(SecretsOutcome.StoreExists);
        }

        await StoreAsync(State with { Store = NewStore(name) });
        return Done([]);
    }

    public async Task<SecretsChange> DeleteStoreAsync(string storeId, bool force, CancellationToken cancellationToken = default)
    {
        if (State.Store is not { } store || store.Id != storeId)
        {
            return Refuse(SecretsOutcome.StoreNotFound);
        }

        if (State.Secrets.Count > 0 && !force)
        {
            return Refuse(SecretsOutcome.StoreNotEmpty);
        }

        await StoreAsync(State with { Store = null, Secrets = [] });
        return new() { Outcome = SecretsOutcome.Done, Store = store };
    }

    public async Task<SecretsChange> CreateAsync(string storeId, IReadOnlyList<SecretDraft> drafts, CancellationToken cancellationToken = default)
    {
        if (State.Store?.Id != storeId)
        {
            return Refuse(SecretsOutcome.StoreNotFound);
        }

        if (SecretsBook.Refusal(State, drafts, options.Value.MaxSecrets) is { } refusal)
        {
            return Refuse(refusal);
        }

        var added = SecretsBook.New(drafts, timeProvider.GetUtcNow());
        await StoreAsync(State with { Secrets = [.. State.Secrets, .. added] });
        return Done([.. added.Select(secret => secret.Record)]);
    }

    public async Task<SecretsChange> UpdateAsync(string storeId, string secretId, SecretPatch patch, CancellationToken cancellationToken = default)
    {
        if (Find(storeId, secretId, out var existing) is { } refusal)
        {
            return Refuse(refusal);
        }

        var changed = SecretsBook.Apply(existing!, patch, timeProvider.GetUtcNow());
        await ReplaceAsync(changed);
        return Done([changed.Record]);
    }

    public async Task<SecretsChange> DeleteAsync(string storeId, IReadOnlyList<string> secretIds, CancellationToken cancellationToken = default)
    {
        if (State.Store?.Id != storeId)
        {
            return Refuse(SecretsOutcome.StoreNotFound);
        }

        var ids = secretIds.ToHashSet(StringComparer.Ordinal);
        SecretRecord[] deleted = [.. State.Secrets.Select(secret => secret.Record).Where(secret => ids.Contains(secret.Id))];
        if (deleted.Length < ids.Count)
        {
            return Refuse(SecretsOutcome.SecretNotFound);
        }

        await StoreAsync(State with { Secrets = [.. State.Secrets.Where(secret => !ids.Contains(secret.Record.Id))] });
        return Done(deleted);
    }

    public async Task<SecretsChange> DuplicateAsync(
        string storeId, string secretId, string name, IReadOnlyList<string> scopes, string? comment, CancellationToken cancellationToken = default)
    {
        if (Find(storeId, secretId, out var existing) is { } refusal)
        {
            return Refuse(refusal);
        }

        // The sealed value is good for the whole account, so it need not be opened to be copied.
        var draft = new SecretDraft { Name = name, Sealed = existing!.Sealed, Preview = existing.Record.Preview, Scopes = scopes, Comment = comment };
        return await CreateAsync(storeId, [draft], cancellationToken);
    }

    public async Task<SecretsChange> PutKeyAsync(string? storeId, SecretDraft draft, CancellationToken cancellationToken = default)
    {
        if (!await HasAccountAsync(cancellationToken))
        {
            return Refuse(SecretsOutcome.AccountNotFound);
        }

        if (storeId is not null && State.Store?.Id != storeId)
        {
            return Refuse(SecretsOutcome.StoreNotFound);
        }

        if (State.Secrets.FirstOrDefault(secret => secret.Record.Name == draft.Name) is { } existing)
        {
            var changed = SecretsBook.Apply(
                existing,
                new() { Sealed = draft.Sealed, Preview = draft.Preview, Scopes = [.. existing.Record.Scopes.Union(draft.Scopes)] },
                timeProvider.GetUtcNow());
            await ReplaceAsync(changed);
            return Done([changed.Record]);
        }

        if (SecretsBook.Refusal(State, [draft], options.Value.MaxSecrets) is { } refusal)
        {
            return Refuse(refusal);
        }

        var added = SecretsBook.New([draft], timeProvider.GetUtcNow());
        await StoreAsync(State with { Store = State.Store ?? NewStore(DefaultStoreName), Secrets = [.. State.Secrets, .. added] });
        return Done([added[0].Record]);
    }

    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (State.Store is not null)
        {
            await StoreAsync(State with { Store = null, Secrets = [] }, tellsGateways: false); // They are gone.
        }

        DeactivateOnIdle();
    }

    private SecretsOutcome? Find(string storeId, string secretId, out StoredSecret? secret)
    {
        secret = State.Secrets.FirstOrDefault(secret => secret.Record.Id == secretId);
        return State.Store?.Id != storeId ? SecretsOutcome.StoreNotFound : secret is null ? SecretsOutcome.SecretNotFound : null;
    }

    private SecretsStoreRecord NewStore(string name)
    {
        var now = timeProvider.GetUtcNow();
        return new() { Id = Guid.CreateVersion7(now).ToString("N"), Name = name, CreatedAt = now, ModifiedAt = now };
    }

    private ValueTask<bool> HasAccountAsync(CancellationToken cancellationToken) => Account.ExistsAsync(cancellationToken);

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(GrainKeys.Account(AccountId));

    private Task ReplaceAsync(StoredSecret changed) =>
        StoreAsync(State with { Secrets = [.. State.Secrets.Select(secret => secret.Record.Id == changed.Record.Id ? changed : secret)] });

    /// <summary>Stores a change, and tells the account's gateways if it is about what exchanges may use.</summary>
    private async Task StoreAsync(SecretsStoreState state, bool tellsGateways = true)
    {
        var before = State;
        var isAboutExchanges = !SecretsBook.Usable(before).SequenceEqual(SecretsBook.Usable(state), ReferenceEqualityComparer.Instance);
        await stored.ReplaceAsync(isAboutExchanges ? state with { Version = before.Version + 1 } : state);

        if (isAboutExchanges)
        {
            _usable = UsableOf(State);
            await (tellsGateways ? TellGatewaysAsync() : Task.CompletedTask);
        }
    }

    /// <summary>
    /// Every gateway that exists now; one that is made or activated later asks by itself. A crash in between leaves gateways of other
    /// processes with the former secrets, but then nobody was told that the change was made.
    /// </summary>
    private async Task TellGatewaysAsync()
    {
        foreach (var some in (await Account.ListGatewaysAsync(CancellationToken.None)).Chunk(GatewaysAtOnce))
        {
            await Task.WhenAll(some.Select(TellAsync));
        }
    }

    private async Task TellAsync(string gatewayId)
    {
        var gateway = GrainFactory.GetGrain<IGatewayGrain>(GrainKeys.Gateway(AccountId, gatewayId));
        try
        {
            await gateway.SetSecretsVersionAsync(_usable.Version, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            await gateway.SetSecretsVersionAsync(_usable.Version, CancellationToken.None); // Its silo is gone; another one has it now.
        }
    }

    private static UsableSecrets UsableOf(SecretsStoreState state) => new()
    {
        Version = state.Version,
        Secrets = [.. SecretsBook.Usable(state).Select(secret => new UsableSecret { Id = secret.Record.Id, Name = secret.Record.Name, Sealed = secret.Sealed })],
    };

    private SecretsChange Done(IReadOnlyList<SecretRecord> secrets) => new() { Outcome = SecretsOutcome.Done, Store = State.Store, Secrets = secrets };

    private SecretsChange Refuse(SecretsOutcome outcome)
    {
        LeaveIfNothing();
        return new() { Outcome = outcome };
    }

    // Anyone with a token can ask about stores that do not exist: such an activation need not stay.
    private void LeaveIfNothing()
    {
        if (State is { Version: 0, Store: null })
        {
            DeactivateOnIdle();
        }
    }
}
