using System.Text;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Storage.Tests.Logs;

/// <summary>Entries for tests.</summary>
internal static class LogEntries
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An entry with only what is required.</summary>
    public static LogEntry Plain(string account, string gateway, DateTimeOffset? at = null) => Create(account, gateway, at ?? Start, _ => { });

    public static LogEntry Create(string account, string gateway, DateTimeOffset at, Action<EntryValues> set)
    {
        var values = new EntryValues();
        set(values);
        var id = Guid.CreateVersion7(at);
        return new()
        {
            Id = id,
            AccountId = account,
            GatewayId = gateway,
            CreatedAt = at,
            Provider = values.Provider,
            Model = values.Model,
            ModelType = values.ModelType,
            Path = values.Path,
            RequestType = values.RequestType,
            RequestContentType = values.RequestContentType,
            ResponseContentType = values.ResponseContentType,
            StatusCode = values.StatusCode,
            Success = values.StatusCode < 400,
            Cached = values.Cached,
            RateLimited = values.RateLimited,
            IsOnlyCounted = values.IsOnlyCounted,
            IsPushed = values.IsPushed,
            IsSuperseded = values.IsSuperseded,
            Capacity = values.Capacity,
            CacheReadTokens = values.CacheReadTokens,
            DurationMs = values.DurationMs,
            TimeToFirstByteMs = values.TimeToFirstByteMs,
            TokensIn = values.TokensIn,
            TokensOut = values.TokensOut,
            CostUsd = values.CostUsd,
            MetadataJson = values.MetadataJson,
            EventId = values.EventId ?? id.ToString(),
            Authentication = values.Authentication,
            Wholesale = values.Wholesale,
            CompatibilityMode = values.CompatibilityMode,
            DlpAction = values.DlpAction,
            UserAgent = values.UserAgent,
            Feedback = values.Feedback,
            Score = values.Score,
            RequestBody = values.RequestBody is { } request ? LogBody.Of(Encoding.UTF8.GetBytes(request)) : null,
            ResponseBody = values.ResponseBody is { } response ? LogBody.Of(Encoding.UTF8.GetBytes(response)) : null,
        };
    }
}

/// <summary>What a test sets of an entry.</summary>
internal sealed class EntryValues
{
    public string Provider { get; set; } = "openai";

    public string Model { get; set; } = "gpt";

    public string? ModelType { get; set; }

    public string Path { get; set; } = "chat/completions";

    public string RequestType { get; set; } = "http";

    public string? RequestContentType { get; set; }

    public string? ResponseContentType { get; set; }

    public int StatusCode { get; set; } = 200;

    public bool Cached { get; set; }

    public bool RateLimited { get; set; }

    public bool IsOnlyCounted { get; set; }

    public bool IsPushed { get; set; }

    public bool IsSuperseded { get; set; }

    public LogCapacity? Capacity { get; set; }

    public long? CacheReadTokens { get; set; }

    public double DurationMs { get; set; } = 10;

    public double? TimeToFirstByteMs { get; set; }

    public long? TokensIn { get; set; }

    public long? TokensOut { get; set; }

    public decimal? CostUsd { get; set; }

    public string? MetadataJson { get; set; }

    public string? EventId { get; set; }

    public bool Authentication { get; set; }

    public bool Wholesale { get; set; }

    public bool CompatibilityMode { get; set; }

    public string? DlpAction { get; set; }

    public string? UserAgent { get; set; }

    public int? Feedback { get; set; }

    public decimal? Score { get; set; }

    public string? RequestBody { get; set; }

    public string? ResponseBody { get; set; }
}
