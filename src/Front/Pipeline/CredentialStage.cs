using GatewayActors.Front.Errors;
using GatewayActors.Providers;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Sees to it that the exchange has a credential for its provider: the client's own. An authenticated client without one is told so;
/// behind an open gateway the provider's own refusal says more.
/// </summary>
internal static class CredentialStage
{
    public static void Invoke(Exchange exchange)
    {
        var provider = exchange.Route.Provider;
        if (provider.AllowsAnonymous || !exchange.Snapshot.RequiresToken)
        {
            return;
        }

        var places = provider.Credentials;
        if (!places.IsPresent(new Unconsumed(exchange), QueryOf(exchange)))
        {
            exchange.Fail(new(
                GatewayErrorKind.CredentialsRequired,
                $"Provider credentials are required: none supplied and none stored for '{provider.Slug}'"));
        }
    }

    private static ReadOnlySpan<char> QueryOf(Exchange exchange)
    {
        var url = exchange.Route.Address.Url.AsSpan();
        var question = url.IndexOf('?');
        return question < 0 ? [] : url[question..];
    }

    /// <summary>The client's headers as the provider will see them: without our tokens, placeholders and empty keys.</summary>
    private sealed class Unconsumed(Exchange exchange) : IHeaderSource
    {
        public string? this[string name] =>
            !AuthenticationStage.IsConsumed(exchange.ConsumedHeaders, name) && exchange[name] is { } value && !HeaderPolicy.IsEmptyCredential(value)
                ? value
                : null;
    }
}
