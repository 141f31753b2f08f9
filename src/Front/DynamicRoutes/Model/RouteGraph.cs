using System.Collections.Frozen;

namespace GatewayActors.Front.DynamicRoutes.Model;

/// <summary>The elements of one version of a route. Immutable.</summary>
internal sealed class RouteGraph(IReadOnlyList<RouteElement> elements)
{
    private readonly FrozenDictionary<string, RouteElement> _byId =
        elements.DistinctBy(element => element.Id).ToFrozenDictionary(element => element.Id, StringComparer.Ordinal);

    /// <summary>In the order in which they were written.</summary>
    public IReadOnlyList<RouteElement> Elements => elements;

    /// <summary>Where requests enter. Of a graph that was checked there is one.</summary>
    public StartElement? Start { get; } = elements.OfType<StartElement>().FirstOrDefault();

    /// <summary>An element; null if there is none of this id.</summary>
    public RouteElement? Find(string id) => _byId.GetValueOrDefault(id);
}
