using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Tests.Management;

internal static class Entries
{
    public static readonly DateTimeOffset CreatedAt = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An entry for sums.</summary>
    public static LogEntry Sum(
        string accountId,
        string gatewayId,
        DateTimeOffset at,
        string model = "gpt-4o-mini",
        int status = 200,
        bool cached = false,
        decimal? cost = null,
        long tokens = 0,
        double durationMs = 100,
        string? metadata = null,
        string? userAgent = null) => new()
        {
            Id = Guid.CreateVersion7(at),
            AccountId = accountId,
            GatewayId = gatewayId,
            CreatedAt = at,
            Provider = "openai",
            Model = model,
            Path = "chat/completions",
            RequestType = "http",
            StatusCode = status,
            Success = status < 400,
            Cached = cached,
            DurationMs = durationMs,
            TokensIn = tokens,
            TokensOut = 2 * tokens,
            CostUsd = cost,
            MetadataJson = metadata,
            UserAgent = userAgent,
            EventId = "event",
        };

    public static LogEntry Make(string accountId, string gatewayId, byte[]? request = null, byte[]? response = null, string? responseContentType = "application/json") => new()
    {
        Id = Guid.CreateVersion7(),
        AccountId = accountId,
        GatewayId = gatewayId,
        CreatedAt = CreatedAt,
        Provider = "openai",
        Model = "gpt-4o-mini",
        Path = "chat/completions",
        RequestType = "http",
        RequestContentType = "application/json",
        ResponseContentType = responseContentType,
        StatusCode = 200,
        Success = true,
        DurationMs = 12.4,
        UpstreamLatencyMs = 10.6,
        TokensIn = 5,
        TokensOut = 7,
        CacheReadTokens = 2,
        ReasoningTokens = 3,
        CostUsd = 0.0000125m,
        MetadataJson = """{"team":"a","n":1}""",
        DetailsJson = """{"attempts":[{"status":200}],"usage":{"x":1}}""",
        EventId = "event",
        RequestBytes = request?.Length ?? 0,
        ResponseBytes = response?.Length ?? 0,
        RequestBody = request is null ? null : LogBody.Of(request),
        ResponseBody = response is null ? null : LogBody.Of(response),
    };

    /// <summary>An entry that is to be pushed.</summary>
    public static LogEntry Pushed(string accountId, string gatewayId, DateTimeOffset at, bool isPushed = true) => new()
    {
        Id = Guid.CreateVersion7(at),
        AccountId = accountId,
        GatewayId = gatewayId,
        CreatedAt = at,
        Provider = "openai",
        Model = "gpt-4o-mini",
        Path = "chat/completions",
        RequestType = "http",
        StatusCode = 200,
        Success = true,
        DurationMs = 1,
        EventId = "event",
        IsPushed = isPushed,
        RequestBody = LogBody.Of("""{"q":1}"""u8),
    };
}
