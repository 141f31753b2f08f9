using System.Collections.Concurrent;
using System.Diagnostics;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Grains.Limits;
using GatewayActors.Testing.Grains;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.TestingHost;
using Xunit;

namespace GatewayActors.Grains.Tests.Limits;

/// <summary>Two silos, of which the one that counts is killed in the middle of a window: what the other one remembers.</summary>
public sealed class SiloDeathTests : IAsyncLifetime
{
    // So long that no test sees its end.
    private const long Years = 1_000_000_000;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly SharedGrainStorage _storage = new();
    private readonly ConcurrentDictionary<string, bool> _dead = new(StringComparer.Ordinal);
    private InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((options, silo) =>
        {
            // A silo that is killed here is stopped in this process: from its death on it must not reach the storage.
            _storage.AddTo(silo.Services, isCut: () => _dead.ContainsKey(options.SiloName));
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.Configure<ClusterMembershipOptions>(membership =>
            {
                membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                membership.NumMissedProbesLimit = 1;
                membership.NumVotesForDeathDeclaration = 1;
            });
            silo.Services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData(LimitTechnique.Fixed)]
    [InlineData(LimitTechnique.Sliding)]
    public async Task RateLimit_ForgetsAtMostTheLastSecond(LimitTechnique technique)
    {
        const int Limit = 2_000;
        var account = ClusterFixture.NewAccountId();
        await _cluster.Client.GetGrain<IAccountGrain>(GrainKeys.Account(account)).CreateAsync("tenant", _cancelled);
        var (survivor, killed) = await SidesOfAsync(door => door.GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main")), async gateway =>
            await gateway.CreateAsync(
                ClusterFixture.Configuration() with { RateLimitingLimit = Limit, RateLimitingInterval = Years, RateLimitingTechnique = technique }, _cancelled));
        var gateway = survivor.GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main"));

        // Some load for a few times as long as counts may be unsaved.
        var clock = Stopwatch.StartNew();
        var admitted = new List<TimeSpan>();
        while (clock.Elapsed < 4 * GatewayRateLimit.SaveInterval)
        {
            Assert.True((await TakeAsync(gateway)).IsTaken);
            admitted.Add(clock.Elapsed);
            await Task.Delay(5, _cancelled);
        }

        await KillAsync(killed);
        var died = clock.Elapsed;
        var after = 0;
        while ((await TakeAsync(gateway)).IsTaken)
        {
            after++;
        }

        var lastSecond = admitted.Count(at => at > died - TimeSpan.FromSeconds(1));
        Assert.True(lastSecond < admitted.Count);
        Assert.InRange(admitted.Count + after, Limit, Limit + lastSecond + 1); // One more: the call that found the silo dead may have counted.
    }

    [Fact]
    public async Task Spend_ForgetsNothingThatWasSettled()
    {
        const decimal Estimate = 0.5m;
        const decimal Actual = 0.7m;
        const int Callers = 8;
        var key = GrainKeys.Quota(ClusterFixture.NewAccountId(), "main", "spend", "rule", "0123456789abcdef");
        var rule = new QuotaRule { Limit = 1_000_000, Window = TimeSpan.FromSeconds(Years), Technique = LimitTechnique.Fixed };
        var (survivor, killed) = await SidesOfAsync(door => door.GetGrain<IQuotaGrain>(key), async quota => await quota.ReserveAsync(rule, 0, _cancelled));
        var quota = survivor.GetGrain<IQuotaGrain>(key);
        var settled = 0;
        var isDead = false;
        var callers = Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var last = false; !last;)
            {
                last = Volatile.Read(ref isDead); // A whole call after the death as well.
                var claim = Claims.Of(Estimate);
                var decision = await AsFrontsDoAsync(() => quota.ReserveAsync(rule, claim, _cancelled));
                Assert.True(decision.IsGranted);
                await Task.Delay(2, _cancelled);
                await AsFrontsDoAsync(async () =>
                {
                    await quota.SettleAsync(decision.Reservation, Actual, _cancelled);
                    return true;
                });
                Interlocked.Increment(ref settled);
            }
        }).ToArray();
        while (Volatile.Read(ref settled) < 50)
        {
            await Task.Delay(5, _cancelled);
        }

        await KillAsync(killed);
        Volatile.Write(ref isDead, true);
        await Task.WhenAll(callers);

        var spent = settled * Actual;
        Assert.False((await quota.ReserveAsync(rule with { Limit = spent - 0.01m }, 0, _cancelled)).IsGranted);

        // What was reserved when the silo died counts as used as well where its answer was lost, and nothing else does.
        Assert.True((await quota.ReserveAsync(rule with { Limit = spent + (Callers * (Estimate + Actual)) }, 0, _cancelled)).IsGranted);
    }

    /// <summary>Makes a grain, and answers the way in through the silo where it does not live, and the silo where it does.</summary>
    private async Task<(IGrainFactory Survivor, InProcessSiloHandle Killed)> SidesOfAsync<TGrain>(Func<IGrainFactory, TGrain> get, Func<TGrain, Task> make)
        where TGrain : IAddressable
    {
        var grain = get(_cluster.Client);
        await make(grain);
        var address = await _cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        var killed = _cluster.Silos.Single(silo => silo.SiloAddress.Equals(address));
        return (_cluster.Silos.Single(silo => silo != killed).ServiceProvider.GetRequiredService<IGrainFactory>(), killed);
    }

    private async Task KillAsync(InProcessSiloHandle silo)
    {
        _dead[silo.Name] = true;
        await _cluster.KillSiloAsync(silo);
    }

    private async Task<RateLimitDecision> TakeAsync(IGatewayGrain gateway)
    {
        var exchange = Guid.CreateVersion7();
        var isRepeated = false;
        return (await AsFrontsDoAsync(() =>
        {
            var asking = gateway.TakeRateAsync(exchange, isRepeated, _cancelled);
            isRepeated = true;
            return asking;
        }))!;
    }

    /// <summary>Asks again when the silo is gone, until another one has the grain.</summary>
    private async Task<T> AsFrontsDoAsync<T>(Func<ValueTask<T>> ask)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException && clock.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(20, _cancelled);
            }
        }
    }
}
