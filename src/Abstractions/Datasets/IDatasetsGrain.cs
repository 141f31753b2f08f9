namespace GatewayActors.Abstractions.Datasets;

/// <summary>Owns the datasets of one gateway.</summary>
/// <remarks>Key: <see cref="GrainKeys.Gateway"/>. Never asked by an exchange. What a write method has returned is stored.</remarks>
[GrainInterfaceType("gateway.datasets"), Alias("gateway.datasets")]
public interface IDatasetsGrain : IGrainWithStringKey
{
    /// <summary>All datasets in the order of their creation; null if there is no such gateway.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Dataset>?> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates a dataset.</summary>
    [Alias("create")]
    Task<DatasetChange> CreateAsync(DatasetDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Replaces what a dataset is.</summary>
    [Alias("update")]
    Task<DatasetChange> UpdateAsync(Guid id, DatasetDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Deletes a dataset; the result is what it was. Evaluations and replays of it stay: they have copies.</summary>
    [Alias("delete")]
    Task<DatasetChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Forgets everything, because the gateway has been deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>The result of a change of a dataset.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dataset.change")]
public sealed record DatasetChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required DatasetOutcome Outcome { get; init; }

    /// <summary>The dataset after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public Dataset? Dataset { get; init; }
}

/// <summary>The outcomes of a change of a dataset.</summary>
public enum DatasetOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such gateway.</summary>
    GatewayNotFound,

    /// <summary>There is no such dataset.</summary>
    NotFound,

    /// <summary>Another dataset of the gateway has this name.</summary>
    NameTaken,

    /// <summary>The gateway has as many datasets as the operator allows.</summary>
    TooMany,
}
