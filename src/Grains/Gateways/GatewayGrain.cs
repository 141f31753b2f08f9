using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Grains.Limits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Providers;
using Orleans.Storage;

namespace GatewayActors.Grains.Gateways;

[GrainType("gateway.gateway")]
internal sealed partial class GatewayGrain(
    [PersistentState("gateway")] IPersistentState<GatewayState> stored,
    [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage,
    IGrainContext context,
    TimeProvider timeProvider,
    ILogger<GatewayGrain> logger) : Grain, IGatewayGrain
{
    private readonly GatewayRateLimit _rate = new(context, storage, timeProvider);
    private IGrainTimer? _saving;
    private readonly UpstreamConditions _upstreams = new();
    private string _accountId = "";
    private string _gatewayId = "";

    // What admissions decide by: swapped whole after the state has been written, so an admission that interleaves with a write sees
    // the old configuration until the new one is safe, and never half of it.
    private GatewayAdmissions? _admissions;
    private long _secretsVersion;
    private Task<GatewayChange>? _creation;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_accountId, _gatewayId) = GrainKeys.ParseGateway(this.GetPrimaryKeyString());
        await _rate.PrepareAsync(stored.State.Gateway);
        if (stored.State.Gateway is not null)
        {
            await LearnSecretsVersionAsync();
            await LearnDlpVersionAsync(stored.State.Gateway.Configuration);
        }

        Accept(stored.State);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _rate.SaveAsync();

    public ValueTask<Admission> AdmitAsync(AdmissionQuery query, CancellationToken cancellationToken = default)
    {
        if (_admissions is { } admissions)
        {
            return ValueTask.FromResult(WithDlp(WithSecrets(WithHealth(Decide(admissions, query), query), query), query));
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

    public ValueTask<RateLimitDecision?> TakeRateAsync(Guid exchange, bool isRepeated, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TakeRate(exchange, isRepeated));

    public ValueTask ReportUpstreamsAsync(UpstreamReport[] reports, CancellationToken cancellationToken = default)
    {
        if (_admissions is { } admissions)
        {
            _upstreams.Report(reports, admissions.Gateway.Configuration.CircuitBreaker, timeProvider.GetUtcNow());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<UpstreamProbe> AskToProbeAsync(string upstream, Guid caller, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_upstreams.AskToProbe(upstream, caller, timeProvider.GetUtcNow()));

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

        // After the account knows the gateway: its store either tells this gateway of a change from now on, or has made the change already.
        await LearnSecretsVersionAsync();
        await LearnDlpVersionAsync(configuration);
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
            CacheGeneration = stored.State.LastVersion + 1, // A former gateway of this id may have left answers.
        });
    }

    public async Task<GatewayChange> UpdateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default)
    {
        if (_admissions is not { Gateway: var gateway })
        {
            return new() { Outcome = GatewayChangeOutcome.NotFound };
        }

        await LearnDlpVersionAsync(configuration);
        var version = stored.State.LastVersion + 1;
        var change = await WriteAsync(gateway with
        {
            Version = version,
            Configuration = configuration,
            ModifiedAt = timeProvider.GetUtcNow(),
            CacheGeneration = configuration.CacheInvalidateOnUpdate ? version : gateway.CacheGeneration,
        });
        if (configuration.CacheInvalidateOnUpdate)
        {
            ClearCache(version);
        }

        return change;
    }

    public async Task<GatewayChange> SetRoutesAsync(
        Guid internalId, long revision, IReadOnlyList<DeployedRoute> routes, CancellationToken cancellationToken = default)
    {
        if (_admissions is not { Gateway: var gateway } || gateway.InternalId != internalId)
        {
            return new() { Outcome = GatewayChangeOutcome.NotFound };
        }

        // A new version, because only that brings the routes to the fronts. A revision that is here already came in an earlier call.
        return revision <= gateway.RoutesRevision
            ? new() { Outcome = GatewayChangeOutcome.Done, Gateway = gateway }
            : await WriteAsync(gateway with { Version = stored.State.LastVersion + 1, Routes = routes.Count > 0 ? routes : null, RoutesRevision = revision });
    }

    public async Task<GatewayChange> SetPoliciesAsync(
        Guid internalId, long revision, IReadOnlyList<CommittedPolicy> policies, CancellationToken cancellationToken = default)
    {
        if (_admissions is not { Gateway: var gateway } || gateway.InternalId != internalId)
        {
            return new() { Outcome = GatewayChangeOutcome.NotFound };
        }

        // A new version, as for routes.
        return revision <= gateway.PoliciesRevision
            ? new() { Outcome = GatewayChangeOutcome.Done, Gateway = gateway }
            : await WriteAsync(gateway with { Version = stored.State.LastVersion + 1, Policies = policies.Count > 0 ? policies : null, PoliciesRevision = revision });
    }

    public async Task<GatewayChange> PurgeCacheAsync(CancellationToken cancellationToken = default)
    {
        if (_admissions is not { Gateway: var gateway })
        {
            DeactivateOnIdle();
            return new() { Outcome = GatewayChangeOutcome.NotFound };
        }

        // A new version, because only that brings the new generation to the fronts.
        var version = stored.State.LastVersion + 1;
        var change = await WriteAsync(gateway with { Version = version, CacheGeneration = version });
        ClearCache(version);
        return change;
    }

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
        ClearCache(stored.State.LastVersion);
        await Account.UnregisterGatewayAsync(_gatewayId, cancellationToken);
        DeactivateOnIdle();
        return new() { Outcome = GatewayChangeOutcome.Done, Gateway = gateway };
    }

    private Admission Decide(GatewayAdmissions admissions, AdmissionQuery query)
    {
        var admission = admissions.Decide(query);
        return query.TakesRate && admission is { Verdict: AdmissionVerdict.Admitted, Gateway: null } && TakeRate(query.Exchange, query.IsRepeated) is { } rate
            ? admissions.Decide(rate)
            : admission;
    }

    private RateLimitDecision? TakeRate(Guid exchange, bool isRepeated)
    {
        var decision = _rate.Take(exchange, isRepeated);
        if (_rate.IsUnsaved && _saving is null)
        {
            // Only while there is something to save: an idle gateway needs no timer.
            _saving = this.RegisterGrainTimer(SaveRateAsync, new GrainTimerCreationOptions(GatewayRateLimit.SaveInterval, GatewayRateLimit.SaveInterval) { Interleave = true });
        }

        return decision;
    }

    private async Task SaveRateAsync(CancellationToken cancellationToken)
    {
        if (!_rate.IsUnsaved)
        {
            _saving?.Dispose();
            _saving = null;
            return;
        }

        try
        {
            await _rate.SaveAsync();
        }
        catch (InconsistentStateException exception)
        {
            LogRateNotSaved(GrainContext.GrainId, exception);
            DeactivateOnIdle(); // Another activation counts: this one must not go on beside it.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogRateNotSaved(GrainContext.GrainId, exception); // It stays unsaved; the next tick tries again.
        }
    }

    // Nearly always the callers know: only an answer that has to tell them something is made anew.
    private Admission WithHealth(Admission admission, in AdmissionQuery query) =>
        query.SeenHealth == _upstreams.Version || admission.Verdict != AdmissionVerdict.Admitted
            ? admission
            : admission with { Health = _upstreams.Since(query.SeenHealth, timeProvider.GetUtcNow()) };

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

        return _admissions is { } admissions ? WithDlp(WithSecrets(Decide(admissions, query), query), query) : GatewayAdmissions.NotFound;
    }

    /// <summary>
    /// Lets the shards free the memory of void answers. Not waited for: the generation alone keeps them from being served, and a shard
    /// that does not hear of it now learns of it with the next lookup.
    /// </summary>
    private void ClearCache(long generation)
    {
        for (var shard = 0; shard < GrainKeys.CacheShards; shard++)
        {
            var grain = GrainFactory.GetGrain<ICacheShardGrain>(GrainKeys.CacheShard(this.GetPrimaryKeyString(), shard));
            grain.ClearAsync(generation, CancellationToken.None).AsTask().Ignore();
        }
    }

    private async Task<GatewayChange> WriteAsync(GatewayRecord gateway)
    {
        await StoreAsync(new() { Gateway = gateway, LastVersion = gateway.Version });
        return new() { Outcome = GatewayChangeOutcome.Done, Gateway = gateway };
    }

    private async Task StoreAsync(GatewayState state)
    {
        await _rate.PrepareAsync(state.Gateway);
        await stored.ReplaceAsync(state);

        Accept(state);
    }

    private void Accept(GatewayState state)
    {
        _admissions = state.Gateway is { } gateway ? new(gateway) : null;
        _rate.Accept(state.Gateway);
    }

    [LoggerMessage(EventId = 2201, EventName = "RateNotSaved", Level = LogLevel.Warning,
        Message = "The rate limit's counts of {Gateway} could not be stored; a crash would forget them.")]
    private partial void LogRateNotSaved(GrainId gateway, Exception exception);
}
