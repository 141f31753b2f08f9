using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Abstractions.Gateways;
using Xunit;

namespace GatewayActors.Grains.Tests.Caching;

/// <summary>A shard as several fronts see it: over two silos and from outside.</summary>
[Collection(typeof(ClusterTests))]
public sealed class CacheShardGrainTests(ClusterFixture fixture)
{
    private static readonly CacheKey Key = CacheEntriesTests.Key("a");

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly string _gateway = GrainKeys.Gateway(ClusterFixture.NewAccountId(), "main");

    [Fact]
    public async Task LookUpAsync_Stored_BringsTheWholeAnswerThroughEveryDoor()
    {
        var answer = CacheEntriesTests.Answer(100_000) with { Body = Enumerable.Range(0, 100_000).Select(number => (byte)number).ToArray(), Model = "m" };
        Assert.True(await Shard().StoreAsync(Key, 1, answer, _cancelled));

        for (var door = 0; door < fixture.Doors.Count; door++)
        {
            var lookup = await Shard(door).LookUpAsync(Key, Query(), _cancelled);
            Assert.Equal(CacheOutcome.Hit, lookup.Outcome);
            Assert.True(answer.Body.Span.SequenceEqual(lookup.Answer!.Body.Span));
            Assert.Equal(answer.Headers, lookup.Answer.Headers);
            Assert.Equal((200, "application/json", "m"), (lookup.Answer.StatusCode, lookup.Answer.ContentType, lookup.Answer.Model));
        }

        Assert.Equal(CacheOutcome.Reserved, (await Shard().LookUpAsync(CacheEntriesTests.Key("b"), Query(), _cancelled)).Outcome);
    }

    [Fact]
    public async Task LookUpAsync_FiftyAtOnce_OneFetchesAndAllGetItsAnswer()
    {
        var lookups = Enumerable.Range(0, 50).Select(number => Shard(number % fixture.Doors.Count).LookUpAsync(Key, Query(), _cancelled).AsTask()).ToList();
        var first = await Task.WhenAny(lookups);
        lookups.Remove(first);
        Assert.Equal(CacheOutcome.Reserved, (await first).Outcome);

        await Shard().StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled);

        Assert.All(await Task.WhenAll(lookups), lookup => Assert.Equal((CacheOutcome.Hit, 10), (lookup.Outcome, lookup.Answer!.Body.Length)));
    }

    [Fact]
    public async Task AbandonAsync_OthersWait_OneOfThemGetsTheTask()
    {
        var reservation = (await Shard().LookUpAsync(Key, Query(), _cancelled)).Reservation;
        var waiting = Enumerable.Range(0, 3).Select(door => Shard(door).LookUpAsync(Key, Query(), _cancelled).AsTask()).ToList();

        await Shard().AbandonAsync(Key, reservation, _cancelled);

        var next = await Task.WhenAny(waiting);
        Assert.Equal(CacheOutcome.Reserved, (await next).Outcome);
        waiting.Remove(next);
        await Shard().AbandonAsync(Key, (await next).Reservation, _cancelled);
        next = await Task.WhenAny(waiting);
        Assert.Equal(CacheOutcome.Reserved, (await next).Outcome);
        Assert.True(await Shard().KeepAsync(Key, (await next).Reservation, _cancelled));
        Assert.False(await Shard().KeepAsync(Key, reservation, _cancelled));
    }

    [Theory]
    [InlineData(CacheSharing.None, CacheOutcome.Miss)]
    [InlineData(CacheSharing.Reserve, CacheOutcome.Miss)]
    [InlineData(CacheSharing.ReserveOrWait, CacheOutcome.Pending)] // After a while, so that the call does not time out.
    public async Task LookUpAsync_AnotherFetches_Is(CacheSharing sharing, CacheOutcome outcome)
    {
        await Shard().LookUpAsync(Key, Query(), _cancelled);

        Assert.Equal(outcome, (await Shard(1).LookUpAsync(Key, Query() with { Sharing = sharing }, _cancelled)).Outcome);
    }

    [Fact]
    public async Task Generation_MovesOn_VoidsWhatIsOlder()
    {
        await Shard().StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled);
        Assert.Equal(1, await Shard().ClearAsync(2, _cancelled));

        // An exchange that was admitted before the purge: neither given what is newer, nor does what it brings stay.
        Assert.Equal(CacheOutcome.Outdated, (await Shard().LookUpAsync(Key, Query(), _cancelled)).Outcome);
        Assert.False(await Shard().StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled));
        Assert.Equal(CacheOutcome.Reserved, (await Shard().LookUpAsync(Key, Query() with { Generation = 2 }, _cancelled)).Outcome);

        // A purge that the shard has not been told of comes with the next lookup.
        Assert.True(await Shard().StoreAsync(Key, 2, CacheEntriesTests.Answer(10), _cancelled));
        Assert.Equal(CacheOutcome.Reserved, (await Shard().LookUpAsync(Key, Query() with { Generation = 3 }, _cancelled)).Outcome);
        Assert.Equal(0, await Shard().ClearAsync(2, _cancelled));
    }

    [Fact]
    public async Task Purge_EndsReservations_AndThoseWhoWaitAreOutdated()
    {
        await Shard().LookUpAsync(Key, Query(), _cancelled);
        var waiting = Shard(1).LookUpAsync(Key, Query(), _cancelled).AsTask();

        await Shard().ClearAsync(2, _cancelled);

        Assert.Equal(CacheOutcome.Outdated, (await waiting).Outcome);
    }

    [Fact]
    public async Task Shards_OfOtherTenants_HoldNothingOfIt()
    {
        await Shard().StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled);
        foreach (var other in (string[])[GrainKeys.Gateway(ClusterFixture.NewAccountId(), "main"), GrainKeys.Gateway(GrainKeys.ParseGateway(_gateway).AccountId, "other")])
        {
            var shard = fixture.Client.GetGrain<ICacheShardGrain>(GrainKeys.CacheShard(other, 0));
            Assert.Equal(CacheOutcome.Miss, (await shard.LookUpAsync(Key, Query() with { Sharing = CacheSharing.None }, _cancelled)).Outcome);
        }
    }

    [Fact]
    public async Task Gateway_PurgeUpdateAndDeletion_MoveTheGenerationOn()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        var created = (await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled)).Gateway!;
        Assert.Equal(created.Version, created.CacheGeneration);

        var kept = (await gateway.UpdateAsync(ClusterFixture.Configuration(cacheTtl: 60), _cancelled)).Gateway!;
        Assert.Equal((2, created.CacheGeneration), (kept.Version, kept.CacheGeneration));
        var invalidated = (await gateway.UpdateAsync(ClusterFixture.Configuration() with { CacheInvalidateOnUpdate = true }, _cancelled)).Gateway!;
        Assert.Equal((3, 3), (invalidated.Version, invalidated.CacheGeneration));
        var purged = await gateway.PurgeCacheAsync(_cancelled);
        Assert.Equal((GatewayChangeOutcome.Done, 4, 4, invalidated.ModifiedAt), (purged.Outcome, purged.Gateway!.Version, purged.Gateway.CacheGeneration, purged.Gateway.ModifiedAt));

        // The next admission brings it, on every node, without any call to a front.
        var admission = await fixture.Doors[1].GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main"))
            .AdmitAsync(new() { SeenVersion = 3, Caller = Caller.Authenticated }, _cancelled);
        Assert.Equal(4, admission.Gateway!.CacheGeneration);

        await gateway.DeleteAsync(_cancelled);
        Assert.Equal(GatewayChangeOutcome.NotFound, (await gateway.PurgeCacheAsync(_cancelled)).Outcome);
        var anew = (await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled)).Gateway!;
        Assert.True(anew.CacheGeneration > purged.Gateway.CacheGeneration);
    }

    [Fact]
    public async Task Gateway_IsPurged_ShardsLetGoOfTheirAnswers()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var shard = fixture.Client.GetGrain<ICacheShardGrain>(GrainKeys.CacheShard(GrainKeys.Gateway(account, "main"), 2));
        await shard.StoreAsync(Key, 1, CacheEntriesTests.Answer(10), _cancelled);

        await gateway.PurgeCacheAsync(_cancelled);

        Assert.Equal(CacheOutcome.Miss, (await shard.LookUpAsync(Key, Query() with { Generation = 2, Sharing = CacheSharing.None }, _cancelled)).Outcome);
    }

    [Fact]
    public void Keys_OfAnyGateway_ComeApart() =>
        Assert.Equal(_gateway, GrainKeys.GatewayOfCacheShard(GrainKeys.CacheShard(_gateway, 3)));

    private ICacheShardGrain Shard(int door = 0) => fixture.Doors[door].GetGrain<ICacheShardGrain>(GrainKeys.CacheShard(_gateway, 0));

    private static CacheQuery Query() => new() { Generation = 1, Sharing = CacheSharing.ReserveOrWait };
}
