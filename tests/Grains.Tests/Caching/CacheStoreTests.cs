using System.Collections.Concurrent;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Grains.Caching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;
using Xunit;

namespace GatewayActors.Grains.Tests.Caching;

/// <summary>Shards with a second store behind them, and with a clock of the test's.</summary>
public sealed class CacheStoreTests : IAsyncLifetime
{
    private static readonly CacheKey Key = CacheEntriesTests.Key("a");

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store = new();
    private InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddCacheShards();
            silo.Services.AddSingleton<ICacheStore>(_store);
            silo.Services.AddSingleton<TimeProvider>(_clock);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task LookUpAsync_OnlyTheStoreHasIt_TakesItFromThere()
    {
        await Shard("one").StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled);
        var (gateway, generation, answer) = Assert.Single(_store.Written);
        Assert.Equal(("one", 1, _clock.GetUtcNow()), (gateway, generation, answer.StoredAt));
        _store.Answer = answer;

        // Another gateway's shard, which has never heard of it: what the store brings is what counts.
        var lookups = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Shard("two").LookUpAsync(Key, Query(), _cancelled).AsTask()));

        Assert.All(lookups, lookup => Assert.Equal((CacheOutcome.Hit, 10), (lookup.Outcome, lookup.Answer!.Body.Length)));
        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    public async Task LookUpAsync_AnotherFetchesIt_ReadsTheStoreOnce()
    {
        Assert.Equal(CacheOutcome.Reserved, (await Shard("one").LookUpAsync(Key, Query(), _cancelled)).Outcome);
        Assert.Equal(CacheOutcome.Miss, (await Shard("one").LookUpAsync(Key, Query() with { Sharing = CacheSharing.Reserve }, _cancelled)).Outcome);
        Assert.Equal(1, _store.Reads);

        Assert.Equal(CacheOutcome.Miss, (await Shard("one").LookUpAsync(Key, Query() with { Sharing = CacheSharing.None }, _cancelled)).Outcome);
        Assert.Equal(2, _store.Reads);
    }

    [Fact]
    public async Task StoreAsync_TheStoreIsSlow_IsNotWaitedFor()
    {
        _store.Writing = new(TaskCreationOptions.RunContinuationsAsynchronously);

        Assert.True(await Shard("one").StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled));
        Assert.Equal(CacheOutcome.Hit, (await Shard("one").LookUpAsync(Key, Query(), _cancelled)).Outcome);

        _store.Writing.SetException(new InvalidOperationException("down"));
        Assert.Equal(CacheOutcome.Hit, (await Shard("one").LookUpAsync(Key, Query(), _cancelled)).Outcome);
    }

    [Fact]
    public async Task LookUpAsync_TheStoreFails_LeavesTheTaskToTheCaller()
    {
        _store.Failure = new InvalidOperationException("down");

        Assert.Equal(CacheOutcome.Reserved, (await Shard("one").LookUpAsync(Key, Query(), _cancelled)).Outcome);
        Assert.True(await Shard("one").StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled));
        Assert.Equal(CacheOutcome.Hit, (await Shard("one").LookUpAsync(Key, Query(), _cancelled)).Outcome);
    }

    [Theory]
    [InlineData(59, null, true, false)]
    [InlineData(60, null, false, false)]
    [InlineData(60, 30, false, true)]
    [InlineData(89, 30, false, true)]
    [InlineData(90, 30, false, false)]
    public async Task LookUpAsync_ByAge_IsFreshOrStandsIn(int age, int? staleFor, bool isFresh, bool isStale)
    {
        await Shard("one").StoreAsync(Key, 1, CacheEntriesTests.Answer(10) with { Ttl = TimeSpan.FromSeconds(60), StaleFor = TimeSpan.FromSeconds(600) }, _cancelled);
        _clock.Advance(TimeSpan.FromSeconds(age));

        var lookup = await Shard("one").LookUpAsync(Key, Query() with { StaleFor = TimeSpan.FromSeconds(staleFor ?? 0) }, _cancelled);

        Assert.Equal((isFresh ? CacheOutcome.Hit : CacheOutcome.Reserved, isFresh || isStale), (lookup.Outcome, lookup.Answer is not null));
    }

    [Theory]
    [InlineData(true, 30, CacheOutcome.Reserved)]
    [InlineData(true, 3600, CacheOutcome.Hit)]
    [InlineData(true, null, CacheOutcome.Hit)]
    [InlineData(false, 30, CacheOutcome.Hit)] // The request that stored it has asked for longer.
    public async Task LookUpAsync_GatewaysTtlIsShorterNow_HoldsForWhatFollowsIt(bool follows, int? gatewayTtl, CacheOutcome outcome)
    {
        await Shard("one").StoreAsync(Key, 1, CacheEntriesTests.Answer(10) with { Ttl = TimeSpan.FromSeconds(60), FollowsGateway = follows }, _cancelled);
        _clock.Advance(TimeSpan.FromSeconds(31));

        var lookup = await Shard("one").LookUpAsync(Key, Query() with { GatewayTtl = gatewayTtl is { } seconds ? TimeSpan.FromSeconds(seconds) : null }, _cancelled);

        Assert.Equal(outcome, lookup.Outcome);
    }

    [Fact]
    public async Task Reservation_WithoutASignOfLife_PassesOn()
    {
        var lost = await Shard("one").LookUpAsync(Key, Query(), _cancelled);
        _clock.Advance(CacheReservation.Lease - TimeSpan.FromSeconds(1));
        Assert.True(await Shard("one").KeepAsync(Key, lost.Reservation, _cancelled));
        _clock.Advance(CacheReservation.Lease - TimeSpan.FromSeconds(1));
        Assert.Equal(CacheOutcome.Miss, (await Shard("one").LookUpAsync(Key, Query() with { Sharing = CacheSharing.Reserve }, _cancelled)).Outcome);

        _clock.Advance(TimeSpan.FromSeconds(1));

        var next = await Shard("one").LookUpAsync(Key, Query(), _cancelled);
        Assert.Equal(CacheOutcome.Reserved, next.Outcome);
        Assert.NotEqual(lost.Reservation, next.Reservation);
        Assert.False(await Shard("one").KeepAsync(Key, lost.Reservation, _cancelled));
    }

    private ICacheShardGrain Shard(string gateway) => _cluster.Client.GetGrain<ICacheShardGrain>(GrainKeys.CacheShard(GrainKeys.Gateway("account", gateway), 0));

    private static CacheQuery Query() => new() { Generation = 1, Sharing = CacheSharing.ReserveOrWait };

    private sealed class MemoryStore : ICacheStore
    {
        private int _reads;

        public ConcurrentQueue<(string Gateway, long Generation, CachedAnswer Answer)> Written { get; } = [];

        public CachedAnswer? Answer { get; set; }

        public Exception? Failure { get; set; }

        /// <summary>What writes wait for; null: nothing.</summary>
        public TaskCompletionSource? Writing { get; set; }

        public int Reads => _reads;

        public async ValueTask<CachedAnswer?> ReadAsync(string gatewayKey, long generation, CacheKey key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            await Task.Yield();
            return Failure is null ? Answer : throw Failure;
        }

        public ValueTask WriteAsync(string gatewayKey, long generation, CacheKey key, CachedAnswer answer, CancellationToken cancellationToken)
        {
            Written.Enqueue((GrainKeys.ParseGateway(gatewayKey).GatewayId, generation, answer));
            return Failure is not null ? throw Failure : Writing is { } writing ? new(writing.Task) : ValueTask.CompletedTask;
        }
    }
}
