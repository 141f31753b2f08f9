using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Abstractions.Work;
using GatewayActors.Grains.Tests.Datasets;
using Orleans.Core.Internal;
using Xunit;

namespace GatewayActors.Grains.Tests.Replays;

[Collection(typeof(ClusterTests))]
public sealed class ReplayGrainTests(ClusterFixture fixture)
{
    private static readonly Guid Worker = Guid.CreateVersion7();
    private static readonly Guid Other = Guid.CreateVersion7();

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Replay_IsStoredAndPending()
    {
        var (replays, replay, key) = await MakeAsync();

        Assert.Contains(new() { Kind = PendingWorkKind.Replay, Key = key }, await PendingAsync());
        await replay.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        var found = (await replay.GetAsync(_cancelled))!;
        Assert.Equal((ReplayState.Waiting, "openai/gpt", 7, 0.5m), (found.State, found.Definition.Target, found.Definition.MaxEntries, found.Definition.MaxCostUsd));
        Assert.Equal([found.Id], await replays.ListAsync(_cancelled));
    }

    [Fact]
    public async Task ClaimAsync_AnotherSends_IsRefusedUntilItHasReleased()
    {
        var (_, replay, _) = await MakeAsync();

        Assert.NotNull(await replay.ClaimAsync(Worker, _cancelled));
        Assert.Null(await replay.ClaimAsync(Other, _cancelled));
        Assert.Equal(ReplayDirective.Abort, await replay.BeginAsync(Other, [Item()], 0, _cancelled));
        await replay.ReleaseAsync(Worker, null, _cancelled);

        Assert.NotNull(await replay.ClaimAsync(Other, _cancelled));
        Assert.Equal(ReplayDirective.Abort, await replay.ReportAsync(Worker, [], _cancelled));
    }

    [Fact]
    public async Task ReportAsync_ActivationWasLost_GoesOnWhereItWas()
    {
        var (_, replay, key) = await MakeAsync();
        ReplayItem[] items = [Item(), Item(), Item()];
        await replay.ClaimAsync(Worker, _cancelled);
        Assert.Equal(ReplayDirective.Continue, await replay.BeginAsync(Worker, items, 4, _cancelled));
        await replay.ReportAsync(Worker, [Answered(items[1], 0.1m)], _cancelled);

        await replay.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        var claimed = (await replay.ClaimAsync(Other, _cancelled))!;
        await replay.BeginAsync(Other, [Item()], 0, _cancelled); // Too late: they stay.

        Assert.Equal(items.Select(item => item.SourceId), claimed.Items.Select(item => item.SourceId));
        Assert.Equal([false, true, false], claimed.Items.Select(item => item.IsDone));
        Assert.Equal((ReplayState.Running, 4, 0.1m), (claimed.State, claimed.Skipped, claimed.CostUsd));
        Assert.Equal(ReplayDirective.Finish, await replay.ReportAsync(Other, [Answered(items[0], 0.1m), items[2] with { Problem = "gone" }], _cancelled));
        var done = (await replay.GetAsync(_cancelled))!;
        Assert.Equal((ReplayState.Done, 3), (done.State, done.Items.Count));
        Assert.NotNull(done.EndedAt);
        Assert.DoesNotContain(new() { Kind = PendingWorkKind.Replay, Key = key }, await PendingAsync());
        Assert.Null(await replay.ClaimAsync(Other, _cancelled));
    }

    [Fact]
    public async Task ReportAsync_SecondReportOfTheSameRequest_ChangesNothing()
    {
        var (_, replay, _) = await MakeAsync();
        ReplayItem[] items = [Item(), Item()];
        await replay.ClaimAsync(Worker, _cancelled);
        await replay.BeginAsync(Worker, items, 0, _cancelled);

        await replay.ReportAsync(Worker, [Answered(items[0], 0.1m)], _cancelled);
        await replay.ReportAsync(Worker, [Answered(items[0], 0.2m)], _cancelled);

        Assert.Equal(0.1m, (await replay.GetAsync(_cancelled))!.CostUsd);
    }

    [Fact]
    public async Task ReportAsync_CostReached_EndsAndStillTakesWhatWasUnderWay()
    {
        var (_, replay, _) = await MakeAsync();
        ReplayItem[] items = [Item(), Item(), Item()];
        await replay.ClaimAsync(Worker, _cancelled);
        await replay.BeginAsync(Worker, items, 0, _cancelled);

        Assert.Equal(ReplayDirective.Continue, await replay.ReportAsync(Worker, [Answered(items[0], 0.499999999999m)], _cancelled));
        Assert.Equal(ReplayDirective.Finish, await replay.ReportAsync(Worker, [Answered(items[1], 0.000000000001m)], _cancelled));
        Assert.Equal(ReplayDirective.Finish, await replay.ReportAsync(Worker, [Answered(items[2], 0.25m)], _cancelled));

        var found = (await replay.GetAsync(_cancelled))!;
        Assert.Equal((ReplayState.CostLimit, 0.75m), (found.State, found.CostUsd));
    }

    [Fact]
    public async Task CancelAsync_Running_TellsTheSender()
    {
        var (replays, replay, key) = await MakeAsync();
        await replay.ClaimAsync(Worker, _cancelled);
        await replay.BeginAsync(Worker, [Item(), Item()], 0, _cancelled);
        var id = Assert.Single((await replays.ListAsync(_cancelled))!);
        Assert.Equal(ReplayOutcome.NotEnded, (await replays.DeleteAsync(id, _cancelled)).Outcome);

        Assert.Equal(ReplayState.Cancelled, (await replay.CancelAsync(_cancelled))!.State);

        Assert.Equal(ReplayDirective.Abort, await replay.ReportAsync(Worker, [], _cancelled));
        Assert.DoesNotContain(new() { Kind = PendingWorkKind.Replay, Key = key }, await PendingAsync());
        Assert.Equal(ReplayOutcome.Done, (await replays.DeleteAsync(id, _cancelled)).Outcome);
        Assert.Equal(ReplayOutcome.NotFound, (await replays.DeleteAsync(id, _cancelled)).Outcome);
        Assert.Null(await replay.GetAsync(_cancelled));
    }

    [Fact]
    public async Task BeginAsync_NothingToSend_IsDone()
    {
        var (_, replay, _) = await MakeAsync();
        await replay.ClaimAsync(Worker, _cancelled);

        Assert.Equal(ReplayDirective.Finish, await replay.BeginAsync(Worker, [], 3, _cancelled));

        Assert.Equal(ReplayState.Done, (await replay.GetAsync(_cancelled))!.State);
    }

    [Fact]
    public async Task ReleaseAsync_WithAProblem_Fails()
    {
        var (_, replay, _) = await MakeAsync();
        await replay.ClaimAsync(Worker, _cancelled);

        await replay.ReleaseAsync(Worker, "why", _cancelled);

        var found = (await replay.GetAsync(_cancelled))!;
        Assert.Equal((ReplayState.Failed, "why"), (found.State, found.Problem));
    }

    [Fact]
    public async Task ClearAsync_GatewayDeleted_ForgetsReplays()
    {
        var (replays, replay, key) = await MakeAsync();
        var (account, _) = (key.Split('/')[0], key.Split('/')[1]);

        await fixture.Gateway(account).DeleteAsync(_cancelled);
        await replays.ClearAsync(_cancelled);

        Assert.Null(await replay.GetAsync(_cancelled));
        Assert.Null(await replays.ListAsync(_cancelled));
        Assert.DoesNotContain(new() { Kind = PendingWorkKind.Replay, Key = key }, await PendingAsync());
    }

    [Fact]
    public async Task CreateAsync_TooMany_IsRefused()
    {
        var (replays, _, _) = await MakeAsync();
        for (var number = 1; number < IReplaysGrain.MaxReplays; number++)
        {
            Assert.Equal(ReplayOutcome.Done, (await replays.CreateAsync(Definition, _cancelled)).Outcome);
        }

        Assert.Equal(ReplayOutcome.TooMany, (await replays.CreateAsync(Definition, _cancelled)).Outcome);
    }

    private static ReplayDefinition Definition { get; } = new()
    {
        DatasetId = Guid.CreateVersion7(),
        Dataset = DatasetsGrainTests.Definition("d"),
        Target = "openai/gpt",
        MaxEntries = 7,
        Concurrency = 2,
        MaxCostUsd = 0.5m,
        TokenId = "token",
        IsOperator = true,
    };

    private static ReplayItem Item() => new() { SourceId = Guid.CreateVersion7(), Source = Figures(0.1m) };

    private static ReplayItem Answered(ReplayItem item, decimal cost) => item with { Replayed = Figures(cost), ReplayedId = Guid.CreateVersion7() };

    private static ReplayFigures Figures(decimal cost) => new() { StatusCode = 200, Success = true, CostUsd = cost, DurationMs = 1.5 };

    private Task<IReadOnlyList<PendingWorkItem>> PendingAsync() => fixture.Client.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork).ListAsync(_cancelled);

    private async Task<(IReplaysGrain Replays, IReplayGrain Replay, string Key)> MakeAsync()
    {
        var account = await fixture.CreateAccountAsync();
        await fixture.Gateway(account).CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var gateway = GrainKeys.Gateway(account, "main");
        var replays = fixture.Client.GetGrain<IReplaysGrain>(gateway);
        var created = await replays.CreateAsync(Definition, _cancelled);
        var key = GrainKeys.Replay(gateway, created.Replay!.Id);
        return (replays, fixture.Client.GetGrain<IReplayGrain>(key), key);
    }
}
