using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Logpush;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Logpush;

[Collection(typeof(ClusterTests))]
public sealed class LogpushGrainTests(ClusterFixture fixture)
{
    private static readonly LogpushDefinition Definition = new() { Destination = "https://logs.example.com/", Enabled = true };

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task RecordAsync_ADelivery_OutlivesTheActivation()
    {
        var grain = await MakeAsync();
        var job = (await grain.CreateAsync(Definition, cursor: 5, _cancelled)).Job!;

        await grain.RecordAsync(job.Id, new() { Destination = Definition.Destination, Problem = "the destination answered 503" }, _cancelled);
        var failed = Assert.Single(await grain.ListAsync(_cancelled));
        await grain.RecordAsync(job.Id, new() { Destination = Definition.Destination, Cursor = 9, IsDelivery = true }, _cancelled);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);

        var stored = Assert.Single(await grain.ListAsync(_cancelled));
        Assert.Equal((5, "the destination answered 503", true, true), (failed.Cursor, failed.ErrorMessage, failed.LastError is not null, failed.LastComplete is null));
        Assert.Equal((9, null, true), (stored.Cursor, stored.ErrorMessage, stored.LastComplete is not null));
    }

    [Fact]
    public async Task RecordAsync_OfAnotherDestinationOrAnEarlierTime_ChangesNothing()
    {
        var grain = await MakeAsync();
        var job = (await grain.CreateAsync(Definition, cursor: 5, _cancelled)).Job!;

        await grain.RecordAsync(job.Id, new() { Destination = "https://old.example.com/", Cursor = 9, IsDelivery = true }, _cancelled);
        await grain.RecordAsync(job.Id, new() { Destination = Definition.Destination, Cursor = 3, IsDelivery = true }, _cancelled);
        await grain.RecordAsync(77, new() { Destination = Definition.Destination, Cursor = 9 }, _cancelled);

        Assert.Equal(5, Assert.Single(await grain.ListAsync(_cancelled)).Cursor);
    }

    [Fact]
    public async Task UpdateAsync_OfAJobThatIsEnabledAgain_BeginsFromNow()
    {
        var grain = await MakeAsync();
        var job = (await grain.CreateAsync(Definition, cursor: 5, _cancelled)).Job!;

        Assert.Equal(5, (await grain.UpdateAsync(job.Id, Definition with { Name = "renamed" }, cursor: 8, _cancelled)).Job!.Cursor);
        Assert.Equal(5, (await grain.UpdateAsync(job.Id, Definition with { Enabled = false }, cursor: 9, _cancelled)).Job!.Cursor);
        Assert.Equal(10, (await grain.UpdateAsync(job.Id, Definition, cursor: 10, _cancelled)).Job!.Cursor);
    }

    [Fact]
    public async Task CreateAsync_AccountDoesNotExist_IsRefused() =>
        Assert.Equal(
            LogpushOutcome.AccountNotFound,
            (await fixture.Doors[0].GetGrain<ILogpushGrain>(GrainKeys.Logpush(ClusterFixture.NewAccountId())).CreateAsync(Definition, 0, _cancelled)).Outcome);

    private async Task<ILogpushGrain> MakeAsync() => fixture.Doors[0].GetGrain<ILogpushGrain>(GrainKeys.Logpush(await fixture.CreateAccountAsync()));
}
