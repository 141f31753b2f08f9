using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Telemetry;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Pipeline;

/// <summary>Books what an exchange used: usage, cost, metrics, trace and log entry. Never delays or fails the answer.</summary>
internal sealed class Settlement(IPriceTable prices, LogWriter log, GatewayMetrics metrics, GatewayOptions options, TimeProvider timeProvider)
{
    /// <summary>Takes what the answer said about itself. Called once per exchange, as soon as it is known.</summary>
    public void ReadUsage(Exchange exchange, UsageReader? reader)
    {
        if (reader is null)
        {
            return;
        }

        exchange.Usage = reader.Complete();
        if (exchange.Usage.Usage is { } usage)
        {
            var price = prices.Find(exchange.Route.Provider.Slug, exchange.Usage.Model, exchange.RequestedModel);
            exchange.IsPricedModel = price is not null;
            exchange.Cost = CostCalculator.Compute(usage, price, exchange.Headers.CustomCost, exchange.Usage.ServiceTier);
        }
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
        GatewayTracing.EndExchange(exchange.Span, measurement, exchange.IsLogged ? exchange.IdText : null);
        if (exchange.IsLogged)
        {
            log.Write(ExchangeLog.Create(exchange, duration, TimeToFirstByte(exchange), options.Logs, log));
        }
    }

    private ExchangeMeasurement Measure(Exchange exchange, TimeSpan duration) => new()
    {
        Outcome = Outcome(exchange),
        StatusCode = exchange.StatusCode,
        Duration = duration,
        Provider = exchange.Route?.Provider.Slug,
        Operation = exchange.Route?.Operation,
        RequestModel = exchange.RequestedModel,
        ResponseModel = exchange.Usage.Model,
        IsPricedModel = exchange.IsPricedModel,
        TimeToFirstByte = TimeToFirstByte(exchange),
        Overhead = exchange.Attempts is [var only] && exchange.FirstByteTimestamp != 0 ? TimeToFirstByte(exchange) - only.Duration : null,
        OperationDuration = exchange.Attempts.Count > 0 ? duration : null,
        InputTokens = exchange.Usage.Usage?.InputTotal,
        OutputTokens = exchange.Usage.Usage?.OutputTotal,
        CostUsd = exchange.Cost?.Usd,
        ErrorType = ErrorType(exchange),
    };

    private static string? ErrorType(Exchange exchange) => exchange switch
    {
        { ClientGone: true } => TelemetryNames.Errors.ClientGone,
        { RelayFailure: not null } or { Usage.Error: not null } => TelemetryNames.Errors.Stream,
        { Error.Kind: GatewayErrorKind.UpstreamTimeout } => TelemetryNames.Errors.Timeout,
        { Error.Kind: GatewayErrorKind.UpstreamUnreachable } => TelemetryNames.Errors.Connection,
        { Error.Kind: GatewayErrorKind.Internal } => TelemetryNames.Errors.Internal,
        _ => null, // The status says enough.
    };

    private TimeSpan? TimeToFirstByte(Exchange exchange) =>
        exchange.FirstByteTimestamp == 0 ? null : timeProvider.GetElapsedTime(exchange.StartTimestamp, exchange.FirstByteTimestamp);

    private static ExchangeOutcome Outcome(Exchange exchange) => exchange switch
    {
        { ClientGone: true } => ExchangeOutcome.ClientGone,
        { Error.Kind: GatewayErrorKind.UpstreamTimeout or GatewayErrorKind.UpstreamUnreachable } => ExchangeOutcome.UpstreamFailed,
        { Error.Kind: GatewayErrorKind.Internal or GatewayErrorKind.DecisionUnavailable } => ExchangeOutcome.Failed,
        { Error: not null } => ExchangeOutcome.Refused,
        { RelayFailure: not null } or { Usage.Error: not null } or { StatusCode: >= 500 } => ExchangeOutcome.UpstreamFailed,
        { StatusCode: >= 400 } => ExchangeOutcome.UpstreamRefused,
        _ => ExchangeOutcome.Success,
    };
}
