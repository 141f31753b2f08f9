using GatewayActors.Front.Errors;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;

namespace GatewayActors.Front.Pipeline;

/// <summary>Finds the provider and maps the path to its upstream.</summary>
internal sealed class RoutingStage(UpstreamTransports transports)
{
    public void Invoke(Step step, ReadOnlySpan<char> provider, ReadOnlySpan<char> rest, ReadOnlySpan<char> query)
    {
        if (transports.Find(provider) is not { } transport)
        {
            step.Fail(NoSuchProvider(provider));
            return;
        }

        if (transport.Provider.HasHome)
        {
            step.Unmapped = new(provider.ToString(), rest.ToString(), query.ToString());
        }

        Map(step, transport, provider, rest, query, step.Exchange.Gateway.Home);
    }

    /// <summary>The provider of a slug or alias; null if there is none.</summary>
    public Provider? Find(ReadOnlySpan<char> provider) => transports.Find(provider)?.Provider;

    /// <summary>Maps the step's path once more, now that it is known where its credential is at home.</summary>
    public static void MapAgain(Step step, CredentialHome home)
    {
        if (step.Unmapped is { } request)
        {
            Map(step, step.Route.Transport, request.Slug, request.Rest, request.Query, home);
        }
    }

    private static void Map(Step step, UpstreamTransport transport, ReadOnlySpan<char> provider, ReadOnlySpan<char> rest, ReadOnlySpan<char> query, CredentialHome home)
    {
        var request = new ProviderRequest
        {
            Slug = provider.ToString(),
            Rest = DataPlanePath.CollapseSlashes(rest),
            Query = query,
            BaseUrl = step.Upgrade is null ? transport.BaseUrl : transport.RealtimeBaseUrl,
            Headers = step,
            Home = home,
        };
        var mapping = step.Upgrade is null ? transport.Provider.Map(request) : transport.Provider.MapRealtime(request);
        if (mapping.Address is { } address)
        {
            step.Route = new(transport, address);
        }
        else
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, mapping.Problem ?? "The path cannot be mapped to the provider."));
        }
    }

    /// <summary>The error of a provider's name that means nothing.</summary>
    public static GatewayError NoSuchProvider(ReadOnlySpan<char> provider) => new(GatewayErrorKind.InvalidProvider, $"There is no provider '{Readable(provider)}'.");

    /// <summary>A name that comes from the client: what is shown of it is short and plain.</summary>
    public static string Readable(ReadOnlySpan<char> slug)
    {
        var shown = slug[..Math.Min(slug.Length, 64)];
        return shown.ContainsAnyExceptInRange('!', '~') ? "?" : shown.ToString();
    }
}

/// <summary>A step's path before it was mapped to the provider's.</summary>
/// <param name="Slug">The provider as the client named it.</param>
/// <param name="Rest">What follows it.</param>
/// <param name="Query">The query.</param>
internal sealed record UnmappedRequest(string Slug, string Rest, string Query);
