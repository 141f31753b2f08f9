using System.Buffers;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Guardrails;

/// <summary>Notes every evaluation as a log entry of its own, under the event of the exchange, and in the metrics. No word of a text is kept.</summary>
internal sealed class EvaluationLog(LogWriter log, GatewayMetrics metrics, TimeProvider timeProvider)
{
    /// <summary>The request type of these entries.</summary>
    public const string RequestType = "guardrail";

    private const string ModelType = "moderation";

    public void Write(Step step, InspectedSide side, GuardrailOutcome outcome, ScannerVerdict verdict, TimeSpan duration)
    {
        metrics.RecordEvaluation(outcome.Engine, side, outcome, duration);
        if (!step.IsLogged)
        {
            return;
        }

        var exchange = step.Exchange;
        var ended = timeProvider.GetUtcNow();
        log.Write(new()
        {
            Id = ExchangeIds.Create(ended),
            AccountId = exchange.Gateway.AccountId,
            GatewayId = exchange.Gateway.GatewayId,
            CreatedAt = ended - duration,
            Provider = verdict.Model?.Provider ?? outcome.Engine,
            Model = verdict.Model?.Name ?? outcome.Engine,
            ModelType = ModelType,
            Path = verdict.Model?.Path ?? "",
            RequestType = RequestType,
            StatusCode = StatusOf(outcome, verdict),
            Success = outcome.Scanner == ScannerState.Answered,
            IsSuperseded = true, // It stands beside its exchange, which is what is counted.
            IsPushed = exchange.Snapshot.Logpush,
            Capacity = exchange.Snapshot.LogCapacity,
            DurationMs = duration.TotalMilliseconds,
            TokensIn = verdict.TokensIn,
            TokensOut = verdict.TokensOut,
            CostUsd = verdict.CostUsd,
            Step = step.Index,
            EventId = step.Headers.EventId ?? exchange.IdText,
            Authentication = exchange.IsAuthenticated,
            Byok = verdict.UsesStoredKey,
            Wholesale = verdict.UsesOperatorCredential,
            DetailsJson = Details(side, outcome),
        });
    }

    private static int StatusOf(GuardrailOutcome outcome, ScannerVerdict verdict) => outcome.Scanner switch
    {
        ScannerState.Answered => StatusCodes.Status200OK,
        ScannerState.NoCredit => StatusCodes.Status402PaymentRequired,
        ScannerState.Unavailable or ScannerState.Missed => verdict.StatusCode >= 400 ? verdict.StatusCode : StatusCodes.Status503ServiceUnavailable,
    };

    private static string Details(InspectedSide side, GuardrailOutcome outcome)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("guardrails"u8);
            outcome.Write(json, side == InspectedSide.Request ? "prompt"u8 : "response"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
