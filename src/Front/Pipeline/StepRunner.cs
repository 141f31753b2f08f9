using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Pipeline;

/// <summary>Takes one routed step through its stages, up to an answer that may be committed.</summary>
internal sealed class StepRunner(AccessTokenStage accessTokens, AttemptEngine attempts, GatewayOptions options)
{
    /// <returns>The answer, whatever its status; null if the step has failed or the client is gone.</returns>
    public async ValueTask<Attempt?> RunAsync(Step step)
    {
        CredentialStage.Invoke(step);
        if (step.Error is not null)
        {
            return null;
        }

        if (step.Route.Transport.TakesServiceAccounts)
        {
            await accessTokens.InvokeAsync(step);
            if (step.Error is not null)
            {
                return null;
            }
        }

        if (step.SendsClientRequest && !await TryReadBodyAsync(step))
        {
            return null;
        }

        step.RequestedModel = step.Route.Address.Model ?? RequestModel.Find(step.Body.Head, step.ContentType, step.Route);
        return await attempts.RunAsync(step);
    }

    private async ValueTask<bool> TryReadBodyAsync(Step step)
    {
        var exchange = step.Exchange;
        if (exchange.Http.Request.ContentLength > options.Upstream.MaxRequestBodyBytes)
        {
            step.Fail(RequestFailures.TooLarge(exchange.Http.Request.ContentLength.Value, options.Upstream.MaxRequestBodyBytes));
            return false;
        }

        try
        {
            exchange.Body = step.Body = await RequestBodyReader.ReadAsync(
                exchange.Http,
                isRepeatable: step.AttemptPolicy.MaxAttempts > 1,
                options.Upstream.MaxRequestBodyBytes,
                captureBytes: step.KeepsPayload ? (int)Math.Min(options.Logs.MaxPayloadBytes, int.MaxValue) : 0);
            return true;
        }
        catch (IOException exception) when (RequestFailures.IsClientGone(exception))
        {
            exchange.ClientGone = true;
            return false;
        }
        catch (IOException exception) when (RequestFailures.IsMalformed(exception))
        {
            step.Fail(RequestFailures.Of(exception));
            return false;
        }
    }
}
