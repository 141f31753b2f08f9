using System.Diagnostics;
using System.Diagnostics.Metrics;
using GatewayActors.Front.Guardrails;
using GatewayActors.Front.Inspection;
using Names = GatewayActors.Front.Telemetry.TelemetryNames.Metrics;
using Tags = GatewayActors.Front.Telemetry.TelemetryNames.Attributes;

namespace GatewayActors.Front.Telemetry;

/// <summary>
/// The gateway's metrics. Recording allocates nothing and costs next to nothing while nobody collects. No label holds an account, a
/// gateway, a key or a user. Thread-safe; one per process.
/// </summary>
internal sealed class GatewayMetrics : IDisposable
{
    private static readonly object True = true;
    private static readonly object False = false;

    private static readonly InstrumentAdvice<double> DurationBuckets = new()
    {
        // Seconds: from a cache hit to a long stream.
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    };

    private static readonly InstrumentAdvice<double> OverheadBuckets = new()
    {
        HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
    };

    // Both as the semantic conventions for generative AI ask for.
    private static readonly InstrumentAdvice<double> GenAIDurationBuckets = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private static readonly InstrumentAdvice<long> GenAITokenBuckets = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
    };

    private readonly Meter _meter;
    private readonly TelemetryLabels _labels;
    private readonly Counter<long> _exchanges;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstByte;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Histogram<double> _upstream;
    private readonly Histogram<double> _overhead;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _retries;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _logWritten;
    private readonly Counter<long> _logDropped;
    private readonly Counter<long> _exportSent;
    private readonly Counter<long> _exportDropped;
    private readonly Counter<long> _evaluations;
    private readonly Histogram<double> _evaluation;
    private readonly Histogram<double> _genAIDuration;
    private readonly Histogram<long> _genAITokens;
    private Func<long>? _logQueue;

    public GatewayMetrics(IMeterFactory meters, TelemetryLabels labels)
    {
        _labels = labels;
        _meter = meters.Create(TelemetryNames.Source);
        _exchanges = _meter.CreateCounter<long>(Names.Exchanges, "{exchange}", "Exchanges that have ended.");
        _duration = _meter.CreateHistogram(Names.ExchangeDuration, "s", "Time from the first byte of a request to the last of its answer.", null, DurationBuckets);
        _firstByte = _meter.CreateHistogram(Names.ExchangeTimeToFirstByte, "s", "Time from the first byte of a request to the first of its answer's body.", null, DurationBuckets);
        _inFlight = _meter.CreateUpDownCounter<long>(Names.ExchangesInFlight, "{exchange}", "Exchanges that have not ended.");
        _upstream = _meter.CreateHistogram(Names.UpstreamDuration, "s", "Time of one attempt.", null, DurationBuckets);
        _overhead = _meter.CreateHistogram(Names.OverheadDuration, "s", "Time an exchange spent on work of the gateway's own.", null, OverheadBuckets);
        _attempts = _meter.CreateCounter<long>(Names.Attempts, "{attempt}", "Attempts that have ended.");
        _retries = _meter.CreateCounter<long>(Names.Retries, "{attempt}", "Attempts that were not the first of their exchange.");
        _cost = _meter.CreateCounter<double>(Names.Cost, "{USD}", "Cost of exchanges in US dollars.");
        _logWritten = _meter.CreateCounter<long>(Names.LogWritten, "{entry}", "Log entries that were written.");
        _logDropped = _meter.CreateCounter<long>(Names.LogDropped, "{entry}", "Log entries, or their bodies, that were dropped because too much waited to be written.");
        _meter.CreateObservableGauge(Names.LogQueue, () => _logQueue?.Invoke() ?? 0, "{entry}", "Log entries that wait to be written.");
        _exportSent = _meter.CreateCounter<long>(Names.ExportSent, "{item}", "Spans and log entries that destinations of tenants have taken.");
        _exportDropped = _meter.CreateCounter<long>(Names.ExportDropped, "{item}", "Spans and log entries that no destination of a tenant will get.");
        _evaluations = _meter.CreateCounter<long>(Names.GuardrailEvaluations, "{evaluation}", "Evaluations of prompts and answers by guardrails.");
        _evaluation = _meter.CreateHistogram(Names.GuardrailDuration, "s", "Time of one evaluation by guardrails.", null, DurationBuckets);
        _genAIDuration = _meter.CreateHistogram(Names.GenAIOperationDuration, "s", "Duration of GenAI operations.", null, GenAIDurationBuckets);
        _genAITokens = _meter.CreateHistogram(Names.GenAITokenUsage, "{token}", "Tokens used per operation.", null, GenAITokenBuckets);
    }

    /// <summary>Counts an exchange as in flight. Every call is followed by one of <see cref="RecordExchange"/>.</summary>
    public void ExchangeStarted()
    {
        if (_inFlight.Enabled)
        {
            _inFlight.Add(1);
        }
    }

    /// <summary>Records an exchange that has ended.</summary>
    public void RecordExchange(in ExchangeMeasurement exchange)
    {
        if (_inFlight.Enabled)
        {
            _inFlight.Add(-1);
        }

        if (!_exchanges.Enabled && !_duration.Enabled && !_genAIDuration.Enabled && !_genAITokens.Enabled && !_cost.Enabled)
        {
            return;
        }

        var provider = _labels.Provider(exchange.Provider);
        var cached = exchange.IsCached ? True : False;
        var tags = new TagList
        {
            { Tags.Provider, provider },
            { Tags.Outcome, Word(exchange.Outcome) },
            { Tags.Cached, cached },
        };
        _duration.Record(exchange.Duration.TotalSeconds, tags);
        if (exchange.TimeToFirstByte is { } firstByte)
        {
            _firstByte.Record(firstByte.TotalSeconds, tags);
        }

        if (exchange.Overhead is { } overhead)
        {
            _overhead.Record(overhead.TotalSeconds, new(Tags.Provider, provider), new(Tags.Cached, cached));
        }

        tags.Add(Tags.StatusCode, TelemetryLabels.Status(exchange.StatusCode));
        _exchanges.Add(1, tags);
        RecordGenAI(exchange, provider);
    }

    /// <summary>Records an attempt that has ended.</summary>
    public void RecordAttempt(in AttemptMeasurement attempt)
    {
        if (!_attempts.Enabled && !_upstream.Enabled && !_retries.Enabled)
        {
            return;
        }

        var provider = new KeyValuePair<string, object?>(Tags.Provider, _labels.Provider(attempt.Provider));
        var outcome = new KeyValuePair<string, object?>(Tags.Outcome, Word(attempt.Outcome));
        _attempts.Add(1, provider, outcome);
        _upstream.Record(attempt.Duration.TotalSeconds, provider, outcome);
        if (attempt.Kind != AttemptKind.First)
        {
            _retries.Add(1, provider, new(Tags.RetryKind, Word(attempt.Kind)));
        }
    }

    /// <summary>Records an evaluation by guardrails.</summary>
    public void RecordEvaluation(string engine, InspectedSide side, GuardrailOutcome outcome, TimeSpan duration)
    {
        var tags = new TagList
        {
            { Tags.GuardrailEngine, engine },
            { Tags.GuardrailSide, side == InspectedSide.Request ? "prompt" : "response" },
            { Tags.Outcome, Word(outcome) },
        };
        _evaluations.Add(1, tags);
        _evaluation.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Counts log entries that were written.</summary>
    public void LogWritten(int entries)
    {
        if (_logWritten.Enabled)
        {
            _logWritten.Add(entries);
        }
    }

    /// <summary>Counts what was dropped because too much waited to be written.</summary>
    public void LogDropped(LogPart part, int count = 1)
    {
        if (_logDropped.Enabled)
        {
            _logDropped.Add(count, new KeyValuePair<string, object?>(Tags.LogPart, part == LogPart.Body ? "body" : "entry"));
        }
    }

    /// <summary>Counts what destinations of tenants have taken.</summary>
    public void ExportSent(ExportKind kind, int count) => _exportSent.Add(count, new KeyValuePair<string, object?>(Tags.ExportKind, Word(kind)));

    /// <summary>Counts what destinations of tenants will not get.</summary>
    public void ExportDropped(ExportKind kind, int count) => _exportDropped.Add(count, new KeyValuePair<string, object?>(Tags.ExportKind, Word(kind)));

    /// <summary>Sets where the number of waiting log entries is read, whenever metrics are collected.</summary>
    public void ObserveLogQueue(Func<long> count) => _logQueue = count;

    public void Dispose() => _meter.Dispose();

    private void RecordGenAI(in ExchangeMeasurement exchange, string provider)
    {
        var requestModel = _labels.Model(exchange.RequestModel, exchange.IsPricedModel);
        var responseModel = exchange.ResponseModel is null ? requestModel : _labels.Model(exchange.ResponseModel, exchange.IsPricedModel);

        // A cached answer used no tokens and cost nothing.
        if (exchange is { CostUsd: > 0 and var cost, IsCached: false })
        {
            _cost.Add((double)cost, new(Tags.Provider, provider), new(Tags.RequestModel, requestModel));
        }

        if (exchange.IsCached || exchange.OperationDuration is not { } duration)
        {
            return;
        }

        var tags = new TagList
        {
            { Tags.Operation, TelemetryLabels.Operation(exchange.Operation) },
            { Tags.GenAIProvider, TelemetryLabels.GenAIProvider(provider) },
            { Tags.RequestModel, requestModel },
            { Tags.ResponseModel, responseModel },
        };
        RecordTokens(exchange.InputTokens, "input", tags);
        RecordTokens(exchange.OutputTokens, "output", tags);
        if (TelemetryLabels.ErrorType(exchange.ErrorType, exchange.StatusCode) is { } errorType)
        {
            tags.Add(Tags.ErrorType, errorType);
        }

        _genAIDuration.Record(duration.TotalSeconds, tags);
    }

    private void RecordTokens(long? tokens, string type, TagList tags)
    {
        if (tokens is { } count)
        {
            tags.Add(Tags.TokenType, type);
            _genAITokens.Record(count, tags);
        }
    }

    private static string Word(ExchangeOutcome outcome) => outcome switch
    {
        ExchangeOutcome.Success => "success",
        ExchangeOutcome.Refused => "refused",
        ExchangeOutcome.UpstreamRefused => "upstream_refused",
        ExchangeOutcome.UpstreamFailed => "upstream_failed",
        ExchangeOutcome.ClientGone => "client_gone",
        ExchangeOutcome.Failed => "failed",
    };

    private static string Word(GuardrailOutcome outcome) => outcome switch
    {
        { Blocked: not Hazards.None } => "block",
        { Flagged: not Hazards.None } => "flag",
        { Scanner: ScannerState.Answered } => "pass",
        _ => "unavailable",
    };

    private static string Word(ExportKind kind) => kind switch
    {
        ExportKind.Spans => "spans",
        ExportKind.Logs => "logs",
    };

    private static string Word(AttemptKind kind) => kind switch
    {
        AttemptKind.First => "first",
        AttemptKind.Retry => "retry",
        AttemptKind.Fallback => "fallback",
        AttemptKind.Hedge => "hedge",
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
}
