using System.Buffers;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Pipeline;

/// <summary>Makes the log entry of an exchange that is over.</summary>
internal static class ExchangeLog
{
    public static LogEntry Create(Exchange exchange, TimeSpan duration, TimeSpan? timeToFirstByte, LogOptions options, LogWriter log)
    {
        var metadata = Metadata.Read(exchange.Headers.Metadata, options.MaxMetadataEntries, out var warning);
        if (warning is not null)
        {
            exchange.Headers.Warn(warning);
        }

        var usage = exchange.Usage.Usage;
        var request = exchange.Http.Request;
        var (requestBody, responseBody) = KeepBodies(exchange, options.MaxPayloadBytes, log);
        return new()
        {
            Id = exchange.Id,
            AccountId = exchange.Gateway.AccountId,
            GatewayId = exchange.Gateway.GatewayId,
            CreatedAt = exchange.ArrivedAt,
            Provider = exchange.Route.Provider.Slug,
            Model = exchange.RequestedModel ?? exchange.Usage.Model ?? "",
            ModelType = exchange.Route.ModelType,
            Path = exchange.Route.Address.Path,
            RequestType = "http",
            RequestContentType = request.ContentType,
            ResponseContentType = exchange.ResponseContentType,
            StatusCode = exchange.StatusCode,
            Success = exchange is { StatusCode: < 400, Delivered: true, Usage.Error: null },
            DurationMs = duration.TotalMilliseconds,
            TimeToFirstByteMs = timeToFirstByte?.TotalMilliseconds,
            UpstreamLatencyMs = exchange.Attempts.Count > 0 ? exchange.Attempts.Sum(attempt => attempt.Duration.TotalMilliseconds) : null,
            TokensIn = usage?.InputTotal,
            TokensOut = usage?.OutputTotal,
            CacheReadTokens = NullIfZero(usage?.CacheRead),
            CacheWriteTokens = NullIfZero(usage?.CacheWrite5m + usage?.CacheWrite1h),
            ReasoningTokens = usage?.Reasoning,
            AudioInTokens = NullIfZero(usage?.AudioIn),
            AudioOutTokens = NullIfZero(usage?.AudioOut),
            Units = usage?.Units,
            UnitKind = usage?.UnitKind,
            CostUsd = exchange.Cost?.Usd,
            CustomCost = exchange.Cost?.IsCustom ?? false,
            MetadataJson = metadata,
            RequestBytes = exchange.Body.Length,
            ResponseBytes = exchange.ResponseBytes,
            EventId = exchange.Headers.EventId ?? exchange.IdText,
            Authentication = exchange.IsAuthenticated,
            UserAgent = request.Headers.UserAgent is [{ Length: > 0 } agent, ..] ? agent : null,
            DetailsJson = Details(exchange),
            RequestBody = requestBody,
            ResponseBody = responseBody,
        };
    }

    /// <summary>Both bodies, if they are kept, are there from beginning to end, and together are not too large.</summary>
    private static (LogBody? Request, LogBody? Response) KeepBodies(Exchange exchange, long maxBytes, LogWriter log)
    {
        if (!exchange.KeepsPayload)
        {
            return default;
        }

        var request = BodyCapture.IsTextual(exchange.Http.Request.ContentType) ? exchange.Body.Kept : [];
        var response = exchange.ResponseCapture is { IsWhole: true } capture ? capture.Bytes : [];
        var length = (long)request.Length + response.Length;
        return length <= maxBytes && log.TakesBodies(length) ? (log.Buffers.Pack(request), log.Buffers.Pack(response)) : default;
    }

    private static long? NullIfZero(long? value) => value is 0 ? null : value;

    /// <summary>What is shown but not searched; null for an exchange about which there is nothing to say.</summary>
    private static string? Details(Exchange exchange)
    {
        var isPlain = exchange is { Attempts: [{ Outcome: AttemptOutcome.Success }], Error: null, RelayFailure: null, Usage.Error: null, Headers.Warnings: null, Cost: null or { IsEstimate: false } };
        if (isPlain)
        {
            // Nearly every exchange: put together without a writer. The provider's usage is JSON already.
            return exchange.Usage.RawUsageJson is { } raw ? string.Concat("{\"usage\":", raw, "}") : null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (exchange.Attempts is not [{ Outcome: AttemptOutcome.Success }])
            {
                WriteAttempts(json, exchange);
            }

            if ((exchange.Error?.Type ?? exchange.RelayFailure ?? exchange.Usage.Error?.Kind) is { } error)
            {
                json.WriteString("error"u8, error);
            }

            if (exchange.Usage.RawUsageJson is { } usage)
            {
                json.WritePropertyName("usage"u8);
                json.WriteRawValue(usage);
            }

            if (exchange.Cost?.IsEstimate == true)
            {
                json.WriteBoolean("cost_is_estimate"u8, true);
            }

            if (exchange.Headers.Warnings is { } warnings)
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

    private static string Word(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Success => "success",
        AttemptOutcome.Refused => "refused",
        AttemptOutcome.Failed => "failed",
        AttemptOutcome.Timeout => "timeout",
        AttemptOutcome.Connection => "connection_error",
        AttemptOutcome.Cancelled => "cancelled",
    };

    private static void WriteAttempts(Utf8JsonWriter json, Exchange exchange)
    {
        json.WriteStartArray("attempts"u8);
        foreach (var attempt in exchange.Attempts)
        {
            json.WriteStartObject();
            json.WriteNumber("attempt"u8, attempt.Number);
            json.WriteString("outcome"u8, Word(attempt.Outcome));
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
