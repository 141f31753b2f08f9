using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.CustomProviders;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Upstreams.Health;
using GatewayActors.Providers.Custom;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Upstreams;

/// <summary>Makes one attempt: sends a step's request to its upstream and waits for the first bytes of the answer.</summary>
internal sealed class AttemptSender(GatewayOptions options, TimeProvider timeProvider, GatewayMetrics metrics, UpstreamGate gate)
{
    /// <summary>A JSON answer up to this size is taken in whole before the commit, so that its cost can stand in a header.</summary>
    private const int WholeAnswerBytes = 16 * 1024;

    /// <param name="step">What is sent, and where.</param>
    /// <param name="isHedge">Whether it stands beside an attempt that is under way.</param>
    /// <param name="dropped">Ends the attempt because another one is preferred; its result is of no use then.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // It waits for the upstream in every exchange that has one.
    public async ValueTask<AttemptResult> SendAsync(Step step, bool isHedge = false, CancellationToken dropped = default)
    {
        var exchange = step.Exchange;
        var policy = step.AttemptPolicy;
        var number = ++step.AttemptsBegun;
        step.HedgesBegun += isHedge ? 1 : 0;
        var tries = number - step.HedgesBegun;

        // Of several attempts the last one is waited for as long as the operator allows: giving it up could only end in an error.
        var isPatient = tries == policy.MaxAttempts && tries > 1 && !step.HasFallback;
        var firstByteTimeout = isPatient || !(policy.FirstByteTimeout < options.Upstream.FirstByteTimeout)
            ? options.Upstream.FirstByteTimeout
            : policy.FirstByteTimeout.Value;
        var timer = new AttemptTimer(firstByteTimeout, options.Upstream, timeProvider, step.Aborted, dropped);
        var span = exchange.Span is null ? null : GatewayTracing.StartAttempt(exchange.Span, new AttemptSpan
        {
            Provider = step.Route.Provider.Slug,
            ServerAddress = step.Route.Uri.Host,
            ServerPort = step.Route.Uri.Port,
            Operation = step.Route.Operation,
            RequestModel = step.RequestedModel,
            ResendCount = number - 1,
        });
        HttpResponseMessage? response = null;
        byte[]? buffer = null;
        try
        {
            using var request = await CreateRequestAsync(step, timer.Token);
            response = await step.Route.Transport.Invoker.SendAsync(request, timer.Token);
            var isUpgraded = response.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols;
            if (isUpgraded && step.Upgrade?.IsAccepted(response) != true)
            {
                throw new HttpRequestException("The upstream switched to a protocol that nobody asked for."); // No answer, and none follows.
            }

            var body = await response.Content.ReadAsStreamAsync(timer.Token);
            if (isUpgraded)
            {
                var upgraded = new Attempt(response, body, [], timer, usage: null);
                response = null;
                return Judge(step, upgraded, new(number, upgraded.StatusCode, AttemptOutcome.Success, timer.Elapsed, isHedge), span);
            }

            buffer = ArrayPool<byte>.Shared.Rent(options.Upstream.BufferBytes);
            var answer = new Attempt(response, body, buffer, timer, CreateUsageReader(step, response));
            await ReadFirstBytesAsync(answer);
            (response, buffer) = (null, null); // From here on the answer's.
            return Judge(step, answer, new(number, answer.StatusCode, AttemptOutcome.Success, answer.Timer.Elapsed, isHedge), span);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            response?.Dispose();
            timer.Dispose();
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            return Fail(step, timer, new(number, null, AttemptOutcome.Cancelled, timer.Elapsed, isHedge), span);
        }
        catch
        {
            // A defect: it is answered elsewhere, but the connection must not stay open for it.
            response?.Dispose();
            timer.Dispose();
            throw;
        }
    }

    private async ValueTask<HttpRequestMessage> CreateRequestAsync(Step step, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(step.Method), step.Route.Uri)
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = await step.Body.StartAttemptAsync(cancellationToken),
        };
        HeaderPolicy.CopyRequest(step, request);
        step.Upgrade?.Write(request);
        if (step.AccessToken is { } accessToken)
        {
            step.Route.Provider.InjectCredential(new UpstreamHeaders(request), step.Route.Address, accessToken);
        }

        step.Route.Provider.PrepareHeaders(new UpstreamHeaders(request), step.Route.Address);
        if (step.Route.Provider is CustomProvider)
        {
            request.Headers.TryAddWithoutValidation(LoopGuard.HeaderName, LoopGuard.Next(step.Exchange.Http.Request.Headers));
        }

        if (step.Translation is { } translation)
        {
            AddHeaders(new UpstreamHeaders(request), translation.Call.Headers);
        }

        // Last, and anew for every attempt: a signature covers what is sent and is good for minutes.
        step.Signer?.Sign(new UpstreamHeaders(request), step.Method, step.Route.Uri, step.Body.Head, timeProvider.GetUtcNow());

        return request;
    }

    /// <summary>Headers that a translated request needs. The client's own stay; lists of features get those that are missing.</summary>
    private static void AddHeaders(UpstreamHeaders headers, IReadOnlyList<KeyValuePair<string, string>> added)
    {
        foreach (var (name, value) in added)
        {
            if (headers[name] is not { Length: > 0 } own)
            {
                headers.Set(name, value);
            }
            else if (name.EndsWith("-beta", StringComparison.OrdinalIgnoreCase))
            {
                headers.Set(name, string.Join(',', own.Split(',', StringSplitOptions.TrimEntries).Union(value.Split(',', StringSplitOptions.TrimEntries))));
            }
        }
    }

    private static UsageReader? CreateUsageReader(Step step, HttpResponseMessage response)
    {
        // A compressed body, which only an upstream that ignores what we asked for sends, passes unread.
        if (response.Content.Headers.NonValidated.Contains("Content-Encoding"))
        {
            return null;
        }

        var headers = new ResponseHeaders(response);
        return step.Route.Provider.CreateUsageReader(new ResponseFacts
        {
            Address = step.Route.Address,
            Method = step.Method,
            StatusCode = (int)response.StatusCode,
            ContentType = headers["Content-Type"],
            Headers = headers,
            RequestBody = step.Body.IsWhole ? step.Body.Head : [],
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
                answer.IsComplete = true;
                break;
            }

            answer.Buffered += read;
            if (answer.Buffered != length)
            {
                answer.Timer.ExpectNextBytes(); // The limit for the first byte is kept; what follows has its own.
            }
        }
        while (wantsWhole && answer.Buffered < length);

        answer.IsComplete |= answer.Buffered == length;
        if (length is null && !BodyCapture.IsEventStream(answer.ContentType) && BodyCapture.IsTextual(answer.ContentType))
        {
            // Most providers send JSON without a length, but all of it at once: then it need not be treated as a stream.
            answer.ReadAhead();
        }

        answer.Usage?.Read(answer.Buffer.AsSpan(0, answer.Buffered));
    }

    private AttemptResult Judge(Step step, Attempt answer, in AttemptRecord made, Activity? span)
    {
        var headers = new ResponseHeaders(answer.Response);
        var streamError = answer.StatusCode < 400 ? answer.Usage?.Error : null;
        var outcome = answer.StatusCode >= 500 || streamError is not null ? AttemptOutcome.Failed
            : answer.StatusCode >= 400 ? AttemptOutcome.Refused
            : AttemptOutcome.Success;
        var retryAfter = outcome == AttemptOutcome.Success ? null : RetryRules.RetryAfter(headers, timeProvider.GetUtcNow());
        Note(step, made with { Outcome = outcome }, span, retryAfter);
        if (outcome == AttemptOutcome.Success)
        {
            return new(answer, null, MayRetry: false, null);
        }

        var mayRetry = streamError?.IsRetryable ?? RetryRules.IsRetryable(answer.StatusCode, headers);
        return new(answer, null, mayRetry, retryAfter);
    }

    private AttemptResult Fail(Step step, AttemptTimer timer, in AttemptRecord made, Activity? span)
    {
        if (timer.IsDropped)
        {
            Note(step, made, span);
            return default;
        }

        if (step.Aborted.IsCancellationRequested || step.Body.IsClientGone)
        {
            step.Exchange.ClientGone = true;
            Note(step, made, span);
            return default;
        }

        if (step.Body.ReadFailure is { } clientFailure)
        {
            Note(step, made, span);
            return new(null, RequestFailures.Of(clientFailure), MayRetry: false, null);
        }

        if (timer.TimedOut)
        {
            Note(step, made with { Outcome = AttemptOutcome.Timeout }, span, wasHurried: timer.AwaitsFirstByte && timer.FirstByteTimeout < options.Upstream.FirstByteTimeout);
            return new(
                null,
                new(GatewayErrorKind.UpstreamTimeout, $"The provider sent nothing within {timer.FirstByteTimeout.TotalMilliseconds:0} ms."),
                MayRetry: true,
                null);
        }

        Note(step, made with { Outcome = AttemptOutcome.Connection }, span);
        return new(
            null,
            new(GatewayErrorKind.UpstreamUnreachable, "The provider could not be reached, or closed the connection before it answered."),
            MayRetry: true,
            null);
    }

    private void Note(Step step, AttemptRecord attempt, Activity? span, TimeSpan? retryAfter = null, bool wasHurried = false)
    {
        gate.Note(step, attempt, retryAfter, wasHurried);
        GatewayTracing.EndAttempt(span, attempt.StatusCode, attempt.Outcome switch
        {
            AttemptOutcome.Timeout => TelemetryNames.Errors.Timeout,
            AttemptOutcome.Connection => TelemetryNames.Errors.Connection,
            AttemptOutcome.Cancelled => step.Exchange.ClientGone ? TelemetryNames.Errors.ClientGone : null, // Else another one was preferred.
            AttemptOutcome.Failed when attempt.StatusCode < 400 => TelemetryNames.Errors.Stream,
            AttemptOutcome.Success or AttemptOutcome.Refused or AttemptOutcome.Failed => null, // The status says enough.
        });
        lock (step.Attempts)
        {
            step.Attempts.Add(attempt);
        }

        metrics.RecordAttempt(new AttemptMeasurement
        {
            Provider = step.Route.Provider.Slug,
            Outcome = attempt.Outcome,
            Duration = attempt.Duration,
            Kind = attempt.IsHedge ? AttemptKind.Hedge : attempt.Number > 1 ? AttemptKind.Retry : step.Index > 0 ? AttemptKind.Fallback : AttemptKind.First,
        });
    }
}
