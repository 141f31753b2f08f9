using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.DynamicRoutes.Model;

namespace GatewayActors.Front.DynamicRoutes;

/// <summary>The deployed routes of one version of a gateway. Immutable, thread-safe.</summary>
internal sealed class LiveRoutes
{
    private readonly FrozenDictionary<string, LiveRoute> _byName;

    private LiveRoutes(IEnumerable<LiveRoute> routes) => _byName = routes.ToFrozenDictionary(route => route.Name, StringComparer.Ordinal);

    /// <summary>No routes.</summary>
    public static LiveRoutes None { get; } = new([]);

    /// <summary>The routes, by name.</summary>
    public IEnumerable<string> Names => _byName.Keys.Order(StringComparer.Ordinal);

    /// <summary>The routes of a gateway.</summary>
    public static LiveRoutes Of(GatewayRecord gateway) =>
        gateway.Routes is { Count: > 0 } routes ? new(routes.Select(route => new LiveRoute(gateway, route))) : None;

    /// <summary>A route; null if there is none of this name.</summary>
    public LiveRoute? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>One version of a route, ready to run.</summary>
internal sealed class LiveRoute(GatewayRecord gateway, DeployedRoute route)
{
    private const int PartitionBytes = 16;

    // Read when it is called first: a snapshot is made in the middle of an exchange, which need not wait for a hundred routes.
    private readonly Lazy<RouteGraph?> _graph = new(() => RouteReader.ReadStored(route.Elements));

    public string Id => route.Id;

    public string Name => route.Name;

    public string VersionId => route.VersionId;

    /// <summary>The graph; null if this release cannot run it.</summary>
    public RouteGraph? Graph => _graph.Value;

    /// <summary>The key of the quota that counts for one value of an element's key.</summary>
    public string QuotaKey(RateElement element, string value)
    {
        // The gateway's internal id, because one that is created anew under the same name begins with nothing counted. Not the version:
        // a change of the route elsewhere must not let everybody begin anew.
        var text = $"{gateway.InternalId:N}/{value}";
        var partition = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, PartitionBytes));
        return GrainKeys.Quota(gateway.AccountId, gateway.Id, element.IsCost ? "route-cost" : "route-count", $"{Id}/{element.Id}", partition);
    }
}
