using GatewayActors.Front.Billing;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Export.Otlp;
using GatewayActors.Front.Guardrails;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Custom;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Pipeline;

/// <summary>Books what an exchange used: usage, cost, metrics, trace and log entry. Never delays or fails the answer.</summary>
internal sealed class Settlement(
    IPriceTable prices, LimitSettlement limits, Credits credits, LogWriter log, OtlpExports exports, GatewayMetrics metrics, GatewayOptions options, TimeProvider timeProvider)
{
    /// <summary>Takes what the answer says about itself. Called once per step that is answered, as soon as it is known.</summary>
    public void ReadUsage(Step step, Answer answer)
    {
        var report = step.Usage = answer.Report() ?? UsageReport.None;
        if (step.Source != AnswerSource.Upstream)
        {
            step.Cost = new(0, IsCustom: false, IsEstimate: false); // Paid for by the exchange that fetched it.
        }
        else
        {
            step.Cost = CostOf(step, report, step.Headers.CustomCost);
            if (credits.Pays(step))
            {
                // By the price table: what a client says that its requests cost must not be what it pays.
                credits.Charge(step, step.Headers.CustomCost is null ? step.Cost?.Usd ?? 0 : CostOf(step, report, customCost: null)?.Usd ?? 0);
            }
        }

        limits.Settle(step);
    }

    private Cost? CostOf(Step step, UsageReport report, CustomCost? customCost)
    {
        var cost = CostOfReport(step, report, customCost);
        return step.Superseded is { } superseded && CostOfReport(step, superseded, customCost) is { } more
            ? more with { Usd = more.Usd + (cost?.Usd ?? 0), IsEstimate = more.IsEstimate || cost is { IsEstimate: true } } // The provider bills both.
            : cost;
    }

    /// <summary>The cost of a turn of a session.</summary>
    /// <param name="step">The session's step.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="model">The model that was used; null for the one of the request.</param>
    public Cost? CostOf(Step step, TokenUsage usage, string? model) => CostOfReport(step, new() { Usage = usage, Model = model }, step.Headers.CustomCost);

    /// <summary>The same by the price table, in US dollars: what a client says that its requests cost must not be what it pays.</summary>
    public decimal ListedCostOf(Step step, TokenUsage? usage, string? model) => CostOfReport(step, new() { Usage = usage, Model = model }, customCost: null)?.Usd ?? 0;

    private Cost? CostOfReport(Step step, UsageReport report, CustomCost? customCost)
    {
        if (report.Usage is not { } usage)
        {
            return null;
        }

        var price = step.Route.PriceOf(prices, report.Model, step.RequestedModel);
        step.IsPricedModel |= price is not null && step.Route.Provider is not CustomProvider; // A tenant could price any name.
        return CostCalculator.Compute(usage, price, customCost, report.ServiceTier);
    }

    /// <summary>Closes the books of an exchange, whatever became of it.</summary>
    public void Settle(Exchange exchange)
    {
        if (exchange.ClientGone)
        {
            exchange.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }

        var ended = timeProvider.GetTimestamp();
        var duration = timeProvider.GetElapsedTime(exchange.StartTimestamp, ended);
        var measurement = Measure(exchange, duration);
        metrics.RecordExchange(measurement);
        GatewayTracing.EndExchange(exchange.Span, measurement, exchange.Step is { IsLogged: true } logged ? logged.LogIdText : null);
        if (exchange.Step is { } step)
        {
            step.StatusCode = exchange.StatusCode;
            limits.Settle(step);
            WriteLog(step, ended);
        }
    }

    /// <summary>Books a step that has failed while the exchange goes on to another.</summary>
    /// <param name="step">The step.</param>
    /// <param name="answer">What its upstream answered; null if nothing.</param>
    public void SettleFailed(Step step, Answer? answer)
    {
        if (answer is not null)
        {
            ReadUsage(step, answer);
            step.StatusCode = answer.StatusCode;
            step.ResponseContentType = answer.ContentType;
            step.ResponseBytes = answer.First.Length;
            step.FirstByteTimestamp = timeProvider.GetTimestamp();
            if (step.KeepsPayload && answer.IsWhole && BodyCapture.IsTextual(answer.ContentType))
            {
                step.ResponseCapture = new((int)Math.Min(options.Logs.MaxPayloadBytes, int.MaxValue), answer.First.Length);
                step.ResponseCapture.Append(answer.First.Span);
            }
        }
        else if (step.Error is { } error)
        {
            step.StatusCode = error.Status(step.Exchange.Snapshot.Strict);
        }

        limits.Settle(step);
        WriteLog(step, timeProvider.GetTimestamp(), isSuperseded: true);
        step.ResponseCapture?.Dispose();
    }

    private void WriteLog(Step step, long ended, bool isSuperseded = false)
    {
        if (step.IsCounted)
        {
            WriteEntry(step, ended, isSuperseded);
            if (step.Trace?.Failure is { } failure && !ReferenceEquals(failure, step))
            {
                // The route as a whole, besides the last of its models.
                failure.StatusCode = step.StatusCode;
                WriteEntry(failure, ended, isSuperseded: true);
            }
        }
    }

    private void WriteEntry(Step step, long ended, bool isSuperseded)
    {
        var timeToFirstByte = TimeToFirstByte(step, step.StartTimestamp);
        var entry = ExchangeLog.Create(step, timeProvider.GetElapsedTime(step.StartTimestamp, ended), timeToFirstByte, isSuperseded, options.Logs, log);
        if (step.Exchange.Snapshot.Exporters is { } exporters)
        {
            exports.Export(step, entry, exporters); // First: the writer takes the bodies with it.
        }

        log.Write(entry);
    }

    private ExchangeMeasurement Measure(Exchange exchange, TimeSpan duration)
    {
        var step = exchange.Step;
        var timeToFirstByte = TimeToFirstByte(step, exchange.StartTimestamp);
        return new()
        {
            Outcome = Outcome(exchange),
            StatusCode = exchange.StatusCode,
            Duration = duration,
            Provider = step?.Route?.Provider.Slug,
            Operation = step?.Route?.Operation,
            RequestModel = step?.RequestedModel,
            ResponseModel = step?.Usage.Model,
            IsPricedModel = step?.IsPricedModel ?? false,
            IsCached = step is { Source: not AnswerSource.Upstream },
            TimeToFirstByte = timeToFirstByte,
            Overhead = Overhead(step, timeToFirstByte),
            OperationDuration = step?.Attempts.Count > 0 ? duration : null,
            InputTokens = step?.Usage.Usage?.InputTotal,
            OutputTokens = step?.Usage.Usage?.OutputTotal,
            CostUsd = step?.Cost?.Usd,
            ErrorType = ErrorType(exchange),
        };
    }

    /// <summary>What an exchange of one attempt, or of none, spent before the first byte without waiting for an upstream.</summary>
    private static TimeSpan? Overhead(Step? step, TimeSpan? timeToFirstByte) => step switch
    {
        { Index: 0, Attempts: [var only] } => timeToFirstByte - only.Duration,
        { Index: 0, Attempts: [], Source: AnswerSource.Cache } => timeToFirstByte,
        _ => null,
    };

    private static string? ErrorType(Exchange exchange) => exchange switch
    {
        { ClientGone: true } => TelemetryNames.Errors.ClientGone,
        { RelayFailure: not null } or { Step.Usage.Error: not null } => TelemetryNames.Errors.Stream,
        { Error.Kind: GatewayErrorKind.UpstreamTimeout } => TelemetryNames.Errors.Timeout,
        { Error.Kind: GatewayErrorKind.UpstreamUnreachable } => TelemetryNames.Errors.Connection,
        { Error.Kind: GatewayErrorKind.Internal } => TelemetryNames.Errors.Internal,
        _ => null, // The status says enough.
    };

    private TimeSpan? TimeToFirstByte(Step? step, long since) =>
        step is null or { FirstByteTimestamp: 0 } ? null : timeProvider.GetElapsedTime(since, step.FirstByteTimestamp);

    private static ExchangeOutcome Outcome(Exchange exchange) => exchange switch
    {
        { ClientGone: true } => ExchangeOutcome.ClientGone,
        { Error.Kind: GatewayErrorKind.UpstreamTimeout or GatewayErrorKind.UpstreamUnreachable or GatewayErrorKind.UpstreamPaused } => ExchangeOutcome.UpstreamFailed,
        { Error.Kind: GatewayErrorKind.Internal or GatewayErrorKind.DecisionUnavailable } => ExchangeOutcome.Failed,
        { Error: not null } => ExchangeOutcome.Refused,
        { Step.FoundByGuardrails.Response: { Blocked: not Hazards.None, IsEnforced: true } } => ExchangeOutcome.Refused, // In the middle of a stream.
        { RelayFailure: not null } or { Step.Usage.Error: not null } or { StatusCode: >= 500 } => ExchangeOutcome.UpstreamFailed,
        { StatusCode: >= 400 } => ExchangeOutcome.UpstreamRefused,
        _ => ExchangeOutcome.Success,
    };
}
