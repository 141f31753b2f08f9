using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Datasets;

/// <summary>The dataset of the admin API.</summary>
internal sealed record DatasetResource
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string AccountTag { get; init; }

    public required string GatewayId { get; init; }

    public required string Name { get; init; }

    public required bool Enable { get; init; }

    public required JsonElement Filters { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public static DatasetResource From(string accountId, string gatewayId, Dataset dataset) => new()
    {
        Id = dataset.Id.ToString("D"),
        AccountId = accountId,
        AccountTag = accountId,
        GatewayId = gatewayId,
        Name = dataset.Definition.Name,
        Enable = dataset.Definition.Enable,
        Filters = JsonElement.Parse(dataset.Definition.FiltersJson),
        CreatedAt = Times.Format(dataset.CreatedAt),
        ModifiedAt = Times.Format(dataset.ModifiedAt),
    };
}

/// <summary>How answers about datasets are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<DatasetResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<DatasetResource>>))]
internal sealed partial class DatasetsJson : JsonSerializerContext;
