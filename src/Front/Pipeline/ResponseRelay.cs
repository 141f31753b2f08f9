using System.Globalization;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Upstreams;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Commits an exchange to an answer and passes it on: every piece as soon as it is there, nothing changed, nothing kept but a copy for
/// the log where the gateway keeps one.
/// </summary>
internal sealed partial class ResponseRelay(Settlement settlement, GatewayOptions options, TimeProvider timeProvider, ILogger<ResponseRelay> logger)
{
    /// <summary>How long a client hears nothing before it is given a sign of life, in formats that have one.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    public async ValueTask RelayAsync(Step step, Answer answer)
    {
        var exchange = step.Exchange;
        var response = exchange.Http.Response;
        step.FirstByteTimestamp = timeProvider.GetTimestamp();
        exchange.StatusCode = step.StatusCode = response.StatusCode = answer.StatusCode;
        step.ResponseContentType = answer.ContentType;
        step.Source = answer.Source;
        answer.CopyHeaders(response.Headers);
        if (step.KeepsPayload && BodyCapture.IsTextual(step.ResponseContentType) && (step.CompressedResponse = answer.Compressed).IsEmpty)
        {
            var maxBytes = (int)Math.Min(options.Logs.MaxPayloadBytes, int.MaxValue);
            step.ResponseCapture = answer.IsWhole ? new(maxBytes, answer.First.Length) : new(maxBytes);
        }

        if (answer.IsWhole)
        {
            settlement.ReadUsage(step, answer);
            ExchangeResponseHeaders.WriteCost(step, response.Headers);
        }

        ExchangeResponseHeaders.Write(exchange, response.Headers);
        if (BodyCapture.IsEventStream(step.ResponseContentType))
        {
            // Proxies between us and the client must not collect events either.
            response.Headers.CacheControl = response.Headers.CacheControl is { Count: > 0 } set ? set : "no-cache";
            response.Headers["X-Accel-Buffering"] = "no";
        }

        try
        {
            await CopyAsync(step, answer, HasBody(exchange.Http.Request.Method, answer.StatusCode));
            exchange.Delivered = true;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException or ConnectionAbortedException)
        {
            Break(step, answer, exception);
        }

        if (!answer.IsWhole)
        {
            await answer.FinishAsync();
            settlement.ReadUsage(step, answer);
        }
    }

    private async ValueTask CopyAsync(Step step, Answer answer, bool hasBody)
    {
        var exchange = step.Exchange;
        if (!hasBody)
        {
            await exchange.Http.Response.StartAsync(exchange.Http.RequestAborted);
            return;
        }

        if (answer.IsWhole)
        {
            exchange.Http.Response.ContentLength = answer.First.Length;
        }

        if (answer.IsWhole && answer.First.IsEmpty)
        {
            await exchange.Http.Response.StartAsync(exchange.Http.RequestAborted); // A body without a byte has a head all the same.
            return;
        }

        if (!answer.First.IsEmpty)
        {
            await WriteAsync(step, answer.First);
        }

        while (!answer.IsWhole && await (answer.SignOfLife.IsEmpty ? answer.ReadNextAsync() : ReadPatientlyAsync(step, answer)) is { IsEmpty: false } piece)
        {
            await WriteAsync(step, piece);
        }
    }

    /// <summary>Reads on, and gives signs of life meanwhile. They change nothing about how long the upstream may be silent.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadPatientlyAsync(Step step, Answer answer)
    {
        var reading = answer.ReadNextAsync();
        if (reading.IsCompleted)
        {
            return await reading;
        }

        var read = reading.AsTask();
        while (true)
        {
            try
            {
                return await read.WaitAsync(LongestSilence, timeProvider);
            }
            catch (TimeoutException) when (!read.IsCompleted)
            {
                await SignalAsync(step, answer, read);
            }
        }
    }

    private static async ValueTask SignalAsync(Step step, Answer answer, Task read)
    {
        try
        {
            await WriteAsync(step, answer.SignOfLife);
        }
        catch
        {
            // The client is gone, which ends the read too; while it runs nothing of the answer may be taken apart.
            await read.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static async ValueTask WriteAsync(Step step, ReadOnlyMemory<byte> piece)
    {
        step.ResponseBytes += piece.Length;
        step.ResponseCapture?.Append(piece.Span);

        // The server itself ends a write to a client that is gone or does not read.
        var flush = await step.Exchange.Http.Response.BodyWriter.WriteAsync(piece, CancellationToken.None);
        if (flush.IsCompleted)
        {
            throw new ConnectionAbortedException("The client closed the connection.");
        }
    }

    /// <summary>After the commit nothing can be taken back: the client must see that the answer is not whole.</summary>
    private void Break(Step step, Answer answer, Exception exception)
    {
        var exchange = step.Exchange;
        if (exchange.Http.RequestAborted.IsCancellationRequested || exception is ConnectionAbortedException)
        {
            exchange.ClientGone = true;
            return;
        }

        if (!exchange.Http.Response.HasStarted)
        {
            // A translated stream whose first bytes held nothing for the client yet.
            exchange.Fail(answer.TimedOut
                ? new(GatewayErrorKind.UpstreamTimeout, "The provider's answer stopped before there was anything to pass on.")
                : new(GatewayErrorKind.UpstreamUnreachable, "The provider closed the connection before there was anything to pass on."));
            return;
        }

        exchange.RelayFailure = answer.TimedOut ? "upstream_stalled" : "upstream_cut";
        LogBroken(exchange.Id, exchange.RelayFailure, step.ResponseBytes);
        exchange.Http.Abort();
    }

    private static bool HasBody(string method, int status) => !HttpMethods.IsHead(method) && status is not (204 or 205 or 304);

    [LoggerMessage(EventId = 1002, EventName = "AnswerBroken", Level = LogLevel.Warning,
        Message = "The answer of exchange {ExchangeId} broke after the commit: {Reason}, {Bytes} bytes were sent.")]
    private partial void LogBroken(Guid exchangeId, string reason, long bytes);
}

/// <summary>The client closed its side while an answer was on its way to it.</summary>
internal sealed class ConnectionAbortedException(string message) : Exception(message);
