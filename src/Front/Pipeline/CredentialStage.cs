using GatewayActors.Front.Errors;
using GatewayActors.Providers;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Sees to it that the step has a credential for its provider: the client's own, else the operator's, if there is one and the caller may
/// use it, unless it has a stored key already. An authenticated client without one is told so; behind an open gateway the provider's own refusal says more.
/// </summary>
internal static class CredentialStage
{
    public static void Invoke(Step step)
    {
        if (step.StoredKey is not null)
        {
            return;
        }

        var provider = step.Route.Provider;
        var isNeeded = !provider.AllowsAnonymous && step.Exchange.Snapshot.RequiresToken;
        var operators = step.Route.Transport.OperatorCredential;
        if (!isNeeded && operators is null)
        {
            return;
        }

        // Never for a caller that nobody knows: whoever finds an open gateway would spend the operator's money.
        if (operators is not null && step.Exchange.IsAuthenticated && MayUseOperators(step, provider))
        {
            if (!HasRealCredential(step))
            {
                (step.AccessToken, step.UsesOperatorCredential) = (operators, true);
            }
        }
        else if (isNeeded && step.AccessToken is null && !HasOwn(step, provider, new UnconsumedHeaders(step)))
        {
            step.Fail(new(
                GatewayErrorKind.CredentialsRequired,
                $"Provider credentials are required: none supplied and none stored for '{provider.Slug}'"));
        }
    }

    /// <summary>Whether the client has sent something that can be a key of the provider.</summary>
    public static bool HasRealCredential(Step step) =>
        step.AccessToken is { } token ? !RealCredentials.IsPlaceholder(token) : HasOwn(step, step.Route.Provider, new RealCredentials(new UnconsumedHeaders(step)));

    private static bool HasOwn(Step step, Provider provider, IHeaderSource headers) => provider.Credentials.IsPresent(headers, QueryOf(step));

    private static bool MayUseOperators(Step step, Provider provider) =>
        provider.IsHosted || !(step.Exchange.Snapshot.ByokOnly || step.Headers.NoWholesale == true);

    private static ReadOnlySpan<char> QueryOf(Step step)
    {
        var url = step.Route.Address.Url.AsSpan();
        var question = url.IndexOf('?');
        return question < 0 ? [] : url[question..];
    }
}
