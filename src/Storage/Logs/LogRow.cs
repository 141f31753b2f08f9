using System.Globalization;
using GatewayActors.Abstractions.Logs;
using LinqToDB.Mapping;

namespace GatewayActors.Storage.Logs;

/// <summary>A stored entry, as queries see it.</summary>
[Table("log_entry")]
internal sealed class LogRow
{
    [Column("gateway_key"), PrimaryKey(0)] public long GatewayKey { get; set; }

    [Column("created_us"), PrimaryKey(1)] public long CreatedUs { get; set; }

    [Column("id"), PrimaryKey(2), NotNull] public byte[] Id { get; set; } = [];

    [Column("provider"), NotNull] public string Provider { get; set; } = "";

    [Column("model"), NotNull] public string Model { get; set; } = "";

    [Column("model_type")] public string? ModelType { get; set; }

    [Column("path"), NotNull] public string Path { get; set; } = "";

    [Column("request_type"), NotNull] public string RequestType { get; set; } = "";

    [Column("request_content_type")] public string? RequestContentType { get; set; }

    [Column("response_content_type")] public string? ResponseContentType { get; set; }

    [Column("status_code")] public long StatusCode { get; set; }

    [Column("success")] public bool Success { get; set; }

    [Column("cached")] public bool Cached { get; set; }

    [Column("duration_us")] public long DurationUs { get; set; }

    [Column("first_byte_us")] public long? FirstByteUs { get; set; }

    [Column("upstream_us")] public long? UpstreamUs { get; set; }

    [Column("tokens_in")] public long? TokensIn { get; set; }

    [Column("tokens_out")] public long? TokensOut { get; set; }

    [Column("cache_read_tokens")] public long? CacheReadTokens { get; set; }

    [Column("cache_write_tokens")] public long? CacheWriteTokens { get; set; }

    [Column("reasoning_tokens")] public long? ReasoningTokens { get; set; }

    [Column("audio_in_tokens")] public long? AudioInTokens { get; set; }

    [Column("audio_out_tokens")] public long? AudioOutTokens { get; set; }

    /// <summary>Text, because it must come back digit for digit and is never compared.</summary>
    [Column("units")] public string? Units { get; set; }

    [Column("unit_kind")] public string? UnitKind { get; set; }

    /// <summary>See <see cref="PicoDollars"/>.</summary>
    [Column("cost_pico")] public long? CostPico { get; set; }

    [Column("custom_cost")] public bool CustomCost { get; set; }

    [Column("metadata")] public string? Metadata { get; set; }

    [Column("step")] public int Step { get; set; }

    [Column("request_bytes")] public long RequestBytes { get; set; }

    [Column("response_bytes")] public long ResponseBytes { get; set; }

    /// <summary>Null where it is the text of <see cref="Id"/>.</summary>
    [Column("event_id")] public string? EventId { get; set; }

    [Column("authentication")] public bool Authentication { get; set; }

    [Column("wholesale")] public bool Wholesale { get; set; }

    [Column("byok")] public bool Byok { get; set; }

    [Column("compatibility_mode")] public bool CompatibilityMode { get; set; }

    [Column("dlp_action")] public string? DlpAction { get; set; }

    [Column("user_agent")] public string? UserAgent { get; set; }

    [Column("feedback")] public long? Feedback { get; set; }

    /// <summary>Text, for the reason of <see cref="Units"/>.</summary>
    [Column("score")] public string? Score { get; set; }

    [Column("details")] public string? Details { get; set; }

    [Column("rate_limited")] public bool RateLimited { get; set; }

    [Column("superseded")] public bool Superseded { get; set; }

    /// <summary>The file that holds the bodies; null where there are no bytes.</summary>
    [Column("body_file")] public long? BodyFile { get; set; }

    [Column("body_offset")] public long? BodyOffset { get; set; }

    /// <summary>Of the compressed body; null where it is not stored.</summary>
    [Column("request_body_length")] public long? RequestBodyLength { get; set; }

    /// <summary>Of the compressed body, which follows the request's; null where it is not stored.</summary>
    [Column("response_body_length")] public long? ResponseBodyLength { get; set; }

    public LogEntry ToEntry(string accountId, string gatewayId)
    {
        var id = LogIds.FromBytes(Id);
        return new()
        {
            Id = id,
            AccountId = accountId,
            GatewayId = gatewayId,
            CreatedAt = Timestamps.FromMicroseconds(CreatedUs),
            Provider = Provider,
            Model = Model,
            ModelType = ModelType,
            Path = Path,
            RequestType = RequestType,
            RequestContentType = RequestContentType,
            ResponseContentType = ResponseContentType,
            StatusCode = (int)StatusCode,
            Success = Success,
            Cached = Cached,
            DurationMs = Timestamps.Milliseconds(DurationUs),
            TimeToFirstByteMs = FirstByteUs is { } firstByte ? Timestamps.Milliseconds(firstByte) : null,
            UpstreamLatencyMs = UpstreamUs is { } upstream ? Timestamps.Milliseconds(upstream) : null,
            TokensIn = TokensIn,
            TokensOut = TokensOut,
            CacheReadTokens = CacheReadTokens,
            CacheWriteTokens = CacheWriteTokens,
            ReasoningTokens = ReasoningTokens,
            AudioInTokens = AudioInTokens,
            AudioOutTokens = AudioOutTokens,
            Units = ParseDecimal(Units),
            UnitKind = UnitKind,
            CostUsd = CostPico is { } cost ? PicoDollars.ToDollars(cost) : null,
            CustomCost = CustomCost,
            MetadataJson = Metadata,
            Step = Step,
            RequestBytes = RequestBytes,
            ResponseBytes = ResponseBytes,
            EventId = EventId ?? id.ToString(),
            Authentication = Authentication,
            Wholesale = Wholesale,
            Byok = Byok,
            CompatibilityMode = CompatibilityMode,
            DlpAction = DlpAction,
            UserAgent = UserAgent,
            Feedback = (int?)Feedback,
            Score = ParseDecimal(Score),
            DetailsJson = Details,
            RateLimited = RateLimited,
            IsSuperseded = Superseded,
        };
    }

    private static decimal? ParseDecimal(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A gateway that has entries or rollups.</summary>
[Table("gateway")]
internal sealed class GatewayRow
{
    [Column("key"), PrimaryKey] public long Key { get; set; }

    [Column("account_id"), NotNull] public string AccountId { get; set; } = "";

    [Column("gateway_id"), NotNull] public string GatewayId { get; set; } = "";

    /// <summary>How many entries it has, kept with every write, because counting millions takes too long for a page.</summary>
    [Column("entries")] public long Entries { get; set; }
}

/// <summary>Sums of one minute or hour of one gateway; the same columns in both tables.</summary>
internal sealed class RollupRow
{
    [Column("gateway_key"), PrimaryKey(0)] public long GatewayKey { get; set; }

    /// <summary>The begin of the minute or hour.</summary>
    [Column("at_us"), PrimaryKey(1)] public long AtUs { get; set; }

    [Column("provider"), PrimaryKey(2), NotNull] public string Provider { get; set; } = "";

    [Column("model"), PrimaryKey(3), NotNull] public string Model { get; set; } = "";

    [Column("status_code"), PrimaryKey(4)] public int StatusCode { get; set; }

    [Column("success"), PrimaryKey(5)] public bool Success { get; set; }

    [Column("cached"), PrimaryKey(6)] public bool Cached { get; set; }

    [Column("rate_limited"), PrimaryKey(7)] public bool RateLimited { get; set; }

    [Column("wholesale"), PrimaryKey(8)] public bool Wholesale { get; set; }

    [Column("requests")] public long Requests { get; set; }

    [Column("tokens_in")] public long TokensIn { get; set; }

    [Column("tokens_out")] public long TokensOut { get; set; }

    [Column("cache_read_tokens")] public long CacheReadTokens { get; set; }

    [Column("cache_write_tokens")] public long CacheWriteTokens { get; set; }

    [Column("cost_pico")] public long CostPico { get; set; }

    [Column("duration_us")] public long DurationUs { get; set; }

    /// <summary>Sum over the <see cref="FirstBytes"/> requests whose time to the first byte is known.</summary>
    [Column("first_byte_us")] public long FirstByteUs { get; set; }

    [Column("first_bytes")] public long FirstBytes { get; set; }

    /// <summary>See <see cref="Abstractions.Analytics.DurationHistogram"/>.</summary>
    [Column("durations"), NotNull] public byte[] Durations { get; set; } = [];
}

/// <summary>Sums of one hour over the exchanges of one gateway that have the same entry in their metadata.</summary>
[Table("rollup_metadata")]
internal sealed class MetadataRollupRow
{
    [Column("gateway_key"), PrimaryKey(0)] public long GatewayKey { get; set; }

    /// <summary>The begin of the hour.</summary>
    [Column("at_us"), PrimaryKey(1)] public long AtUs { get; set; }

    [Column("key"), PrimaryKey(2), NotNull] public string Key { get; set; } = "";

    [Column("value"), PrimaryKey(3), NotNull] public string Value { get; set; } = "";
}
