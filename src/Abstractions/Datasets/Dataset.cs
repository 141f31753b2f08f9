using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Abstractions.Datasets;

/// <summary>A stored question to the request log of a gateway. It holds no entries: what matches now is in it now.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dataset")]
public sealed record Dataset
{
    /// <summary>A UUIDv7.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>What its author has set.</summary>
    [Id(1)] public required DatasetDefinition Definition { get; init; }

    /// <summary>When it was created.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    [Id(3)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>What an author sets of a dataset; checked by the caller.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dataset.definition")]
public sealed record DatasetDefinition
{
    /// <summary>Unique in the gateway.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Whether it may be evaluated and replayed.</summary>
    [Id(1)] public required bool Enable { get; init; }

    /// <summary>All must match.</summary>
    [Id(2)] public required IReadOnlyList<DatasetFilter> Filters { get; init; }

    /// <summary>The filters as a JSON array, in the author's own spelling of the values: times and numbers can be written in several ways.</summary>
    [Id(3)] public required string FiltersJson { get; init; }
}

/// <summary>A condition of a dataset.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dataset.filter")]
public sealed record DatasetFilter
{
    /// <summary>What is compared.</summary>
    [Id(0)] public required LogFilterKey Key { get; init; }

    /// <summary>How.</summary>
    [Id(1)] public required LogFilterOperator Operator { get; init; }

    /// <summary>See <see cref="LogFilter.Values"/>.</summary>
    [Id(2)] public required IReadOnlyList<object?> Values { get; init; }

    /// <summary>The condition as the log store takes it.</summary>
    public LogFilter ToLogFilter() => new(Key, Operator, Values);
}
