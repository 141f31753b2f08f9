using System.Diagnostics;
using Tags = GatewayActors.Front.Telemetry.TelemetryNames.Attributes;

namespace GatewayActors.Front.Telemetry;

/// <summary>
/// The gateway's spans: one SERVER span for an exchange and below it one CLIENT span for each attempt. They hold no prompt, answer, key
/// or header. Every method is a few instructions while nobody listens. Thread-safe.
/// </summary>
internal static class GatewayTracing
{
    /// <summary>The source that exporters subscribe to.</summary>
    public static ActivitySource Source { get; } = new(TelemetryNames.Source);

    /// <summary>Starts the span of an exchange, in the trace that the client asks for if it does.</summary>
    /// <returns>The span, to be ended with <see cref="EndExchange"/>; null if nobody listens or it is not sampled.</returns>
    public static Activity? StartExchange(IHeaderDictionary headers)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // The server's own request activity is not exported; as a parent it would leave the span an orphan.
        Activity.Current = null;
        return Source.StartActivity("exchange", ActivityKind.Server, TraceHeaders.Parse(headers));
    }

    /// <summary>Ends the span of an exchange.</summary>
    public static void EndExchange(Activity? span, in ExchangeMeasurement exchange, string? logId)
    {
        if (span is null)
        {
            return;
        }

        if (span.IsAllDataRequested)
        {
            span.DisplayName = SpanName(exchange.Operation, exchange.RequestModel);
            span.SetTag(Tags.Operation, exchange.Operation);
            span.SetTag(Tags.GenAIProvider, exchange.Provider is null ? null : TelemetryLabels.GenAIProvider(exchange.Provider));
            span.SetTag(Tags.RequestModel, exchange.RequestModel);
            span.SetTag(Tags.ResponseModel, exchange.ResponseModel);
            span.SetTag(Tags.InputTokens, exchange.InputTokens);
            span.SetTag(Tags.OutputTokens, exchange.OutputTokens);
            span.SetTag(Tags.Cached, exchange.IsCached);
            span.SetTag(Tags.LogId, logId);
            SetResult(span, exchange.StatusCode, exchange.ErrorType);
        }

        span.Dispose();
    }

    /// <summary>Starts the span of an attempt.</summary>
    /// <param name="exchange">The span of its exchange; without one there is no span of an attempt either.</param>
    /// <param name="attempt">What is called.</param>
    /// <returns>The span, to be ended with <see cref="EndAttempt"/>; null if nobody listens or it is not sampled.</returns>
    public static Activity? StartAttempt(Activity? exchange, in AttemptSpan attempt)
    {
        if (exchange is null || Source.StartActivity(SpanName(attempt.Operation, attempt.RequestModel), ActivityKind.Client, exchange.Context) is not { } span)
        {
            return null;
        }

        if (span.IsAllDataRequested)
        {
            span.SetTag(Tags.Operation, attempt.Operation);
            span.SetTag(Tags.GenAIProvider, TelemetryLabels.GenAIProvider(attempt.Provider));
            span.SetTag(Tags.RequestModel, attempt.RequestModel);
            span.SetTag(Tags.ServerAddress, attempt.ServerAddress);
            span.SetTag(Tags.ServerPort, attempt.ServerPort);
            if (attempt.ResendCount > 0)
            {
                span.SetTag(Tags.ResendCount, attempt.ResendCount);
            }
        }

        return span;
    }

    /// <summary>Ends the span of an attempt.</summary>
    /// <param name="span">The span.</param>
    /// <param name="statusCode">The upstream's status; null if there was no answer.</param>
    /// <param name="errorType">One of <see cref="TelemetryNames.Errors"/>; null where the status says enough.</param>
    public static void EndAttempt(Activity? span, int? statusCode, string? errorType)
    {
        if (span is null)
        {
            return;
        }

        if (span.IsAllDataRequested)
        {
            SetResult(span, statusCode, errorType);
        }

        span.Dispose();
    }

    private static void SetResult(Activity span, int? statusCode, string? errorType)
    {
        span.SetTag(Tags.StatusCode, statusCode);
        if (TelemetryLabels.ErrorType(errorType, statusCode) is { } error)
        {
            span.SetTag(Tags.ErrorType, error);
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static string SpanName(string? operation, string? model) =>
        (operation, model) switch
        {
            (null, _) => "exchange",
            (_, null) => operation,
            _ => $"{operation} {model}",
        };
}

/// <summary>What an attempt's span says when it starts.</summary>
internal readonly record struct AttemptSpan
{
    /// <summary>The provider's slug.</summary>
    public required string Provider { get; init; }

    /// <summary>The upstream's host name.</summary>
    public required string ServerAddress { get; init; }

    /// <summary>The upstream's port.</summary>
    public int? ServerPort { get; init; }

    /// <summary>The semantic conventions' operation, such as <c>chat</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>The model that is asked for.</summary>
    public string? RequestModel { get; init; }

    /// <summary>How many attempts the exchange has made before.</summary>
    public int ResendCount { get; init; }
}
