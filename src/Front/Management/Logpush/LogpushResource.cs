using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logpush;

/// <summary>A push job as the admin API shows it.</summary>
internal sealed record LogpushResource
{
    public required int Id { get; init; }

    public string Dataset { get; } = LogpushReader.Dataset;

    /// <summary>Without the values of headers and without the signature.</summary>
    public required string DestinationConf { get; init; }

    public required bool Enabled { get; init; }

    public string? Name { get; init; }

    public string Kind { get; } = "";

    public long? MaxUploadBytes { get; init; }

    public int? MaxUploadRecords { get; init; }

    public int? MaxUploadIntervalSeconds { get; init; }

    public string? Filter { get; init; }

    public LogpushOutputResource? OutputOptions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? LastComplete { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? LastError { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ErrorMessage { get; init; }

    public static LogpushResource From(LogpushJob job) => new()
    {
        Id = job.Id,
        DestinationConf = LogpushDestination.Hide(job.Definition.Destination),
        Enabled = job.Definition.Enabled,
        Name = job.Definition.Name,
        MaxUploadBytes = job.Definition.MaxUploadBytes,
        MaxUploadRecords = job.Definition.MaxUploadRecords,
        MaxUploadIntervalSeconds = job.Definition.MaxUploadIntervalSeconds,
        Filter = job.Definition.Filter,
        OutputOptions = LogpushOutputResource.From(job.Definition.Output),
        LastComplete = job.LastComplete is { } complete ? Times.Format(complete) : null,
        LastError = job.LastError is { } error ? Times.Format(error) : null,
        ErrorMessage = job.ErrorMessage,
    };
}

/// <summary>The answer to a deletion.</summary>
internal sealed record DeletedJob(int Id);

/// <summary>How answers about push jobs are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<LogpushResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<LogpushResource>>))]
[JsonSerializable(typeof(Envelope<DeletedJob>))]
internal sealed partial class LogpushJson : JsonSerializerContext;
