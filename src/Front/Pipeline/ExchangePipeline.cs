using GatewayActors.Front.Compat;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Health;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Realtime;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Run;
using GatewayActors.Front.Sockets;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Universal;
using GatewayActors.Front.Upstreams;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Takes one client request through the stages. The order of the stages is the order of the lines in
/// <see cref="RunStagesAsync"/>; docs/life-of-an-exchange.md follows the same order.
/// </summary>
internal sealed partial class ExchangePipeline(
    GatewayHandles gateways,
    AuthenticationStage authentication,
    AdmissionStage admission,
    RoutingStage routing,
    StepRunner steps,
    SocketEndpoint sockets,
    UniversalEndpoint universal,
    CompatEndpoint compat,
    RestSurface rest,
    RunEndpoint run,
    ResponseRelay relay,
    Settlement settlement,
    GatewayMetrics metrics,
    TimeProvider timeProvider,
    IHostApplicationLifetime lifetime,
    ILogger<ExchangePipeline> logger) : IInFlightExchanges
{
    private int _inFlight;

    public int Count => Volatile.Read(ref _inFlight);

    /// <summary>Answers one data-plane request, whatever happens.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        if (HttpMethods.IsOptions(http.Request.Method) && IsAnsweredHere(http))
        {
            AnswerOptions(http);
            return Task.CompletedTask;
        }

        var now = timeProvider.GetUtcNow();
        return RunAsync(new Exchange(http, ExchangeIds.Create(now), now, timeProvider.GetTimestamp()));
    }

    /// <summary>Takes one exchange to its end, whatever happens.</summary>
    public async Task RunAsync(Exchange exchange)
    {
        var http = exchange.Http;
        Interlocked.Increment(ref _inFlight);
        metrics.ExchangeStarted();
        exchange.Span = GatewayTracing.StartExchange(http.Request.Headers);
        try
        {
            await RunStagesAsync(exchange);
            await AnswerErrorAsync(exchange);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            exchange.ClientGone = true;
        }
        catch (Exception exception) when (LostInfrastructure.Is(exception))
        {
            // The stages that ask grains answer this themselves, each with its own event; this is for what none of them foresaw.
            LogNoGrain(exchange.Id, exception);
            exchange.Fail(GatewayError.NoDecision);
            await AnswerErrorAsync(exchange);
        }
#pragma warning disable CA1031 // The last line of defence: a defect becomes an answer and a log line, never a hanging client.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogDefect(exchange.Id, exception);
            exchange.Fail(new(GatewayErrorKind.Internal, "The gateway failed. The operator finds the reason under the request id."));
            await AnswerErrorAsync(exchange);
        }
        finally
        {
            await exchange.Body.StopAsync(); // An upstream may have answered while the client still sends.
            Settle(exchange);
            exchange.Step?.ResponseCapture?.Dispose();
            exchange.Step?.Session?.Dispose();
            exchange.Body.Dispose();
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private void Settle(Exchange exchange)
    {
        try
        {
            settlement.Settle(exchange);
        }
#pragma warning disable CA1031 // The answer is out: a defect of the books must neither break it nor leave the exchange counted as in flight.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogDefect(exchange.Id, exception);
        }
    }

    private async ValueTask RunStagesAsync(Exchange exchange)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            exchange.Fail(GatewayError.Stopping);
            return;
        }

        if (!exchange.IsContinued)
        {
            // 1. What is asked, of whom, by whom.
            if (!TryReadTarget(exchange))
            {
                return;
            }

            if (!exchange.IsReplay && !exchange.IsMessage)
            {
                await authentication.InvokeAsync(exchange);
                if (exchange.Error is not null)
                {
                    return;
                }
            }

            exchange.Headers.Read(exchange.Http.Request.Headers, exchange.ConsumedHeaders);
            if (exchange.Rest is not null)
            {
                RestSurface.RequireToken(exchange);
                await run.ChooseGatewayAsync(exchange);
                if (exchange.Error is not null || exchange.ClientGone)
                {
                    return;
                }
            }

            // 2. Whether it may run: the one call to a grain.
            await admission.InvokeAsync(exchange);
            if (exchange.Error is not null)
            {
                return;
            }
        }

        if (exchange.IsWebSocket)
        {
            await sockets.RunAsync(exchange);
            return;
        }

        // 3. Where it goes, with which credential and body; then the call itself, as often as the policy allows.
        if (await AnswerAsync(exchange) is not { } answer)
        {
            if (exchange.Step?.Error is { } error)
            {
                exchange.Fail(error);
            }

            return;
        }

        // 4. The answer. From its first byte on nothing can be taken back.
        using (answer)
        {
            await relay.RelayAsync(exchange.Step!, answer);
        }
    }

    private ValueTask<Answer?> AnswerAsync(Exchange exchange) =>
        exchange.IsUniversal ? universal.RunAsync(exchange)
        : exchange.IsCompat ? compat.RunAsync(exchange)
        : exchange.Run is { } request ? run.RunAsync(exchange, request)
        : RunNativeAsync(exchange);

    /// <summary>The client's request is the one step.</summary>
    private ValueTask<Answer?> RunNativeAsync(Exchange exchange)
    {
        var step = new Step(exchange, exchange.Http.Request.Headers);
        exchange.Step = step;
        Route(step);
        return step.Error is null && !LimitsStage.RefusesByRate(exchange) ? steps.RunAsync(step) : default;
    }

    private bool TryReadTarget(Exchange exchange)
    {
        exchange.IsWebSocket = WebSocketHandshake.IsRequested(exchange.Http.Request);
        if (RestPath.IsInference(exchange.RawTarget))
        {
            return rest.TryReadTarget(exchange);
        }

        if (!DataPlanePath.TryParse(exchange.RawTarget, out var path) && !TryCollapse(exchange, out path))
        {
            exchange.Fail(new(GatewayErrorKind.RouteNotFound, "The path must be /v1/{account}/{gateway}/{provider}/…; account and gateway have 1 to 64 letters, digits, '_' or '-'."));
            return false;
        }

        exchange.Gateway = gateways.Get(path.GatewayKey, path.AccountLength);
        exchange.IsUniversal = path.Provider.IsEmpty;
        exchange.IsCompat = path.Provider is CompatRouting.Slug;
        if (exchange.IsWebSocket)
        {
            exchange.Protocols = OfferedProtocols.Take(exchange.Http.Request.Headers, routing.Find(path.Provider)); // Before tokens are looked for.
        }

        exchange.Run = path.Provider is RunEndpoint.Slug && path.Rest.IsEmpty ? new RunRequest(pathModel: null) : null;
        if (exchange.IsCompat)
        {
            exchange.Format = CompatRouting.FormatOf(DataPlanePath.CollapseSlashes(path.Rest));
        }

        return true;
    }

    // Clients join a base URL and a path, and both may bring the slash.
    private static bool TryCollapse(Exchange exchange, out DataPlanePath path)
    {
        var question = exchange.RawTarget.IndexOf('?', StringComparison.Ordinal);
        var length = question < 0 ? exchange.RawTarget.Length : question;
        exchange.RawTarget = string.Concat(DataPlanePath.CollapseSlashes(exchange.RawTarget.AsSpan(0, length)), exchange.RawTarget.AsSpan(length));
        return DataPlanePath.TryParse(exchange.RawTarget, out path);
    }

    private void Route(Step step)
    {
        // Taken apart a second time, because spans cannot be kept over the await; it costs less than the strings would.
        if (DataPlanePath.TryParse(step.Exchange.RawTarget, out var path))
        {
            routing.Invoke(step, path.Provider, path.Rest, path.Query);
        }
    }

    private static async ValueTask AnswerErrorAsync(Exchange exchange)
    {
        var response = exchange.Http.Response;
        if (exchange.Error is not { } error)
        {
            return;
        }

        if (response.HasStarted)
        {
            exchange.Http.Abort();
            return;
        }

        var status = error.Status(exchange.Snapshot?.Strict ?? false);
        exchange.StatusCode = response.StatusCode = status;
        response.Headers.Clear();
        response.ContentType = "application/json";
        ExchangeResponseHeaders.Write(exchange, response.Headers);
        if (error.RetryAfter is { } retryAfter)
        {
            response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (exchange.IsWebSocket && error.Kind == GatewayErrorKind.MalformedRequest)
        {
            response.Headers.SecWebSocketVersion = "13"; // The one that is understood (RFC 6455 §4.4).
        }

        if (error.Kind == GatewayErrorKind.MethodNotAllowed)
        {
            response.Headers.Allow = exchange.Rest?.Method ?? HttpMethods.Post;
        }

        if (error.Kind == GatewayErrorKind.RequestTooLarge || ReferenceEquals(error, GatewayError.Stopping))
        {
            // What is still to come of the body is not read, or the process ends: the connection cannot serve another request.
            response.Headers.Connection = "close";
        }

        // A universal request has no format of its own: what is wrong with a step's body is told in that of the step.
        var format = exchange.Format ?? (error.Kind == GatewayErrorKind.UntranslatableRequest ? exchange.Step?.Format : null);
        var body = RestErrorWriter.IsFor(exchange, error) ? RestErrorWriter.Write(exchange, error) : GatewayErrorWriter.Write(error, status, format);
        response.ContentLength ??= body.Length;
        if (exchange.Step is { } step)
        {
            (step.StatusCode, step.ResponseContentType, step.ResponseBytes) = (status, response.ContentType, body.Length);
        }

        if (!HttpMethods.IsHead(exchange.Http.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, exchange.Http.RequestAborted);
        }

        exchange.Delivered = true;
    }

    /// <summary>Whether OPTIONS is not the provider's to answer: a preflight never is, and the fixed endpoints have no provider in their path.</summary>
    private static bool IsAnsweredHere(HttpContext http) =>
        IsPreflight(http.Request)
        || (DataPlanePath.TryParse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var path) && (path.Provider.IsEmpty || path.Provider is CompatRouting.Slug));

    private static bool IsPreflight(HttpRequest request) => request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    private static void AnswerOptions(HttpContext http)
    {
        var headers = http.Response.Headers;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        if (!IsPreflight(http.Request))
        {
            headers.Allow = "POST, OPTIONS";
            ExchangeResponseHeaders.WriteCors(http.Request, headers);
            return;
        }

        ExchangeResponseHeaders.WriteCors(http.Request, headers);
        headers.AccessControlAllowMethods = http.Request.Headers.AccessControlRequestMethod;
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "86400";
    }

    [LoggerMessage(EventId = 1000, EventName = "ExchangeDefect", Level = LogLevel.Error, Message = "Exchange {ExchangeId} failed.")]
    private partial void LogDefect(Guid exchangeId, Exception exception);

    [LoggerMessage(EventId = 1004, EventName = "NoGrainAnswer", Level = LogLevel.Error, Message = "A grain that exchange {ExchangeId} needed did not answer, or its storage failed.")]
    private partial void LogNoGrain(Guid exchangeId, Exception exception);
}
