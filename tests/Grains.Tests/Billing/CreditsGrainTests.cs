using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Billing;
using Orleans.Core.Internal;
using Xunit;

namespace GatewayActors.Grains.Tests.Billing;

[Collection(typeof(ClusterTests))]
public sealed class CreditsGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly string _account = ClusterFixture.NewAccountId();

    [Fact]
    public async Task ChargeAsync_ManyAtOnceThroughEveryDoor_TakesEachOnce()
    {
        await Grain().TopUpAsync(10_000, _cancelled);
        var charges = Enumerable.Range(0, 60).Select(_ => Guid.CreateVersion7()).ToArray();

        await Task.WhenAll(fixture.Doors.SelectMany(_ => charges, (door, charge) => Grain(door).ChargeAsync(charge, 0.25m, _cancelled)));

        Assert.Equal(100 - (60 * 0.25m), (await Grain().GetAsync(_cancelled)).Usd);
    }

    [Fact]
    public async Task ChargeAsync_RepeatedAfterAnotherActivation_TakesNothing()
    {
        var charge = Guid.CreateVersion7();
        await Grain().TopUpAsync(100, _cancelled);
        await Grain().ChargeAsync(charge, 0.4m, _cancelled);
        await Grain().AsReference<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        Assert.Equal(0.6m, (await Grain().ChargeAsync(charge, 0.4m, _cancelled)).Usd);
    }

    [Fact]
    public async Task ChargeAsync_WhoseWriteFails_HasTakenNothingAndCanBeRepeated()
    {
        var charge = Guid.CreateVersion7();
        await Grain().TopUpAsync(100, _cancelled);
        var failures = 1;
        fixture.Storage.BeforeWrite(Grain(), () => Interlocked.Decrement(ref failures) >= 0 ? new IOException("The disk is full.") : null);

        await Assert.ThrowsAnyAsync<Exception>(() => Grain().ChargeAsync(charge, 0.4m, _cancelled));

        Assert.Equal(1m, (await Grain().GetAsync(_cancelled)).Usd);
        Assert.Equal(0.6m, (await Grain().ChargeAsync(charge, 0.4m, _cancelled)).Usd);
    }

    [Fact]
    public async Task ChargeAsync_AfterAWriteOfAnotherActivation_ReadsAnewAndLosesNothing()
    {
        await Grain().TopUpAsync(100, _cancelled);
        fixture.Storage.Store("credits", Grain(), fixture.Storage.Stored("credits", Grain())!); // The same, under another ETag.

        await Assert.ThrowsAnyAsync<Exception>(() => Grain().ChargeAsync(Guid.CreateVersion7(), 0.4m, _cancelled));

        Assert.Equal(0.6m, (await Grain().ChargeAsync(Guid.CreateVersion7(), 0.4m, _cancelled)).Usd);
    }

    [Fact]
    public async Task AutoTopUp_BelowItsThreshold_AddsOnceAndIsKept()
    {
        await Grain().TopUpAsync(1_000, _cancelled);
        await Grain().SetAutoTopUpAsync(new() { AmountCents = 2_000, ThresholdCents = 500 }, _cancelled);

        Assert.Equal(23m, (await Grain().ChargeAsync(Guid.CreateVersion7(), 7m, _cancelled)).Usd);
        await Grain().AsReference<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        var balance = await Grain().GetAsync(_cancelled);
        Assert.Equal((23m, 2_000L, true), (balance.Usd, balance.AutoTopUp!.AmountCents, balance.HasToppedUp));
    }

    [Fact]
    public async Task ClearAsync_OfOneAccount_LeavesAnothers()
    {
        var other = fixture.Client.GetGrain<ICreditsGrain>(GrainKeys.Credits(ClusterFixture.NewAccountId()));
        await Grain().TopUpAsync(100, _cancelled);
        await other.TopUpAsync(200, _cancelled);

        await Grain().ClearAsync(_cancelled);

        Assert.Equal((0m, 2m), ((await Grain().GetAsync(_cancelled)).Usd, (await other.GetAsync(_cancelled)).Usd));
    }

    private ICreditsGrain Grain(IGrainFactory? door = null) => (door ?? fixture.Client).GetGrain<ICreditsGrain>(GrainKeys.Credits(_account));
}
