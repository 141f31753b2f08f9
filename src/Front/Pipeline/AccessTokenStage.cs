using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.GoogleVertexAI;

namespace GatewayActors.Front.Pipeline;

/// <summary>Exchanges a service account that the client sent, or that is stored, for the access token that the provider takes. Other providers never come here.</summary>
internal sealed class AccessTokenStage(GoogleAccessTokens tokens)
{
    public async ValueTask InvokeAsync(Step step)
    {
        if ((step.AccessToken ?? new UnconsumedHeaders(step)["authorization"]) is not { } authorization || !ServiceAccount.TryParse(authorization, out var account))
        {
            return; // An access token of the client's own, or a key in another place.
        }

        var (token, error) = await tokens.GetAsync(account, step.Route.Transport.Invoker, step.Exchange.Http.RequestAborted);
        step.AccessToken = token;
        if (error is not null)
        {
            step.Fail(error);
        }
    }
}
