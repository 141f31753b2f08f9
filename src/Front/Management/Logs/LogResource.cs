using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logs;

/// <summary>A log entry as the admin API shows it.</summary>
internal sealed record LogResource
{
    public required string Id { get; init; }

    public required string CreatedAt { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    public required string Path { get; init; }

    /// <summary>Milliseconds.</summary>
    public required long Duration { get; init; }

    public required bool Success { get; init; }

    public required bool Cached { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? TokensIn { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? TokensOut { get; init; }

    /// <summary>US dollars; absent where unknown.</summary>
    public decimal? Cost { get; init; }

    public required bool CustomCost { get; init; }

    /// <summary>An object, or a text if that was asked for.</summary>
    public JsonElement? Metadata { get; init; }

    public string? ModelType { get; init; }

    public required string RequestType { get; init; }

    public string? RequestContentType { get; init; }

    public string? ResponseContentType { get; init; }

    public required int StatusCode { get; init; }

    public required int Step { get; init; }

    public required string EventId { get; init; }

    public required UsageResource UsageMetadata { get; init; }

    public required TimingsResource Timings { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int? Feedback { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required decimal? Score { get; init; }

    public required bool Authentication { get; init; }

    public required bool Wholesale { get; init; }

    public required bool Byok { get; init; }

    /// <summary>Camel case, like the filter's key.</summary>
    [JsonPropertyName("compatibilityMode")]
    public required bool CompatibilityMode { get; init; }

    public string? UserAgent { get; init; }

    public string? DlpAction { get; init; }

    public JsonElement? DlpProfiles { get; init; }

    public JsonElement? Guardrails { get; init; }

    public JsonElement? Attempts { get; init; }

    public JsonElement? Usage { get; init; }

    /// <summary>The format of the bodies, where it is not that of the path.</summary>
    public JsonElement? ClientEndpoint { get; init; }

    public JsonElement? SupersededUsage { get; init; }

    public JsonElement? Warnings { get; init; }

    public JsonElement? Error { get; init; }

    /// <summary>Empty, as in the reference: the bodies have endpoints of their own. In a download the body, if it was asked for.</summary>
    public string Request { get; init; } = "";

    /// <inheritdoc cref="Request"/>
    public string Response { get; init; } = "";

    public required long RequestSize { get; init; }

    public required long ResponseSize { get; init; }

    public string? RequestHead { get; init; }

    public bool? RequestHeadComplete { get; init; }

    public string? ResponseHead { get; init; }

    public bool? ResponseHeadComplete { get; init; }

    /// <summary>An object without tags.</summary>
    public static JsonElement NoMetadata { get; } = JsonElement.Parse("{}");

    public static LogResource From(LogEntry entry, MetadataFormat metadataFormat)
    {
        var details = ReadObject(entry.DetailsJson);
        return new()
        {
            Id = entry.Id.ToString("D"),
            CreatedAt = Times.Format(entry.CreatedAt),
            Provider = entry.Provider,
            Model = entry.Model,
            Path = entry.Path,
            Duration = (long)Math.Round(entry.DurationMs),
            Success = entry.Success,
            Cached = entry.Cached,
            TokensIn = entry.TokensIn,
            TokensOut = entry.TokensOut,
            Cost = entry.CostUsd,
            CustomCost = entry.CustomCost,
            Metadata = metadataFormat switch
            {
                MetadataFormat.Object => ReadObject(entry.MetadataJson),
                MetadataFormat.Text => entry.MetadataJson is { } json ? JsonSerializer.SerializeToElement(json, LogsJson.Default.String) : null,
            },
            ModelType = entry.ModelType,
            RequestType = entry.RequestType,
            RequestContentType = entry.RequestContentType,
            ResponseContentType = entry.ResponseContentType,
            StatusCode = entry.StatusCode,
            Step = entry.Step,
            EventId = entry.EventId,
            UsageMetadata = UsageResource.From(entry),
            Timings = new((long)Math.Round(entry.DurationMs), entry.UpstreamLatencyMs is { } latency ? (long)Math.Round(latency) : null),
            Feedback = entry.Feedback,
            Score = entry.Score,
            Authentication = entry.Authentication,
            Wholesale = entry.Wholesale,
            Byok = entry.Byok,
            CompatibilityMode = entry.CompatibilityMode,
            UserAgent = entry.UserAgent,
            DlpAction = entry.DlpAction,
            DlpProfiles = Member(details, "dlp_profiles"),
            Guardrails = Member(details, "guardrails"),
            Attempts = Member(details, "attempts"),
            ClientEndpoint = Member(details, "client_endpoint"),
            Usage = Member(details, "usage"),
            SupersededUsage = Member(details, "superseded_usage"),
            Warnings = Member(details, "warnings"),
            Error = Member(details, "error"),
            RequestSize = entry.RequestBytes,
            ResponseSize = entry.ResponseBytes,
        };
    }

    private static JsonElement? ReadObject(string? json) => json is null ? null : JsonElement.Parse(json);

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty(name, out var member) ? member : null;
}

/// <summary>What the upstream counted.</summary>
internal sealed record UsageResource(long? InputTokens, long? OutputTokens, long? TotalTokens, long? OutputReasoningTokens, long? InputCachedTokens)
{
    public static UsageResource From(LogEntry entry) => new(
        entry.TokensIn, entry.TokensOut, entry.TokensIn + entry.TokensOut, entry.ReasoningTokens, entry.CacheReadTokens);
}

/// <summary>Milliseconds: all of the exchange, and until the upstream's first byte.</summary>
internal sealed record TimingsResource(long Total, long? Latency);

/// <summary>One page of entries, with ranges over all that match where they were asked for.</summary>
internal sealed record LogListEnvelope(IReadOnlyList<LogResource> Result, LogResultInfo ResultInfo)
{
    public bool Success { get; } = true;

    public IReadOnlyList<ApiError> Errors { get; } = [];

    public IReadOnlyList<ApiMessage> Messages { get; } = [];
}

/// <summary>A page's place, and the ranges.</summary>
[JsonDerivedType(typeof(LogRangesResultInfo))]
internal record LogResultInfo(int Count, int Page, int PerPage, long TotalCount)
{
    public long TotalPages => (TotalCount + PerPage - 1) / PerPage;
}

/// <summary>With ranges; null where nothing matches.</summary>
internal sealed record LogRangesResultInfo(int Count, int Page, int PerPage, long TotalCount, [property: JsonIgnore] LogRanges Ranges)
    : LogResultInfo(Count, Page, PerPage, TotalCount)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? MinCost => Ranges.MinCost;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? MaxCost => Ranges.MaxCost;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MinDuration => Ranges.MinDuration;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MaxDuration => Ranges.MaxDuration;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MinTokensIn => Ranges.MinTokensIn;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MaxTokensIn => Ranges.MaxTokensIn;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MinTokensOut => Ranges.MinTokensOut;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MaxTokensOut => Ranges.MaxTokensOut;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MinTotalTokens => Ranges.MinTotalTokens;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MaxTotalTokens => Ranges.MaxTotalTokens;
}

/// <summary>The whole answer to a deletion.</summary>
internal sealed record Accepted(bool Success);

/// <summary>The empty object.</summary>
internal sealed record Nothing;
