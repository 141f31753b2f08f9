using System.Collections.Concurrent;
using System.Threading.Channels;
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
    private readonly TaskCompletionSource _noticed = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
    public async Task RateLimit_ForgetsAtMostWhatWasCountedSinceTheLastWrite(LimitTechnique technique)
    {
        const int Limit = 2_000;
        var account = ClusterFixture.NewAccountId();
        await _cluster.Client.GetGrain<IAccountGrain>(GrainKeys.Account(account)).CreateAsync("tenant", _cancelled);
        var (survivor, killed) = await SidesOfAsync(door => door.GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main")), async gateway =>
            await gateway.CreateAsync(
                ClusterFixture.Configuration() with { RateLimitingLimit = Limit, RateLimitingInterval = Years, RateLimitingTechnique = technique }, _cancelled));
        var gateway = survivor.GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main"));

        // What has been counted here is in a write that begins afterwards.
        var admitted = 0;
        var writes = Channel.CreateUnbounded<int>();
        _storage.DuringWrite(gateway, () =>
        {
            writes.Writer.TryWrite(Volatile.Read(ref admitted));
            return Task.CompletedTask;
        });
        var stored = 0;
        for (var round = 0; round < 3; round++)
        {
            await AdmitAsync(20);
            stored = await writes.Reader.ReadAsync(_cancelled);
        }

        await AdmitAsync(20);
        await KillAsync(killed);
        var after = 0;
        while ((await TakeAsync(gateway)).IsTaken)
        {
            after++;
        }

        Assert.True(stored > 0);
        Assert.True(GatewayRateLimit.SaveInterval < TimeSpan.FromSeconds(1)); // So this is at most the last second's.
        Assert.InRange(admitted + after, Limit, Limit + (admitted - stored) + 1); // One more: the call that found the silo dead may have counted.

        async Task AdmitAsync(int count)
        {
            for (var call = 0; call < count; call++)
            {
                Assert.True((await TakeAsync(gateway)).IsTaken);
                Interlocked.Increment(ref admitted);
            }
        }
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
        var isUnderLoad = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var last = false; !last;)
            {
                last = Volatile.Read(ref isDead); // A whole call after the death as well.
                var claim = Claims.Of(Estimate);
                var decision = await AsFrontsDoAsync(() => quota.ReserveAsync(rule, claim, _cancelled));
                Assert.True(decision.IsGranted);
                await Task.Yield();
                await AsFrontsDoAsync(async () =>
                {
                    await quota.SettleAsync(decision.Reservation, Actual, _cancelled);
                    return true;
                });
                if (Interlocked.Increment(ref settled) == 50)
                {
                    isUnderLoad.TrySetResult();
                }
            }
        }).ToArray();
        await isUnderLoad.Task.WaitAsync(_cancelled);
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
        var survivor = _cluster.Silos.Single(other => other != silo);
        var address = silo.SiloAddress;
        _dead[silo.Name] = true;
        await _cluster.KillSiloAsync(silo);
        await foreach (var members in survivor.ServiceProvider.GetRequiredService<IClusterMembershipService>().MembershipUpdates.WithCancellation(_cancelled))
        {
            if (members.GetSiloStatus(address) == SiloStatus.Dead)
            {
                break;
            }
        }

        _noticed.SetResult();
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

    /// <summary>Asks again when the silo is gone, once the other one knows: then that has the grain.</summary>
    private async Task<T> AsFrontsDoAsync<T>(Func<ValueTask<T>> ask)
    {
        const int MostTries = 10; // Calls that were on their way may fail with the silo after its death is known.
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException && tries < MostTries)
            {
                await _noticed.Task.WaitAsync(_cancelled);
            }
        }
    }
}
