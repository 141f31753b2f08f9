using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Upstreams.Health;
using GatewayActors.Providers;

namespace GatewayActors.Front.Gateways;

/// <summary>What a front keeps of one gateway: the way to its grain, and the newest snapshot it has seen.</summary>
internal sealed class GatewayHandle(string accountId, string gatewayId, IGatewayGrain grain)
{
    private readonly ICacheShardGrain?[] _cacheShards = new ICacheShardGrain?[GrainKeys.CacheShards];
    private GatewaySnapshot? _snapshot;
    private long _seenSecrets;
    private long _seenDlp;

    public string AccountId { get; } = accountId;

    public string GatewayId { get; } = gatewayId;

    public IGatewayGrain Grain { get; } = grain;

    /// <summary>What is known of its upstreams.</summary>
    public GatewayHealth Health { get; } = new();

    /// <summary>
    /// For providers whose address holds an account of theirs: until a stored key names another one, it is taken to have the same id.
    /// </summary>
    public CredentialHome Home { get; } = new() { Account = accountId };

    /// <summary>The version to ask with; 0 for none.</summary>
    public long SeenVersion => Seen?.Version ?? 0;

    /// <summary>The version of the account's secrets that an admission has told last; 0 for none.</summary>
    public long SeenSecrets
    {
        get => Volatile.Read(ref _seenSecrets);
        set => Volatile.Write(ref _seenSecrets, value);
    }

    /// <summary>The version of the account's profiles of data loss prevention that an admission has told last; 0 for none.</summary>
    public long SeenDlp
    {
        get => Volatile.Read(ref _seenDlp);
        set => Volatile.Write(ref _seenDlp, value);
    }

    /// <summary>The newest snapshot seen; null for none.</summary>
    public GatewaySnapshot? Seen => Volatile.Read(ref _snapshot);

    /// <summary>The grain of one shard of the gateway's cache. Thread-safe: two references to one grain are as good as one.</summary>
    public ICacheShardGrain CacheShard(int shard, IGrainFactory grains) =>
        _cacheShards[shard] ??= grains.GetGrain<ICacheShardGrain>(GrainKeys.CacheShard(GrainKeys.Gateway(AccountId, GatewayId), shard));

    /// <summary>Takes the configuration of an admission, if it brings one, and answers the snapshot that the admission decided by.</summary>
    /// <remarks>
    /// Admissions of one gateway can arrive here in another order than they were made in. A snapshot is only replaced by a newer
    /// one; the exchange of an older admission still runs under what its own admission said.
    /// </remarks>
    public GatewaySnapshot Accept(Admission admission)
    {
        var current = Volatile.Read(ref _snapshot);
        if (admission.Gateway is not { } gateway)
        {
            return current ?? throw new InvalidOperationException("An admission without a configuration answers only a caller who holds one.");
        }

        if (current?.Version == gateway.Version)
        {
            return current;
        }

        var accepted = new GatewaySnapshot(gateway);
        while (current is null || current.Version < accepted.Version)
        {
            var seen = Interlocked.CompareExchange(ref _snapshot, accepted, current);
            if (ReferenceEquals(seen, current))
            {
                break;
            }

            current = seen;
        }

        return accepted;
    }
}
