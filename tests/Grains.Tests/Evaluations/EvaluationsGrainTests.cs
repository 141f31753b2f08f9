using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Work;
using GatewayActors.Grains.Tests.Datasets;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Evaluations;

[Collection(typeof(ClusterTests))]
public sealed class EvaluationsGrainTests(ClusterFixture fixture)
{
    private static readonly LogAggregate Sums = new() { Entries = 4, WithCost = 2, CostUsd = 0.3m, DurationMs = 10, WithFeedback = 3, ThumbsUp = 2 };

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Evaluation_IsStoredThenComputed()
    {
        var (account, evaluations, dataset) = await MakeAsync();
        var gate = new TaskCompletionSource<LogAggregate>(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Logs.Answer(account, () => gate.Task);

        var created = (await evaluations.CreateAsync(Draft("e", dataset.Id), _cancelled)).Evaluation!;

        Assert.All(created.Results, result => Assert.Equal((EvaluationStatus.Pending, null), (result.Status, result.Value)));
        Assert.Contains(Item(evaluations), await PendingAsync());
        var computed = NextWriteOf(evaluations);
        gate.SetResult(Sums);
        await computed;
        var found = Assert.Single((await evaluations.ListAsync(_cancelled))!);
        Assert.True(found.IsProcessed);
        Assert.Equal(4, found.TotalLogs);
        Assert.Equal(
            [(Evaluator.Cost, 0.15m, 2L), (Evaluator.Speed, 2.5m, 4L), (Evaluator.HumanFeedback, 2m / 3m, 3L)],
            found.Results.Select(result => (result.Evaluator, result.Value!.Value, result.TotalLogs)));
        Assert.DoesNotContain(Item(evaluations), await PendingAsync());
    }

    [Fact]
    public async Task CreateAsync_Evaluation_AsksForWhatIsThereNowWithoutReplays()
    {
        var (account, evaluations, dataset) = await MakeAsync();

        await CreateAsync(evaluations, Draft("e", dataset.Id));

        var created = Assert.Single((await evaluations.ListAsync(_cancelled))!);
        var filters = Assert.Single(fixture.Logs.Questions[account]);
        Assert.Equal(
            [(LogFilterKey.Cost, LogFilterOperator.GreaterThan, 0.5m), (LogFilterKey.CreatedAt, LogFilterOperator.AtMost, created.CreatedAt), (LogFilterKey.RequestType, LogFilterOperator.NotEqual, "replay")],
            filters.Select(filter => (filter.Key, filter.Operator, Assert.Single(filter.Values)!)));
    }

    [Fact]
    public async Task CreateAsync_NothingToLookAt_HasNoValue()
    {
        var (_, evaluations, dataset) = await MakeAsync();

        await CreateAsync(evaluations, Draft("e", dataset.Id));

        var found = Assert.Single((await evaluations.ListAsync(_cancelled))!);
        Assert.All(found.Results, result => Assert.Equal((EvaluationStatus.Done, null, 0L), (result.Status, result.Value, result.TotalLogs)));
    }

    [Fact]
    public async Task ResumeAsync_ActivationWasLost_ComputesWhatIsLeft()
    {
        var (account, evaluations, dataset) = await MakeAsync();
        var gate = new TaskCompletionSource<LogAggregate>(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Logs.Answer(account, () => gate.Task);
        await evaluations.CreateAsync(Draft("e", dataset.Id), _cancelled);
        var stored = fixture.Storage.Stored("evaluations", evaluations)!;
        var first = NextWriteOf(evaluations);
        gate.SetResult(LogAggregate.None);
        await first;
        await evaluations.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        fixture.Storage.Store("evaluations", evaluations, stored); // As if the activation had died before it wrote.
        fixture.Logs.Answer(account, () => Task.FromResult(Sums));

        var computed = NextWriteOf(evaluations);
        await evaluations.ResumeAsync(_cancelled);
        await computed;

        Assert.Equal(4, Assert.Single((await evaluations.ListAsync(_cancelled))!).TotalLogs);
    }

    [Fact]
    public async Task ResumeAsync_NothingToDo_TakesTheItemOff()
    {
        var (_, evaluations, _) = await MakeAsync();
        await fixture.Client.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork).AddAsync(Item(evaluations), _cancelled);

        await evaluations.ResumeAsync(_cancelled);

        Assert.DoesNotContain(Item(evaluations), await PendingAsync());
    }

    [Fact]
    public async Task RecordAsync_GivenUp_IsFinal()
    {
        var (account, evaluations, dataset) = await MakeAsync();
        fixture.Logs.Answer(account, () => new TaskCompletionSource<LogAggregate>().Task);
        var created = (await evaluations.CreateAsync(Draft("e", dataset.Id), _cancelled)).Evaluation!;

        await evaluations.RecordAsync(created.Id, null, _cancelled);
        await evaluations.RecordAsync(created.Id, Sums, _cancelled); // Too late.

        var found = Assert.Single((await evaluations.ListAsync(_cancelled))!);
        Assert.True(found.IsProcessed);
        Assert.All(found.Results, result => Assert.Equal(EvaluationStatus.Failed, result.Status));
    }

    [Fact]
    public async Task ListAsync_DatasetChangesLater_KeepsTheCopy()
    {
        var (account, evaluations, dataset) = await MakeAsync();
        await CreateAsync(evaluations, Draft("e", dataset.Id));
        var datasets = fixture.Client.GetGrain<IDatasetsGrain>(GrainKeys.Gateway(account, "main"));

        await datasets.UpdateAsync(dataset.Id, DatasetsGrainTests.Definition("renamed"), _cancelled);
        await datasets.DeleteAsync(dataset.Id, _cancelled);

        Assert.Equal("d", Assert.Single(Assert.Single((await evaluations.ListAsync(_cancelled))!).Datasets).Definition.Name);
    }

    [Fact]
    public async Task CreateAsync_UnknownOrDisabledDataset_IsRefusedWithItsId()
    {
        var (account, evaluations, dataset) = await MakeAsync();
        var datasets = fixture.Client.GetGrain<IDatasetsGrain>(GrainKeys.Gateway(account, "main"));
        var off = (await datasets.CreateAsync(DatasetsGrainTests.Definition("off") with { Enable = false }, _cancelled)).Dataset!;
        var unknown = Guid.CreateVersion7();

        var missing = await evaluations.CreateAsync(Draft("e", dataset.Id, unknown), _cancelled);
        var disabled = await evaluations.CreateAsync(Draft("e", dataset.Id, off.Id), _cancelled);

        Assert.Equal((EvaluationOutcome.DatasetNotFound, unknown), (missing.Outcome, Assert.Single(missing.DatasetIds)));
        Assert.Equal((EvaluationOutcome.DatasetDisabled, off.Id), (disabled.Outcome, Assert.Single(disabled.DatasetIds)));
        Assert.Empty((await evaluations.ListAsync(_cancelled))!);
    }

    [Fact]
    public async Task ListAsync_OtherAccount_SeesNothing()
    {
        var (_, evaluations, dataset) = await MakeAsync();
        await CreateAsync(evaluations, Draft("e", dataset.Id));
        var (_, stranger, _) = await MakeAsync();

        Assert.Empty((await stranger.ListAsync(_cancelled))!);
        Assert.Equal(EvaluationOutcome.DatasetNotFound, (await stranger.CreateAsync(Draft("e", dataset.Id), _cancelled)).Outcome);
    }

    private static EvaluationDraft Draft(string name, params Guid[] datasets) => new()
    {
        Name = name,
        DatasetIds = datasets,
        Evaluators = [Evaluator.Cost, Evaluator.Speed, Evaluator.HumanFeedback],
    };

    private static PendingWorkItem Item(IEvaluationsGrain evaluations) => new() { Kind = PendingWorkKind.Evaluations, Key = evaluations.GetPrimaryKeyString() };

    private Task<IReadOnlyList<PendingWorkItem>> PendingAsync() => fixture.Client.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork).ListAsync(_cancelled);

    // What is asked once this has completed is answered after that write: the grain does one after the other.
    private Task NextWriteOf(IEvaluationsGrain evaluations)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Storage.BeforeWrite(evaluations, () =>
        {
            written.TrySetResult();
            return null;
        });
        return written.Task.WaitAsync(TimeSpan.FromSeconds(30), _cancelled);
    }

    private async Task CreateAsync(IEvaluationsGrain evaluations, EvaluationDraft draft)
    {
        var writes = 0;
        var computed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Storage.BeforeWrite(evaluations, () =>
        {
            if (++writes == 2)
            {
                computed.TrySetResult();
            }

            return null;
        });
        Assert.Equal(EvaluationOutcome.Done, (await evaluations.CreateAsync(draft, _cancelled)).Outcome);
        await computed.Task.WaitAsync(TimeSpan.FromSeconds(30), _cancelled);
    }

    private async Task<(string AccountId, IEvaluationsGrain Evaluations, Dataset Dataset)> MakeAsync()
    {
        var account = await fixture.CreateAccountAsync();
        await fixture.Gateway(account).CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var key = GrainKeys.Gateway(account, "main");
        var dataset = (await fixture.Client.GetGrain<IDatasetsGrain>(key).CreateAsync(DatasetsGrainTests.Definition("d"), _cancelled)).Dataset!;
        return (account, fixture.Client.GetGrain<IEvaluationsGrain>(key), dataset);
    }
}
