using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.Logs;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Datasets;

[Collection(typeof(ClusterTests))]
public sealed class DatasetsGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Dataset_IsStoredBeforeItIsAnswered()
    {
        var datasets = await MakeAsync();

        var created = await datasets.CreateAsync(Definition("d"), _cancelled);

        Assert.Equal(DatasetOutcome.Done, created.Outcome);
        Assert.NotNull(fixture.Storage.Stored("datasets", datasets));
        await datasets.Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        var found = Assert.Single((await datasets.ListAsync(_cancelled))!);
        Assert.Equal((created.Dataset!.Id, "d", true), (found.Id, found.Definition.Name, found.Definition.Enable));
        var filter = Assert.Single(found.Definition.Filters);
        Assert.Equal((LogFilterKey.Cost, LogFilterOperator.GreaterThan), (filter.Key, filter.Operator));
        Assert.Equal([0.5m], filter.Values);
    }

    [Fact]
    public async Task CreateAsync_StorageFails_NothingIsKept()
    {
        var datasets = await MakeAsync();
        fixture.Storage.BeforeWrite(datasets, () => new IOException("disk full"));

        await Assert.ThrowsAsync<OrleansException>(() => datasets.CreateAsync(Definition("d"), _cancelled));

        fixture.Storage.BeforeWrite(datasets, () => null);
        Assert.Empty((await datasets.ListAsync(_cancelled))!);
    }

    [Fact]
    public async Task CreateAsync_ManyAtOnce_KeepsNamesUniqueAndTheirNumberBounded()
    {
        var datasets = await MakeAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(async call =>
            (await fixture.Doors[call % fixture.Doors.Count].GetGrain<IDatasetsGrain>(datasets.GetPrimaryKeyString()).CreateAsync(Definition($"d{call % 15}"), _cancelled)).Outcome));

        Assert.Equal(10, outcomes.Count(outcome => outcome == DatasetOutcome.Done));
        Assert.Equal(10, (await datasets.ListAsync(_cancelled))!.Select(dataset => dataset.Definition.Name).Distinct().Count());
        Assert.Contains(DatasetOutcome.TooMany, outcomes);
    }

    [Fact]
    public async Task UpdateAsync_NameOfAnother_IsRefused()
    {
        var datasets = await MakeAsync();
        await datasets.CreateAsync(Definition("a"), _cancelled);
        var other = (await datasets.CreateAsync(Definition("b"), _cancelled)).Dataset!;

        Assert.Equal(DatasetOutcome.NameTaken, (await datasets.UpdateAsync(other.Id, Definition("a"), _cancelled)).Outcome);
        Assert.Equal(DatasetOutcome.Done, (await datasets.UpdateAsync(other.Id, Definition("b") with { Enable = false }, _cancelled)).Outcome);
        Assert.Equal(DatasetOutcome.NotFound, (await datasets.UpdateAsync(Guid.CreateVersion7(), Definition("c"), _cancelled)).Outcome);
    }

    [Fact]
    public async Task ListAsync_GatewayCreatedAnew_BeginsWithout()
    {
        var account = await fixture.CreateAccountAsync();
        var gateway = fixture.Gateway(account);
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);
        var datasets = fixture.Client.GetGrain<IDatasetsGrain>(GrainKeys.Gateway(account, "main"));
        await datasets.CreateAsync(Definition("d"), _cancelled);

        await gateway.DeleteAsync(_cancelled);
        Assert.Null(await datasets.ListAsync(_cancelled));
        Assert.Equal(DatasetOutcome.GatewayNotFound, (await datasets.CreateAsync(Definition("e"), _cancelled)).Outcome);
        await gateway.CreateAsync(ClusterFixture.Configuration(), _cancelled);

        Assert.Empty((await datasets.ListAsync(_cancelled))!);
    }

    [Fact]
    public async Task ClearAsync_GatewayLives_KeepsThem()
    {
        var datasets = await MakeAsync();
        await datasets.CreateAsync(Definition("d"), _cancelled);

        await datasets.ClearAsync(_cancelled);

        Assert.Single((await datasets.ListAsync(_cancelled))!);
    }

    internal static DatasetDefinition Definition(string name) => new()
    {
        Name = name,
        Enable = true,
        Filters = [new() { Key = LogFilterKey.Cost, Operator = LogFilterOperator.GreaterThan, Values = [0.5m] }],
        FiltersJson = """[{"key":"cost","operator":"gt","value":[0.5]}]""",
    };

    private async Task<IDatasetsGrain> MakeAsync()
    {
        var account = await fixture.CreateAccountAsync();
        await fixture.Gateway(account).CreateAsync(ClusterFixture.Configuration(), _cancelled);
        return fixture.Client.GetGrain<IDatasetsGrain>(GrainKeys.Gateway(account, "main"));
    }
}
