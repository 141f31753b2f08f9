using GatewayActors.Front.Errors;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;

namespace GatewayActors.Front.Pipeline;

/// <summary>Finds the provider and maps the path to its upstream.</summary>
internal sealed class RoutingStage(UpstreamTransports transports)
{
    public void Invoke(Exchange exchange, in DataPlanePath path)
    {
        if (path.Provider.IsEmpty)
        {
            exchange.Fail(new(GatewayErrorKind.RouteNotFound, "A provider must follow the gateway in the path."));
            return;
        }

        if (transports.Find(path.Provider) is not { } transport)
        {
            exchange.Fail(new(GatewayErrorKind.InvalidProvider, $"There is no provider '{Readable(path.Provider)}'."));
            return;
        }

        var mapping = transport.Provider.Map(new ProviderRequest
        {
            Slug = path.Provider.ToString(),
            Rest = DataPlanePath.CollapseSlashes(path.Rest),
            Query = path.Query,
            BaseUrl = transport.BaseUrl,
            Headers = exchange,
            Home = exchange.Gateway.Home,
        });
        if (mapping.Address is { } address)
        {
            exchange.Route = new(transport, address);
        }
        else
        {
            exchange.Fail(new(GatewayErrorKind.InvalidProvider, mapping.Problem ?? "The path cannot be mapped to the provider."));
        }
    }

    // The name comes from the client: what is shown of it is short and plain.
    private static string Readable(ReadOnlySpan<char> slug)
    {
        var shown = slug[..Math.Min(slug.Length, 64)];
        return shown.ContainsAnyExceptInRange('!', '~') ? "?" : shown.ToString();
    }
}
