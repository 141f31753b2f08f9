using System.Buffers;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Dlp;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Realtime;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Pipeline;

/// <summary>Makes the log entry of a step that is over.</summary>
internal static class ExchangeLog
{
    /// <summary>Which of the formats that clients speak the bodies are in, by its endpoint; only where the provider was called in another one.</summary>
    public const string ClientEndpoint = "client_endpoint";

    /// <summary>What stands for a provider where none was called.</summary>
    private const string UnknownProvider = "unknown";

    public static LogEntry Create(Step step, TimeSpan duration, TimeSpan? timeToFirstByte, bool isSuperseded, LogOptions options, LogWriter log)
    {
        var exchange = step.Exchange;
        var metadata = Metadata.Read(step.Headers.Metadata, options.MaxMetadataEntries, exchange.Identity?.Subject, out var warning);
        if (warning is not null)
        {
            step.Headers.Warn(warning);
        }

        var usage = step.Usage.Usage;
        var request = exchange.Http.Request;
        var (requestBody, responseBody) = KeepBodies(step, options.MaxPayloadBytes, log);
        return new()
        {
            Id = step.LogId,
            AccountId = exchange.Gateway.AccountId,
            GatewayId = exchange.Gateway.GatewayId,
            CreatedAt = step.StartedAt,
            Provider = step.Route?.Provider.Slug ?? UnknownProvider,
            Model = step.RequestedModel ?? step.Usage.Model ?? "",
            ModelType = step.Route?.ModelType,
            Path = step.Route?.Address.Path ?? "",
            RequestType = exchange.IsReplay ? DatasetSelection.ReplayRequestType : exchange.IsWebSocket || exchange.IsMessage ? "websocket" : exchange.IsUniversal ? "universal" : exchange.Rest is not null ? "rest" : "http",
            RequestContentType = step.Session is null ? step.ContentType : RealtimeRecord.TextType,
            ResponseContentType = step.ResponseContentType,
            Step = step.Index,
            StatusCode = step.StatusCode,
            Success = step is { StatusCode: < 400, Usage.Error: null } && (exchange.Delivered || step.IsTaken),
            Cached = step.Source != AnswerSource.Upstream,
            RateLimited = (step.Error ?? exchange.Error)?.Kind == GatewayErrorKind.RateLimited,
            IsSuperseded = isSuperseded,
            IsOnlyCounted = !step.IsLogged,
            IsPushed = exchange.Snapshot.Logpush,
            Capacity = exchange.Snapshot.LogCapacity,
            DurationMs = duration.TotalMilliseconds,
            TimeToFirstByteMs = timeToFirstByte?.TotalMilliseconds,
            UpstreamLatencyMs = step.Attempts.Count > 0 ? step.Attempts.Sum(attempt => attempt.Duration.TotalMilliseconds) : null,
            TokensIn = usage?.InputTotal,
            TokensOut = usage?.OutputTotal,
            CacheReadTokens = NullIfZero(usage?.CacheRead),
            CacheWriteTokens = NullIfZero(usage?.CacheWrite5m + usage?.CacheWrite1h),
            ReasoningTokens = usage?.Reasoning,
            AudioInTokens = NullIfZero(usage?.AudioIn),
            AudioOutTokens = NullIfZero(usage?.AudioOut),
            Units = usage?.Units,
            UnitKind = usage?.UnitKind,
            CostUsd = step.Cost?.Usd,
            CustomCost = step.Cost?.IsCustom ?? false,
            MetadataJson = metadata,
            RequestBytes = step.Session?.Client.Bytes ?? (step.ClientBody.IsEmpty ? step.Body.Length : step.ClientBody.Length),
            ResponseBytes = step.ResponseBytes,
            EventId = step.Headers.EventId ?? exchange.IdText,
            Authentication = exchange.IsAuthenticated,
            Wholesale = step is { UsesOperatorCredential: true, Source: AnswerSource.Upstream },
            Byok = step is { StoredKey: not null, Source: AnswerSource.Upstream },
            CompatibilityMode = step.Exchange.IsCompat || step.Translation is not null || step.Embeddings is not null || step.TokenCount is not null,
            UserAgent = request.Headers.UserAgent is [{ Length: > 0 } agent, ..] ? agent : null,
            DlpAction = DlpReport.ActionOf(step) is { } action ? DlpReport.WordOf(action) : null,
            DetailsJson = Details(step),
            RequestBody = requestBody,
            ResponseBody = responseBody,
        };
    }

    /// <summary>Both bodies, if they are kept, are there from beginning to end, and together are not too large.</summary>
    private static (LogBody? Request, LogBody? Response) KeepBodies(Step step, long maxBytes, LogWriter log)
    {
        if (!step.KeepsPayload)
        {
            return default;
        }

        if (step.Session is { } session)
        {
            var texts = (long)session.Client.Kept.Length + session.Provider.Kept.Length;
            return texts <= maxBytes && log.TakesBodies(texts) ? (log.Buffers.Pack(session.Client.Kept), log.Buffers.Pack(session.Provider.Kept)) : default;
        }

        // What the client said, not what was made of it for its provider: in this form it can be sent again, to whichever provider.
        var request = !BodyCapture.IsTextual(step.ContentType) ? [] : step.ClientBody.IsEmpty ? step.Body.Kept : step.ClientBody.Span;
        if (!step.CompressedResponse.IsEmpty)
        {
            return request.Length + step.ResponseBytes <= maxBytes && log.TakesBodies(request.Length + step.CompressedResponse.Length)
                ? (log.Buffers.Pack(request), step.Exchange.Delivered ? LogBody.OfCompressed(step.CompressedResponse) : null)
                : default;
        }

        var response = step.ResponseCapture is { IsWhole: true } capture ? capture.Bytes : [];
        var length = (long)request.Length + response.Length;
        return length <= maxBytes && log.TakesBodies(length) ? (log.Buffers.Pack(request), log.Buffers.Pack(response)) : default;
    }

    private static long? NullIfZero(long? value) => value is 0 ? null : value;

    /// <summary>What is shown but not searched; null for a step about which there is nothing to say.</summary>
    private static string? Details(Step step)
    {
        var isAnswered = step is { Attempts: [{ Outcome: AttemptOutcome.Success }] } or { Attempts: [], Source: AnswerSource.Cache };
        var isPlain = isAnswered && step.Trace is null && step.Translation is null && step.FoundByGuardrails is null && step.FoundByDlp is null && step.Exchange.FoundByDlp is null
            && step.Session is null && step is { Exchange: { Error: null, RelayFailure: null }, Usage.Error: null, Headers.Warnings: null, Cost: null or { IsEstimate: false } };
        if (isPlain)
        {
            // Nearly every exchange: put together without a writer. The provider's usage is JSON already.
            return step.Usage.RawUsageJson is { } raw ? string.Concat("{\"usage\":", raw, "}") : null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (!isAnswered)
            {
                WriteAttempts(json, step);
            }

            if (((step.Error ?? step.Exchange.Error)?.Type ?? step.Exchange.RelayFailure ?? step.Usage.Error?.Kind) is { } error)
            {
                json.WriteString("error"u8, error);
            }

            step.Session?.Write(json);
            if (step.Trace is { } trace)
            {
                json.WriteStartObject("route"u8);
                trace.Write(json);
                json.WriteEndObject();
            }

            DlpReport.Write(json, step);
            if (step.FoundByGuardrails is { IsEmpty: false } guardrails)
            {
                json.WriteStartObject("guardrails"u8);
                guardrails.Write(json);
                json.WriteEndObject();
            }

            if (step.Source == AnswerSource.StaleCache)
            {
                json.WriteBoolean("cache_stale"u8, true);
            }

            if (step.Translation is { Format: var format })
            {
                json.WriteString(ClientEndpoint, EndpointOf(format));
            }

            if (step.Usage.RawUsageJson is { } usage)
            {
                json.WritePropertyName("usage"u8);
                json.WriteRawValue(usage);
            }

            if (step.Superseded?.RawUsageJson is { } superseded)
            {
                json.WritePropertyName("superseded_usage"u8);
                json.WriteRawValue(superseded);
            }

            if (step.Cost?.IsEstimate == true)
            {
                json.WriteBoolean("cost_is_estimate"u8, true);
            }

            if (step.Headers.Warnings is { } warnings)
            {
                json.WriteStartArray("warnings"u8);
                foreach (var text in warnings)
                {
                    json.WriteStringValue(text);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string EndpointOf(ClientFormat format) => format switch
    {
        ClientFormat.ChatCompletions => "chat/completions",
        ClientFormat.Responses => "responses",
        ClientFormat.Messages => "messages",
    };

    private static string Word(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Success => "success",
        AttemptOutcome.Refused => "refused",
        AttemptOutcome.Failed => "failed",
        AttemptOutcome.Timeout => "timeout",
        AttemptOutcome.Connection => "connection_error",
        AttemptOutcome.Cancelled => "cancelled",
    };

    private static void WriteAttempts(Utf8JsonWriter json, Step step)
    {
        json.WriteStartArray("attempts"u8);
        foreach (var attempt in step.Attempts)
        {
            json.WriteStartObject();
            json.WriteNumber("attempt"u8, attempt.Number);
            json.WriteString("outcome"u8, Word(attempt.Outcome));
            if (attempt.IsHedge)
            {
                json.WriteBoolean("hedge"u8, true);
            }

            if (attempt.StatusCode is { } status)
            {
                json.WriteNumber("status_code"u8, status);
            }

            json.WriteNumber("duration_ms"u8, Math.Round(attempt.Duration.TotalMilliseconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
