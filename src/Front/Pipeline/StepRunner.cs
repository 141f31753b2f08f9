using GatewayActors.Front.Limits;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Pipeline;

/// <summary>Takes one routed step through its stages, up to an answer that may be committed.</summary>
internal sealed class StepRunner(AccessTokenStage accessTokens, BodyStage bodies, LimitsStage limits, AttemptEngine attempts)
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

        if (step.SendsClientRequest)
        {
            await bodies.InvokeAsync(step);
            if (step.Error is not null || step.Exchange.ClientGone)
            {
                return null;
            }
        }

        step.RequestedModel = step.Route.Address.Model ?? RequestModel.Find(step.Body.Head, step.ContentType, step.Route);
        await limits.ReserveAsync(step);
        return step.Error is null ? await attempts.RunAsync(step) : null;
    }
}
