using System.Collections.Concurrent;
using System.Reflection;
using System.Threading.Channels;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Billing;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Grains.Gateways;
using Xunit;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>Gateway grains that live in the test, and decide as the real ones do.</summary>
public class FakeGateways : DispatchProxy
{
    private readonly ConcurrentDictionary<string, Grain> _grains = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FakeQuota> _quotas = new(StringComparer.Ordinal);

    /// <summary>The quotas that were asked, by their keys.</summary>
    internal IReadOnlyDictionary<string, FakeQuota> Quotas => _quotas;

    /// <summary>Makes all quotas anew when they are asked next.</summary>
    internal void ForgetQuotas() => _quotas.Clear();

    /// <summary>Sets up every quota when it is asked first.</summary>
    internal Action<FakeQuota> OnQuota { get; set; } = _ => { };
    private readonly ConcurrentDictionary<string, FakeCustomProviders> _customProviders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FakeCredits> _credits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FakeSecrets> _secrets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FakeDlpProfiles> _dlp = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FakeCacheShard> _cacheShards = new(StringComparer.Ordinal);

    internal static (IGrainFactory Factory, FakeGateways Gateways) Make()
    {
        var factory = Create<IGrainFactory, FakeGateways>();
        return (factory, (FakeGateways)(object)factory);
    }

    private readonly Channel<CacheQuery> _cacheQueries = Channel.CreateUnbounded<CacheQuery>();

    /// <summary>The lookups in all shards of all caches, each as soon as it is made.</summary>
    internal ChannelReader<CacheQuery> CacheQueries => _cacheQueries.Reader;

    /// <summary>The clock of all grains.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>The providers that an account has added.</summary>
    internal FakeCustomProviders CustomProviders(string account) => _customProviders.GetOrAdd(GrainKeys.CustomProviders(account), _ => new());

    /// <summary>The credits of an account.</summary>
    internal FakeCredits Credits(string account) => _credits.GetOrAdd(GrainKeys.Credits(account), _ => new());

    /// <summary>The secrets of an account.</summary>
    internal FakeSecrets Secrets(string account) => _secrets.GetOrAdd(GrainKeys.SecretsStore(account), _ => new());

    /// <summary>The profiles of an account.</summary>
    internal FakeDlpProfiles Dlp(string account) => _dlp.GetOrAdd(GrainKeys.DlpProfiles(account), _ => new());

    internal Grain this[string key] => _grains.GetOrAdd(key, key => new(key, this));

    /// <summary>All shards of a gateway's cache.</summary>
    internal IEnumerable<FakeCacheShard> CacheShards(string gatewayKey) =>
        Enumerable.Range(0, GrainKeys.CacheShards).Select(shard => CacheShard(GrainKeys.CacheShard(gatewayKey, shard)));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var (type, key) = (targetMethod!.GetGenericArguments().Single(), (string)args![0]!);
        if (type == typeof(IQuotaGrain))
        {
            return _quotas.GetOrAdd(key, key =>
            {
                var quota = new FakeQuota(key);
                OnQuota(quota);
                return quota;
            });
        }

        if (type == typeof(ICacheShardGrain))
        {
            return CacheShard(key);
        }

        if (type == typeof(ICustomProvidersGrain))
        {
            return CustomProviders(key);
        }

        if (type == typeof(ISecretsStoreGrain))
        {
            return Secrets(key);
        }

        if (type == typeof(IDlpProfilesGrain))
        {
            return Dlp(key);
        }

        if (type == typeof(ICreditsGrain))
        {
            return Credits(key);
        }

        Assert.Equal(typeof(IGatewayGrain), type);
        return this[key];
    }

    private FakeCacheShard CacheShard(string key) => _cacheShards.GetOrAdd(key, _ => new(Clock, _cacheQueries.Writer));

    internal sealed class Grain(string key, FakeGateways gateways) : IGatewayGrain
    {
        private readonly UpstreamConditions _upstreams = new();
        private long _version;

        /// <summary>What the grain holds; null for no such gateway.</summary>
        public GatewayRecord? Record { get; private set; }

        /// <summary>The versions that callers said they held.</summary>
        public ConcurrentQueue<long> SeenVersions { get; } = [];

        /// <summary>What the rate limit says; asked only where the real grain would ask.</summary>
        public Func<RateLimitDecision?> Rate { get; set; } = () => null;

        /// <summary>How often the rate limit was asked with a call of its own.</summary>
        public int RateCalls { get; private set; }

        /// <summary>Who was to be counted, and whether the caller had asked before.</summary>
        public ConcurrentQueue<(Guid Exchange, bool IsRepeated)> RateAsked { get; } = [];

        /// <summary>What goes wrong with the next calls.</summary>
        public ConcurrentQueue<Exception> Failures { get; } = [];

        /// <summary>What goes wrong with the next calls that ask for the rate limit alone.</summary>
        public ConcurrentQueue<Exception> RateFailures { get; } = [];

        /// <summary>What fronts have told it about upstreams.</summary>
        public ConcurrentQueue<UpstreamReport> Reports { get; } = [];

        /// <summary>What goes wrong with the next reports.</summary>
        public ConcurrentQueue<Exception> ReportFailures { get; } = [];

        public void Set(GatewayConfiguration? configuration)
        {
            var (account, gateway) = GrainKeys.ParseGateway(key);
            Record = configuration is null ? null : new()
            {
                AccountId = account,
                Id = gateway,
                InternalId = Guid.CreateVersion7(),
                Version = ++_version,
                Configuration = configuration,
                CreatedAt = DateTimeOffset.UnixEpoch,
                ModifiedAt = DateTimeOffset.UnixEpoch,
                IsDefault = false,
                Routes = Record?.Routes,
                Policies = Record?.Policies,
                ProviderConfigs = Record?.ProviderConfigs,
                CacheGeneration = Record is null || configuration.CacheInvalidateOnUpdate ? _version : Record.CacheGeneration,
            };
        }

        public Task<GatewayChange> SetRoutesAsync(
            Guid internalId, long revision, IReadOnlyList<DeployedRoute> routes, CancellationToken cancellationToken = default)
        {
            Record = Record! with { Version = ++_version, Routes = routes, RoutesRevision = revision };
            return Task.FromResult(new GatewayChange { Outcome = GatewayChangeOutcome.Done, Gateway = Record });
        }

        public Task<GatewayChange> SetPoliciesAsync(
            Guid internalId, long revision, IReadOnlyList<CommittedPolicy> policies, CancellationToken cancellationToken = default)
        {
            Record = Record! with { Version = ++_version, Policies = policies, PoliciesRevision = revision };
            return Task.FromResult(new GatewayChange { Outcome = GatewayChangeOutcome.Done, Gateway = Record });
        }

        public Task<GatewayChange> PurgeCacheAsync(CancellationToken cancellationToken = default)
        {
            Record = Record! with { Version = ++_version, CacheGeneration = _version };
            return Task.FromResult(new GatewayChange { Outcome = GatewayChangeOutcome.Done, Gateway = Record });
        }

        /// <summary>Replaces the provider configs.</summary>
        public void SetConfigs(params ProviderConfig[] configs) => Record = Record! with { Version = ++_version, ProviderConfigs = configs };

        public ValueTask SetSecretsVersionAsync(long version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask SetDlpVersionAsync(long version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<ProviderConfigChange> AddProviderConfigAsync(ProviderConfig config, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<ProviderConfigChange> SetProviderConfigSecretAsync(Guid id, string secretId, bool ownsSecret, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<ProviderConfigChange> RemoveProviderConfigAsync(Guid id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<Admission> AdmitAsync(AdmissionQuery query, CancellationToken cancellationToken = default)
        {
            SeenVersions.Enqueue(query.SeenVersion);
            if (query.TakesRate)
            {
                RateAsked.Enqueue((query.Exchange, query.IsRepeated));
            }

            if (Failures.TryDequeue(out var failure))
            {
                return ValueTask.FromException<Admission>(failure);
            }

            var verdict = Record is null ? AdmissionVerdict.GatewayNotFound
                : query.Caller == Caller.Anonymous && (Record.Configuration.Authentication ?? true) ? AdmissionVerdict.Unauthorized
                : AdmissionVerdict.Admitted;
            var rate = verdict == AdmissionVerdict.Admitted && query.TakesRate && query.SeenVersion == Record!.Version ? Rate() : null;
            return ValueTask.FromResult(new Admission
            {
                Verdict = rate is { IsTaken: false } ? AdmissionVerdict.RateLimited : verdict,
                Rate = rate,
                Version = Record?.Version ?? 0,
                Secrets = verdict == AdmissionVerdict.Admitted && gateways.Secrets(GrainKeys.ParseGateway(key).AccountId).Version is var secrets && secrets != query.SeenSecrets ? secrets : null,
                Dlp = verdict == AdmissionVerdict.Admitted && Record!.Configuration.Dlp is not null && gateways.Dlp(GrainKeys.ParseGateway(key).AccountId).Version is var dlp && dlp != query.SeenDlp ? dlp : null,
                Health = verdict == AdmissionVerdict.Admitted ? HealthSince(query.SeenHealth) : null,
                Gateway = verdict == AdmissionVerdict.Admitted && query.SeenVersion != Record!.Version ? Record : null,
            });
        }

        public ValueTask<RateLimitDecision?> TakeRateAsync(Guid exchange, bool isRepeated, CancellationToken cancellationToken = default)
        {
            RateAsked.Enqueue((exchange, isRepeated));
            RateCalls++;
            return RateFailures.TryDequeue(out var failure) || Failures.TryDequeue(out failure) ? ValueTask.FromException<RateLimitDecision?>(failure) : ValueTask.FromResult(Rate());
        }

        public ValueTask ReportUpstreamsAsync(UpstreamReport[] reports, CancellationToken cancellationToken = default)
        {
            if (ReportFailures.TryDequeue(out var failure))
            {
                return ValueTask.FromException(failure);
            }

            lock (_upstreams)
            {
                _upstreams.Report(reports, Record?.Configuration.CircuitBreaker, gateways.Clock.GetUtcNow());
            }

            foreach (var report in reports)
            {
                Reports.Enqueue(report);
            }

            return ValueTask.CompletedTask;
        }

        /// <summary>What goes wrong with the next calls that ask to find out about an upstream, before they arrive or after.</summary>
        public ConcurrentQueue<(Exception Exception, bool Arrives)> ProbeFailures { get; } = [];

        /// <summary>Who has asked to find out about an upstream, and what the answer was.</summary>
        public ConcurrentQueue<(Guid Caller, UpstreamProbe Answer)> Probes { get; } = [];

        public ValueTask<UpstreamProbe> AskToProbeAsync(string upstream, Guid caller, CancellationToken cancellationToken = default)
        {
            var fails = ProbeFailures.TryDequeue(out var failure);
            if (!fails || failure.Arrives)
            {
                lock (_upstreams)
                {
                    Probes.Enqueue((caller, _upstreams.AskToProbe(upstream, caller, gateways.Clock.GetUtcNow())));
                }
            }

            return fails ? ValueTask.FromException<UpstreamProbe>(failure.Exception) : ValueTask.FromResult(Probes.Last().Answer);
        }

        /// <summary>Whether admissions say how the upstreams are; one that was made before others does not know of them.</summary>
        public bool TellsHealth { get; set; } = true;

        private UpstreamHealth? HealthSince(long seenVersion)
        {
            if (!TellsHealth)
            {
                return null;
            }

            lock (_upstreams)
            {
                return _upstreams.Since(seenVersion, gateways.Clock.GetUtcNow());
            }
        }

        public Task<GatewayRecord?> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(Record);

        public Task<GatewayChange> CreateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<GatewayChange> UpdateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<GatewayChange> DeleteAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
