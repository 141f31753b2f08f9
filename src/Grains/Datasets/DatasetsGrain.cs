using GatewayActors.Abstractions.Datasets;
using GatewayActors.Grains.Gateways;
using Microsoft.Extensions.Options;

namespace GatewayActors.Grains.Datasets;

[GrainType("gateway.datasets")]
internal sealed class DatasetsGrain(
    [PersistentState("datasets")] IPersistentState<DatasetsState> stored, IOptions<DatasetOptions> options, TimeProvider timeProvider)
    : GatewayPartGrain<DatasetsState>(stored), IDatasetsGrain
{
    public async Task<IReadOnlyList<Dataset>?> ListAsync(CancellationToken cancellationToken = default) => await OpenAsync() ? State.Datasets : null;

    public async Task<DatasetChange> CreateAsync(DatasetDefinition definition, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DatasetOutcome.GatewayNotFound);
        }

        if (IsTaken(definition.Name, except: null))
        {
            return Refuse(DatasetOutcome.NameTaken);
        }

        if (State.Datasets.Count >= options.Value.MaxDatasets)
        {
            return Refuse(DatasetOutcome.TooMany);
        }

        var now = timeProvider.GetUtcNow();
        var dataset = new Dataset { Id = Guid.CreateVersion7(now), Definition = definition, CreatedAt = now, ModifiedAt = now };
        await StoreAsync(State with { Datasets = [.. State.Datasets, dataset] });
        return Done(dataset);
    }

    public async Task<DatasetChange> UpdateAsync(Guid id, DatasetDefinition definition, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DatasetOutcome.GatewayNotFound);
        }

        if (Find(id) is not { } existing)
        {
            return Refuse(DatasetOutcome.NotFound);
        }

        if (IsTaken(definition.Name, except: id))
        {
            return Refuse(DatasetOutcome.NameTaken);
        }

        var dataset = existing with { Definition = definition, ModifiedAt = timeProvider.GetUtcNow() };
        await StoreAsync(State with { Datasets = [.. State.Datasets.Select(other => other.Id == id ? dataset : other)] });
        return Done(dataset);
    }

    public async Task<DatasetChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(DatasetOutcome.GatewayNotFound);
        }

        if (Find(id) is not { } existing)
        {
            return Refuse(DatasetOutcome.NotFound);
        }

        await StoreAsync(State with { Datasets = [.. State.Datasets.Where(other => other.Id != id)] });
        return Done(existing);
    }

    private Dataset? Find(Guid id) => State.Datasets.FirstOrDefault(dataset => dataset.Id == id);

    private bool IsTaken(string name, Guid? except) => State.Datasets.Any(dataset => dataset.Definition.Name == name && dataset.Id != except);

    private static DatasetChange Done(Dataset dataset) => new() { Outcome = DatasetOutcome.Done, Dataset = dataset };

    private static DatasetChange Refuse(DatasetOutcome outcome) => new() { Outcome = outcome };
}
