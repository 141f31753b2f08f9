using System.Buffers;
using System.Diagnostics;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Upstreams;

/// <summary>Makes one attempt: sends the client's request to the upstream and waits for the first bytes of the answer.</summary>
internal sealed class AttemptSender(GatewayOptions options, TimeProvider timeProvider, GatewayMetrics metrics)
{
    /// <summary>A JSON answer up to this size is taken in whole before the commit, so that its cost can stand in a header.</summary>
    private const int WholeAnswerBytes = 16 * 1024;

    public async ValueTask<AttemptResult> SendAsync(Exchange exchange)
    {
        var policy = exchange.AttemptPolicy;
        var number = exchange.Attempts.Count + 1;

        // Of several attempts the last one is waited for as long as the operator allows: giving it up could only end in an error.
        var isPatient = number == policy.MaxAttempts && number > 1;
        var firstByteTimeout = isPatient || !(policy.FirstByteTimeout < options.Upstream.FirstByteTimeout)
            ? options.Upstream.FirstByteTimeout
            : policy.FirstByteTimeout.Value;
        var timer = new AttemptTimer(firstByteTimeout, options.Upstream, timeProvider, exchange.Http.RequestAborted);
        var span = exchange.Span is null ? null : GatewayTracing.StartAttempt(exchange.Span, new AttemptSpan
        {
            Provider = exchange.Route.Provider.Slug,
            ServerAddress = exchange.Route.Uri.Host,
            ServerPort = exchange.Route.Uri.Port,
            Operation = exchange.Route.Operation,
            RequestModel = exchange.RequestedModel,
            ResendCount = number - 1,
        });
        HttpResponseMessage? response = null;
        byte[]? buffer = null;
        try
        {
            using var request = await CreateRequestAsync(exchange, timer.Token);
            response = await exchange.Route.Transport.Invoker.SendAsync(request, timer.Token);
            var body = await response.Content.ReadAsStreamAsync(timer.Token);
            buffer = ArrayPool<byte>.Shared.Rent(options.Upstream.BufferBytes);
            var answer = new Attempt(response, body, buffer, timer, CreateUsageReader(exchange, response));
            await ReadFirstBytesAsync(answer);
            (response, buffer) = (null, null); // From here on the answer's.
            return Judge(exchange, answer, number, span);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            response?.Dispose();
            timer.Dispose();
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            return Fail(exchange, timer, number, span);
        }
    }

    private static async ValueTask<HttpRequestMessage> CreateRequestAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(exchange.Http.Request.Method), exchange.Route.Uri)
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = await exchange.Body.StartAttemptAsync(cancellationToken),
        };
        HeaderPolicy.CopyRequest(exchange, request);
        if (exchange.AccessToken is { } accessToken)
        {
            exchange.Route.Provider.InjectCredential(new UpstreamHeaders(request), exchange.Route.Address, accessToken);
        }

        exchange.Route.Provider.PrepareHeaders(new UpstreamHeaders(request), exchange.Route.Address);
        return request;
    }

    private static UsageReader? CreateUsageReader(Exchange exchange, HttpResponseMessage response)
    {
        // A compressed body, which only an upstream that ignores what we asked for sends, passes unread.
        if (response.Content.Headers.NonValidated.Contains("Content-Encoding"))
        {
            return null;
        }

        var headers = new ResponseHeaders(response);
        return exchange.Route.Provider.CreateUsageReader(new ResponseFacts
        {
            Address = exchange.Route.Address,
            Method = exchange.Http.Request.Method,
            StatusCode = (int)response.StatusCode,
            ContentType = headers["Content-Type"],
            Headers = headers,
            RequestBody = exchange.Body.IsWhole ? exchange.Body.Head : [],
        });
    }

    private static async ValueTask ReadFirstBytesAsync(Attempt answer)
    {
        var length = answer.Response.Content.Headers.ContentLength;
        var wantsWhole = length <= Math.Min(WholeAnswerBytes, answer.Buffer.Length) && BodyCapture.IsTextual(answer.ContentType);
        do
        {
            var read = await answer.Body.ReadAsync(answer.Buffer.AsMemory(answer.Buffered), answer.Timer.Token);
            if (read == 0)
            {
                answer.IsWhole = true;
                break;
            }

            answer.Buffered += read;
            if (answer.Buffered != length)
            {
                answer.Timer.ExpectNextBytes(); // The limit for the first byte is kept; what follows has its own.
            }
        }
        while (wantsWhole && answer.Buffered < length);

        answer.IsWhole |= answer.Buffered == length;
        if (length is null && !BodyCapture.IsEventStream(answer.ContentType) && BodyCapture.IsTextual(answer.ContentType))
        {
            // Most providers send JSON without a length, but all of it at once: then it need not be treated as a stream.
            answer.ReadAhead();
        }

        answer.Usage?.Read(answer.Buffer.AsSpan(0, answer.Buffered));
    }

    private AttemptResult Judge(Exchange exchange, Attempt answer, int number, Activity? span)
    {
        var headers = new ResponseHeaders(answer.Response);
        var streamError = answer.StatusCode < 400 ? answer.Usage?.Error : null;
        var outcome = answer.StatusCode >= 500 || streamError is not null ? AttemptOutcome.Failed
            : answer.StatusCode >= 400 ? AttemptOutcome.Refused
            : AttemptOutcome.Success;
        Note(exchange, new(number, answer.StatusCode, outcome, answer.Timer.Elapsed), span);
        if (outcome == AttemptOutcome.Success)
        {
            return new(answer, null, MayRetry: false, null);
        }

        var mayRetry = streamError?.IsRetryable ?? RetryRules.IsRetryable(answer.StatusCode, headers);
        return new(answer, null, mayRetry, RetryRules.RetryAfter(headers, timeProvider.GetUtcNow()));
    }

    private AttemptResult Fail(Exchange exchange, AttemptTimer timer, int number, Activity? span)
    {
        if (exchange.Http.RequestAborted.IsCancellationRequested || exchange.Body.IsClientGone)
        {
            exchange.ClientGone = true;
            Note(exchange, new(number, null, AttemptOutcome.Cancelled, timer.Elapsed), span);
            return default;
        }

        if (exchange.Body.ReadFailure is { } clientFailure)
        {
            Note(exchange, new(number, null, AttemptOutcome.Cancelled, timer.Elapsed), span);
            return new(null, RequestFailures.Of(clientFailure), MayRetry: false, null);
        }

        if (timer.TimedOut)
        {
            Note(exchange, new(number, null, AttemptOutcome.Timeout, timer.Elapsed), span);
            return new(
                null,
                new(GatewayErrorKind.UpstreamTimeout, $"The provider sent nothing within {timer.FirstByteTimeout.TotalMilliseconds:0} ms."),
                MayRetry: true,
                null);
        }

        Note(exchange, new(number, null, AttemptOutcome.Connection, timer.Elapsed), span);
        return new(
            null,
            new(GatewayErrorKind.UpstreamUnreachable, "The provider could not be reached, or closed the connection before it answered."),
            MayRetry: true,
            null);
    }

    private void Note(Exchange exchange, AttemptRecord attempt, Activity? span)
    {
        GatewayTracing.EndAttempt(span, attempt.StatusCode, attempt.Outcome switch
        {
            AttemptOutcome.Timeout => TelemetryNames.Errors.Timeout,
            AttemptOutcome.Connection => TelemetryNames.Errors.Connection,
            AttemptOutcome.Cancelled => TelemetryNames.Errors.ClientGone,
            AttemptOutcome.Failed when attempt.StatusCode < 400 => TelemetryNames.Errors.Stream,
            AttemptOutcome.Success or AttemptOutcome.Refused or AttemptOutcome.Failed => null, // The status says enough.
        });
        exchange.Attempts.Add(attempt);
        metrics.RecordAttempt(new AttemptMeasurement
        {
            Provider = exchange.Route.Provider.Slug,
            Outcome = attempt.Outcome,
            Duration = attempt.Duration,
            Kind = attempt.Number == 1 ? AttemptKind.First : AttemptKind.Retry,
        });
    }
}
