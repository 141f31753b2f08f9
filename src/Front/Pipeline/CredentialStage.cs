using GatewayActors.Front.Errors;
using GatewayActors.Providers;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Sees to it that the step has a credential for its provider: the client's own. An authenticated client without one is told so;
/// behind an open gateway the provider's own refusal says more.
/// </summary>
internal static class CredentialStage
{
    public static void Invoke(Step step)
    {
        var provider = step.Route.Provider;
        if (provider.AllowsAnonymous || step.AccessToken is not null || !step.Exchange.Snapshot.RequiresToken)
        {
            return;
        }

        var places = provider.Credentials;
        if (!places.IsPresent(new UnconsumedHeaders(step), QueryOf(step)))
        {
            step.Fail(new(
                GatewayErrorKind.CredentialsRequired,
                $"Provider credentials are required: none supplied and none stored for '{provider.Slug}'"));
        }
    }

    private static ReadOnlySpan<char> QueryOf(Step step)
    {
        var url = step.Route.Address.Url.AsSpan();
        var question = url.IndexOf('?');
        return question < 0 ? [] : url[question..];
    }
}
