using System.Text;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Tests.DataPlane;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>Answers that the front serves without asking their shard again.</summary>
public sealed class RecentAnswersTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    private int LookUps => _host.Shards.Sum(shard => shard.Queries.Count);

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(CachingHost.Configuration());
        _host.AnswerWithNumbers();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Hits_WithinASecond_AskTheShardOnce()
    {
        await _host.ChatAsync();
        var first = await _host.ChatAsync();
        var asked = LookUps;

        for (var i = 0; i < 5; i++)
        {
            var next = await _host.ChatAsync();
            Assert.Equal(("HIT", first.Text), (next.Status(), next.Text));
        }

        Assert.Equal(asked, LookUps);
        _host.Clock.Advance(RecentAnswers.HeldFor);
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());
        Assert.Equal(asked + 1, LookUps); // So that the shard knows what is in use.
    }

    [Fact]
    public async Task Hit_AnswerIsHeld_IsLoggedWithBothBodies()
    {
        await _host.ChatAsync();
        for (var i = 0; i < 3; i++)
        {
            var answer = await _host.ChatAsync();
            var entry = await LogOfAsync(answer);
            Assert.True(entry.Entry.Cached);
            Assert.Equal(answer.Text, Encoding.UTF8.GetString(entry.ResponseBody!));
            Assert.NotNull(entry.RequestBody);
        }
    }

    [Fact]
    public async Task Purge_AnswerIsHeld_HoldsForTheNextRequest()
    {
        await _host.ChatAsync();
        var before = await _host.ChatAsync();
        Assert.Equal("HIT", before.Status());

        await _host.Gateway.PurgeCacheAsync(_cancelled);

        var after = await _host.ChatAsync();
        Assert.Equal("MISS", after.Status());
        Assert.NotEqual(before.Text, after.Text);
    }

    [Fact]
    public async Task ShorterTtlOfTheGateway_AnswerIsHeld_HoldsForTheNextRequest()
    {
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());

        _host.Gateway.Set(CachingHost.Configuration(ttl: 60));

        Assert.Equal("MISS", (await _host.ChatAsync()).Status());
    }

    [Fact]
    public async Task Answer_GetsTooOldWhileItIsHeld_IsFetchedAnew()
    {
        await _host.ChatAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(3599.5));
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());

        _host.Clock.Advance(TimeSpan.FromSeconds(0.5));

        Assert.Equal("MISS", (await _host.ChatAsync()).Status());
    }

    [Fact]
    public async Task OtherCredential_AnswerIsHeld_IsNotServed()
    {
        await _host.ChatAsync();
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());

        Assert.Equal("MISS", (await _host.ChatAsync(("authorization", "Bearer sk-of-somebody-else"))).Status());
    }

    [Fact]
    public async Task NoMoreHits_NothingIsHeldForLong()
    {
        var recent = _host.Services.GetRequiredService<RecentAnswers>();
        await _host.ChatAsync();
        Assert.Equal("HIT", (await _host.ChatAsync()).Status());
        Assert.True(recent.Bytes > 0);

        _host.Clock.Advance(RecentAnswers.HeldFor);
        _host.Clock.Advance(RecentAnswers.HeldFor);

        Assert.Equal(0, recent.Bytes);
        Assert.Equal("HIT", (await _host.ChatAsync()).Status()); // And what comes later is let go of again.
        _host.Clock.Advance(RecentAnswers.HeldFor);
        _host.Clock.Advance(RecentAnswers.HeldFor);
        Assert.Equal(0, recent.Bytes);
    }

    [Fact]
    public async Task CompressedCopies_CountInTheMemory()
    {
        var recent = _host.Services.GetRequiredService<RecentAnswers>();
        await _host.ChatAsync();
        await _host.ChatAsync();
        var bytes = recent.Bytes;

        await _host.ChatAsync(); // The first that takes what is held, and logs it.

        Assert.InRange(recent.Bytes, bytes + 1, bytes + 200);
        var all = recent.Bytes;
        await _host.ChatAsync();
        Assert.Equal(all, recent.Bytes);
    }

    private async Task<Recorded> LogOfAsync(FrontAnswer answer)
    {
        while (true)
        {
            var entry = await _host.Logs.NextAsync(_cancelled);
            if (entry.Entry.Id.ToString() == answer.Header("cf-aig-log-id"))
            {
                return entry;
            }
        }
    }
}
