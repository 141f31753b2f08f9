using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

[GrainType("gateway.gateway")]
internal sealed class GatewayGrain(
    [PersistentState("gateway")] IPersistentState<GatewayState> stored,
    TimeProvider timeProvider) : Grain, IGatewayGrain
{
    private string _accountId = "";
    private string _gatewayId = "";

    // What admissions decide by: swapped whole after the state has been written, so an admission that interleaves with a write sees
    // the old configuration until the new one is safe, and never half of it.
    private GatewayAdmissions? _admissions;
    private Task<GatewayChange>? _creation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_accountId, _gatewayId) = GrainKeys.ParseGateway(this.GetPrimaryKeyString());
        Accept(stored.State);
        return Task.CompletedTask;
    }

    public ValueTask<Admission> AdmitAsync(AdmissionQuery query, CancellationToken cancellationToken = default)
    {
        if (_admissions is { } admissions)
        {
            return ValueTask.FromResult(admissions.Decide(query));
        }

        var isDefault = _gatewayId == Identifiers.DefaultGatewayId;
        if (isDefault && query.Caller == Caller.Authenticated)
        {
            return CreateAndAdmitAsync(query);
        }

        // Anyone can name gateways that do not exist: such an activation must not stay and fill the memory.
        DeactivateOnIdle();
        return ValueTask.FromResult(isDefault ? GatewayAdmissions.UnauthorizedWithoutGateway : GatewayAdmissions.NotFound);
    }

    public Task<GatewayRecord?> GetAsync(CancellationToken cancellationToken = default)
    {
        if (_admissions is null)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(_admissions?.Gateway);
    }

    public async Task<GatewayChange> CreateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default)
    {
        if (_admissions is { } existing)
        {
            return new() { Outcome = GatewayChangeOutcome.AlreadyExists, Gateway = existing.Gateway };
        }

        // The account lists the gateway before it exists: after a crash in between the list has an entry too many, which readers
        // skip and the next creation heals. The other order could leave a gateway that works and is listed nowhere.
        switch (await Account.RegisterGatewayAsync(_gatewayId, cancellationToken))
        {
            case GatewayRegistration.AccountNotFound:
                DeactivateOnIdle();
                return new() { Outcome = GatewayChangeOutcome.AccountNotFound };
            case GatewayRegistration.TooManyGateways:
                DeactivateOnIdle();
                return new() { Outcome = GatewayChangeOutcome.TooManyGateways };
            case GatewayRegistration.Registered:
            default:
                break;
        }

        var now = timeProvider.GetUtcNow();
        return await WriteAsync(new()
        {
            AccountId = _accountId,
            Id = _gatewayId,
            InternalId = Guid.CreateVersion7(now),
            Version = stored.State.LastVersion + 1,
            Configuration = configuration,
            CreatedAt = now,
            ModifiedAt = now,
            IsDefault = _gatewayId == Identifiers.DefaultGatewayId,
        });
    }

    public async Task<GatewayChange> UpdateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default) =>
        _admissions is { Gateway: var gateway }
            ? await WriteAsync(gateway with
            {
                Version = stored.State.LastVersion + 1,
                Configuration = configuration,
                ModifiedAt = timeProvider.GetUtcNow(),
            })
            : new() { Outcome = GatewayChangeOutcome.NotFound };

    public async Task<GatewayChange> DeleteAsync(CancellationToken cancellationToken = default)
    {
        if (_admissions is not { Gateway: var gateway })
        {
            // What a deletion or creation that broke off may have left: it would count against the account's gateways for ever.
            await Account.UnregisterGatewayAsync(_gatewayId, cancellationToken);
            DeactivateOnIdle();
            return new() { Outcome = GatewayChangeOutcome.NotFound };
        }

        // The row stays with its last version: a gateway created anew under this id must not repeat one that fronts still hold.
        await StoreAsync(new() { LastVersion = stored.State.LastVersion + 1 });
        await Account.UnregisterGatewayAsync(_gatewayId, cancellationToken);
        DeactivateOnIdle();
        return new() { Outcome = GatewayChangeOutcome.Done, Gateway = gateway };
    }

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(GrainKeys.Account(_accountId));

    /// <summary>
    /// Creates <c>default</c> by a call to itself, which queues behind any other write like every creation does; admissions that come
    /// meanwhile wait for the same one.
    /// </summary>
    private async ValueTask<Admission> CreateAndAdmitAsync(AdmissionQuery query)
    {
        var creation = _creation ??= this.AsReference<IGatewayGrain>().CreateAsync(DefaultGateway.Configuration, CancellationToken.None);
        try
        {
            await creation;
        }
        finally
        {
            _creation = null;
        }

        return _admissions?.Decide(query) ?? GatewayAdmissions.NotFound;
    }

    private async Task<GatewayChange> WriteAsync(GatewayRecord gateway)
    {
        await StoreAsync(new() { Gateway = gateway, LastVersion = gateway.Version });
        return new() { Outcome = GatewayChangeOutcome.Done, Gateway = gateway };
    }

    private async Task StoreAsync(GatewayState state)
    {
        var before = stored.State;
        stored.State = state;
        try
        {
            // Not cancellable: a client that gives up must not leave the grain unsure of what is stored.
            await stored.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            stored.State = before;
            throw; // A conflict ends this activation; the next one reads what is stored.
        }

        Accept(state);
    }

    private void Accept(GatewayState state) => _admissions = state.Gateway is { } gateway ? new(gateway) : null;
}
