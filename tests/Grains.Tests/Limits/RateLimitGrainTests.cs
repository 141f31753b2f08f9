using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Grains.Limits;
using GatewayActors.Grains.Tests.Gateways;
using Orleans.Core.Internal;
using Xunit;

namespace GatewayActors.Grains.Tests.Limits;

[Collection(typeof(ClusterTests))]
public sealed class RateLimitGrainTests(ClusterFixture fixture)
{
    // So long that no test sees its end.
    private const long Years = 1_000_000_000;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LimitTechnique.Fixed, 10)]
    [InlineData(LimitTechnique.Fixed, 100)]
    [InlineData(LimitTechnique.Fixed, 1_000)]
    [InlineData(LimitTechnique.Fixed, 20_000)]
    [InlineData(LimitTechnique.Sliding, 10)]
    [InlineData(LimitTechnique.Sliding, 100)]
    [InlineData(LimitTechnique.Sliding, 1_000)]
    [InlineData(LimitTechnique.Sliding, 20_000)]
    public async Task AdmitAsync_ThroughAllDoorsAtOnce_AdmitsExactlyTheLimit(LimitTechnique technique, int limit)
    {
        var (account, _) = await CreateAsync(limit, Years, technique);
        var asked = limit + Math.Max(30, limit / 4);
        var next = 0;
        var admitted = 0;
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async worker =>
        {
            var gateway = fixture.Doors[worker % fixture.Doors.Count].GetGrain<IGatewayGrain>(GrainKeys.Gateway(account, "main"));
            while (Interlocked.Increment(ref next) <= asked)
            {
                var admission = await gateway.AdmitAsync(Asking(1), _cancelled);
                Assert.Equal(admission.Rate!.IsTaken, admission.Verdict == AdmissionVerdict.Admitted);
                Interlocked.Add(ref admitted, admission.Rate.IsTaken ? 1 : 0);
            }
        }));

        Assert.Equal(limit, admitted);
    }

    [Fact]
    public async Task AdmitAsync_CallerHoldsAnotherVersionOrIsNotAuthorised_CountsNothing()
    {
        var (_, gateway) = await CreateAsync(limit: 2, Years);

        var unknowing = await gateway.AdmitAsync(Asking(0), _cancelled);
        Assert.Equal((AdmissionVerdict.Admitted, null), (unknowing.Verdict, unknowing.Rate));
        var anonymous = await gateway.AdmitAsync(Asking(1) with { Caller = Caller.Anonymous }, _cancelled);
        Assert.Equal((AdmissionVerdict.Unauthorized, null), (anonymous.Verdict, anonymous.Rate));
        var cached = await gateway.AdmitAsync(Asking(1) with { TakesRate = false }, _cancelled);
        Assert.Equal((AdmissionVerdict.Admitted, null), (cached.Verdict, cached.Rate));

        Assert.Equal(1, (await gateway.AdmitAsync(Asking(1), _cancelled)).Rate!.Remaining);
        Assert.Equal(0, (await gateway.TakeRateAsync(Guid.CreateVersion7(), isRepeated: false, _cancelled))!.Remaining);
        var refused = await gateway.TakeRateAsync(Guid.CreateVersion7(), isRepeated: false, _cancelled);
        Assert.Equal((false, 2, 0), (refused!.IsTaken, refused.Limit, refused.Remaining));
        Assert.Equal(AdmissionVerdict.RateLimited, (await gateway.AdmitAsync(Asking(1), _cancelled)).Verdict);
    }

    [Theory]
    [InlineData(LimitTechnique.Fixed)]
    [InlineData(LimitTechnique.Sliding)]
    public async Task RepeatedAfterALostAnswer_CountsOnce(LimitTechnique technique)
    {
        var (_, gateway) = await CreateAsync(limit: 3, Years, technique);
        var (one, two) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.Equal(2, (await gateway.AdmitAsync(Asking(1) with { Exchange = one }, _cancelled)).Rate!.Remaining);
        var again = await gateway.AdmitAsync(Asking(1) with { Exchange = one, IsRepeated = true }, _cancelled);
        Assert.Equal((AdmissionVerdict.Admitted, true, 2), (again.Verdict, again.Rate!.IsTaken, again.Rate.Remaining));
        Assert.Equal(1, (await gateway.TakeRateAsync(two, isRepeated: true, _cancelled))!.Remaining); // The first call has not come here.
        Assert.Equal(1, (await gateway.TakeRateAsync(two, isRepeated: true, _cancelled))!.Remaining);
        Assert.Equal(0, (await gateway.AdmitAsync(Asking(1) with { Exchange = Guid.CreateVersion7() }, _cancelled)).Rate!.Remaining);
        Assert.True((await gateway.TakeRateAsync(one, isRepeated: true, _cancelled))!.IsTaken); // Counted, although nothing is left.
        Assert.False((await gateway.TakeRateAsync(Guid.CreateVersion7(), isRepeated: true, _cancelled))!.IsTaken);
    }

    [Fact]
    public async Task UpdateAsync_ChangesTheLimit_HoldsForTheNextAdmissionAndForgetsNothing()
    {
        var (_, gateway) = await CreateAsync(limit: 3, Years);
        Assert.Equal((true, true), await TakeTwoAsync(gateway));

        await gateway.UpdateAsync(Configuration(2, Years, LimitTechnique.Sliding), _cancelled);
        Assert.False(await TakeAsync(gateway));
        await gateway.UpdateAsync(Configuration(3, Years, LimitTechnique.Fixed), _cancelled);
        Assert.Equal((true, false), await TakeTwoAsync(gateway));
        await gateway.UpdateAsync(Configuration(null, null, null), _cancelled);
        Assert.Null(await gateway.TakeRateAsync(Guid.CreateVersion7(), isRepeated: false, _cancelled));
    }

    [Theory]
    [InlineData(LimitTechnique.Fixed)]
    [InlineData(LimitTechnique.Sliding)]
    public async Task DeactivatedInTheMiddleOfAWindow_TheNextActivationGoesOnCounting(LimitTechnique technique)
    {
        var (_, gateway) = await CreateAsync(limit: 3, Years, technique);
        Assert.Equal((true, true), await TakeTwoAsync(gateway));

        await gateway.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        Assert.Equal((true, false), await TakeTwoAsync(gateway));
    }

    [Fact]
    public async Task CrashedInTheMiddleOfAWindow_TheNextActivationKnowsWhatWasCountedBeforeTheLastSecond()
    {
        var (_, gateway) = await CreateAsync(limit: 2, Years);
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Storage.DuringWrite(gateway, () =>
        {
            saved.TrySetResult();
            return Task.CompletedTask;
        });
        Assert.True(await TakeAsync(gateway));
        await saved.Task.WaitAsync(_cancelled);
        fixture.Storage.BeforeWrite(gateway, () => new IOException("the silo is dead"));
        Assert.True(await TakeAsync(gateway));

        await gateway.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        Assert.Equal((true, false), await TakeTwoAsync(gateway));
    }

    [Fact]
    public async Task WindowUnderTenSeconds_IsNotStored()
    {
        var (_, gateway) = await CreateAsync(limit: 3, seconds: 9);
        Assert.True(await TakeAsync(gateway));

        await gateway.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        Assert.NotNull(await gateway.GetAsync(_cancelled));

        Assert.Null(fixture.Storage.Stored("rate", gateway));
    }

    [Fact]
    public async Task DeletedAndCreatedAnew_BeginsWithNothingCounted()
    {
        var (_, gateway) = await CreateAsync(limit: 1, Years);
        Assert.Equal((true, false), await TakeTwoAsync(gateway));
        await gateway.DeleteAsync(_cancelled);

        await gateway.CreateAsync(Configuration(1, Years, null), _cancelled);

        Assert.Equal((true, false), await TakeTwoAsync(gateway));
    }

    private async Task<(bool First, bool Second)> TakeTwoAsync(IGatewayGrain gateway)
    {
        var first = await TakeAsync(gateway);
        return (first, await TakeAsync(gateway));
    }

    private async Task<bool> TakeAsync(IGatewayGrain gateway) => (await gateway.TakeRateAsync(Guid.CreateVersion7(), isRepeated: false, _cancelled))!.IsTaken;

    private async Task<(string Account, IGatewayGrain Gateway)> CreateAsync(int limit, long seconds, LimitTechnique? technique = null)
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        var change = await gateway.CreateAsync(Configuration(limit, seconds, technique), _cancelled);
        Assert.Equal(1, change.Gateway!.Version);
        return (account, gateway);
    }

    private static AdmissionQuery Asking(long seenVersion) => new() { SeenVersion = seenVersion, Caller = Caller.Authenticated, TakesRate = true };

    private static GatewayConfiguration Configuration(long? limit, long? seconds, LimitTechnique? technique) =>
        ClusterFixture.Configuration() with { RateLimitingLimit = limit, RateLimitingInterval = seconds, RateLimitingTechnique = technique };
}
