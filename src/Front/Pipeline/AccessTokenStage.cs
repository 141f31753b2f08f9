using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.GoogleVertexAI;

namespace GatewayActors.Front.Pipeline;

/// <summary>Exchanges a service account that the client sent for the access token that the provider takes. Other providers never come here.</summary>
internal sealed class AccessTokenStage(GoogleAccessTokens tokens)
{
    public async ValueTask InvokeAsync(Exchange exchange)
    {
        if (AuthenticationStage.IsConsumed(exchange.ConsumedHeaders, "authorization")
            || exchange["authorization"] is not { } authorization
            || !ServiceAccount.TryParse(authorization, out var account))
        {
            return; // An access token of the client's own, or a key in another place.
        }

        var (token, error) = await tokens.GetAsync(account, exchange.Route.Transport.Invoker, exchange.Http.RequestAborted);
        exchange.AccessToken = token;
        if (error is not null)
        {
            exchange.Fail(error);
        }
    }
}
