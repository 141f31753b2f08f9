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

        var mapping = transport.Provider.Map(new ProviderRequest
        {
            Slug = provider.ToString(),
            Rest = DataPlanePath.CollapseSlashes(rest),
            Query = query,
            BaseUrl = transport.BaseUrl,
            Headers = step,
            Home = step.Exchange.Gateway.Home,
        });
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
