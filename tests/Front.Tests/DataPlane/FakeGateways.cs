using System.Collections.Concurrent;
using System.Reflection;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using Xunit;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>Gateway grains that live in the test, and decide as the real ones do.</summary>
public class FakeGateways : DispatchProxy
{
    private readonly ConcurrentDictionary<string, Grain> _grains = new(StringComparer.Ordinal);

    internal static (IGrainFactory Factory, FakeGateways Gateways) Make()
    {
        var factory = Create<IGrainFactory, FakeGateways>();
        return (factory, (FakeGateways)(object)factory);
    }

    internal Grain this[string key] => _grains.GetOrAdd(key, key => new(key));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal(typeof(IGatewayGrain), targetMethod!.GetGenericArguments().Single());
        return this[(string)args![0]!];
    }

    internal sealed class Grain(string key) : IGatewayGrain
    {
        private long _version;

        /// <summary>What the grain holds; null for no such gateway.</summary>
        public GatewayRecord? Record { get; private set; }

        /// <summary>The versions that callers said they held.</summary>
        public ConcurrentQueue<long> SeenVersions { get; } = [];

        /// <summary>What goes wrong with the next calls.</summary>
        public ConcurrentQueue<Exception> Failures { get; } = [];

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
            };
        }

        public ValueTask<Admission> AdmitAsync(AdmissionQuery query, CancellationToken cancellationToken = default)
        {
            SeenVersions.Enqueue(query.SeenVersion);
            if (Failures.TryDequeue(out var failure))
            {
                return ValueTask.FromException<Admission>(failure);
            }

            var verdict = Record is null ? AdmissionVerdict.GatewayNotFound
                : query.Caller == Caller.Anonymous && (Record.Configuration.Authentication ?? true) ? AdmissionVerdict.Unauthorized
                : AdmissionVerdict.Admitted;
            return ValueTask.FromResult(new Admission
            {
                Verdict = verdict,
                Version = Record?.Version ?? 0,
                Gateway = verdict == AdmissionVerdict.Admitted && query.SeenVersion != Record!.Version ? Record : null,
            });
        }

        public ValueTask<RateLimitDecision?> TakeRateAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<RateLimitDecision?>(null);

        public Task<GatewayRecord?> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(Record);

        public Task<GatewayChange> CreateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<GatewayChange> UpdateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<GatewayChange> DeleteAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
