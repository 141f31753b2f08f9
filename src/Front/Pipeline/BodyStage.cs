using GatewayActors.Front.Caching;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Pipeline;

/// <summary>Takes in the client's body.</summary>
internal sealed class BodyStage(GatewayOptions options)
{
    /// <summary>For a step that sends it as it is: a large one goes upstream while it comes in.</summary>
    /// <param name="step">The step.</param>
    /// <param name="inspectedBytes">Bodies up to this size are read whole, because they are inspected.</param>
    public async ValueTask InvokeAsync(Step step, int inspectedBytes)
    {
        var exchange = step.Exchange;
        if (TooLarge(exchange) is { } tooLarge)
        {
            step.Fail(tooLarge);
            return;
        }

        try
        {
            exchange.Body = step.Body = await RequestBodyReader.ReadAsync(
                exchange.Http,
                isRepeatable: step.AttemptPolicy.MaxAttempts > 1,
                wholeBytes: Math.Max(Math.Max(CacheStage.BodyBytes(step), inspectedBytes), step.Signer is null ? 0 : SigningStage.MaxBodyBytes),
                options.Upstream.MaxRequestBodyBytes,
                captureBytes: step.KeepsPayload ? (int)Math.Min(options.Logs.MaxPayloadBytes, int.MaxValue) : 0);
        }
        catch (IOException exception) when (RequestFailures.IsClientGone(exception))
        {
            exchange.ClientGone = true;
        }
        catch (IOException exception) when (RequestFailures.IsMalformed(exception))
        {
            step.Fail(RequestFailures.Of(exception));
        }
    }

    /// <summary>For an exchange whose body has to be understood first; the bytes live as long as the exchange.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadWholeAsync(Exchange exchange)
    {
        if (TooLarge(exchange) is { } tooLarge)
        {
            exchange.Fail(tooLarge);
            return default;
        }

        try
        {
            var body = await RequestBodyReader.ReadWholeAsync(exchange.Http, options.Upstream.MaxRequestBodyBytes);
            exchange.Body = body;
            return body.Bytes;
        }
        catch (IOException exception) when (RequestFailures.IsClientGone(exception))
        {
            exchange.ClientGone = true;
        }
        catch (IOException exception) when (RequestFailures.IsMalformed(exception))
        {
            exchange.Fail(RequestFailures.Of(exception));
        }

        return default;
    }

    private GatewayError? TooLarge(Exchange exchange) => exchange.Http.Request.ContentLength is { } length && length > options.Upstream.MaxRequestBodyBytes
        ? new(GatewayErrorKind.RequestTooLarge, $"The request's body has {length} bytes; this gateway accepts {options.Upstream.MaxRequestBodyBytes}.")
        : null;
}
