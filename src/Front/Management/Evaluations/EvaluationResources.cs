using System.Globalization;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Front.Management.Datasets;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Evaluations;

/// <summary>An evaluator of the admin API.</summary>
internal sealed record EvaluationTypeResource([property: JsonIgnore] Evaluator Evaluator)
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string Description { get; init; }

    public required bool Mandatory { get; init; }

    public required bool Enable { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }
}

/// <summary>The evaluation of the admin API.</summary>
internal sealed record EvaluationResource
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string AccountTag { get; init; }

    public required string GatewayId { get; init; }

    public required string Name { get; init; }

    public required bool Processed { get; init; }

    public required long TotalLogs { get; init; }

    public required IReadOnlyList<DatasetResource> Datasets { get; init; }

    public required IReadOnlyList<EvaluationResultResource> Results { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public static EvaluationResource From(string accountId, string gatewayId, Evaluation evaluation) => new()
    {
        Id = evaluation.Id.ToString("D"),
        AccountId = accountId,
        AccountTag = accountId,
        GatewayId = gatewayId,
        Name = evaluation.Name,
        Processed = evaluation.IsProcessed,
        TotalLogs = evaluation.TotalLogs,
        Datasets = [.. evaluation.Datasets.Select(dataset => DatasetResource.From(accountId, gatewayId, dataset))],
        Results = [.. evaluation.Results.Select(result => EvaluationResultResource.From(evaluation, result))],
        CreatedAt = Times.Format(evaluation.CreatedAt),
        ModifiedAt = Times.Format(evaluation.ModifiedAt),
    };
}

/// <summary>What one evaluator found.</summary>
internal sealed record EvaluationResultResource
{
    // As fine as costs are stored.
    private const int Decimals = 12;

    public required string Id { get; init; }

    public required string EvaluationId { get; init; }

    public required string EvaluationTypeId { get; init; }

    /// <summary>A decimal number; empty until it is known, and where no log has what is looked at.</summary>
    public required string Result { get; init; }

    public required int Status { get; init; }

    public required string StatusDescription { get; init; }

    public required long TotalLogs { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public static EvaluationResultResource From(Evaluation evaluation, EvaluationResult result) => new()
    {
        Id = result.Id.ToString("D"),
        EvaluationId = evaluation.Id.ToString("D"),
        EvaluationTypeId = EvaluationTypes.IdOf(result.Evaluator),
        Result = result.Value is { } value ? Format(value) : "",
        Status = (int)result.Status,
        StatusDescription = Describe(result),
        TotalLogs = result.TotalLogs,
        CreatedAt = Times.Format(evaluation.CreatedAt),
        ModifiedAt = Times.Format(result.ModifiedAt),
    };

    private static string Format(decimal value) => decimal.Round(value, Decimals).ToString("0.############", CultureInfo.InvariantCulture);

    private static string Describe(EvaluationResult result) => result.Status switch
    {
        EvaluationStatus.Pending => "Waiting",
        EvaluationStatus.Running => "Running",
        EvaluationStatus.Failed => "The logs could not be read",
        EvaluationStatus.Done when result.Value is not null => "Completed",
        EvaluationStatus.Done => result.Evaluator switch
        {
            Evaluator.Cost => "No log has a known cost",
            Evaluator.Speed => "There are no logs",
            Evaluator.HumanFeedback => "No log has feedback",
        },
    };
}

/// <summary>How answers about evaluations are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<EvaluationResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<EvaluationResource>>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<EvaluationTypeResource>>))]
internal sealed partial class EvaluationsJson : JsonSerializerContext;
