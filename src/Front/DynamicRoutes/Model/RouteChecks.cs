using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.DynamicRoutes.Model;

/// <summary>Checks what a graph must fulfil to be deployed.</summary>
internal static class RouteChecks
{
    public const int MaxElements = 100;

    /// <param name="graph">The graph.</param>
    /// <param name="path">Where it stands.</param>
    /// <returns>Every mistake.</returns>
    public static IEnumerable<ApiError> Check(RouteGraph graph, IReadOnlyList<string> path)
    {
        var starts = graph.Elements.Count(element => element is StartElement);
        if (starts != 1)
        {
            yield return ApiErrors.Invalid($"A route needs exactly one element of type start; there are {starts}", path);
        }

        if (graph.Elements.Count > MaxElements)
        {
            yield return ApiErrors.Invalid($"A route has at most {MaxElements} elements; there are {graph.Elements.Count}", path);
            yield break;
        }

        foreach (var (index, element) in graph.Elements.Index())
        {
            foreach (var (port, target) in element.Outputs)
            {
                if (graph.Find(target) is null)
                {
                    yield return ApiErrors.Invalid($"Element '{element.Id}': there is no element '{target}'", [.. path, $"{index}", "outputs", port, "elementId"]);
                }
                else if (graph.Find(target) is StartElement)
                {
                    yield return ApiErrors.Invalid($"Element '{element.Id}': nothing may lead back to the start", [.. path, $"{index}", "outputs", port, "elementId"]);
                }
            }
        }

        // Where no element leads round in a circle and every target exists, every path ends: at an end, or at a model without a successor.
        foreach (var index in InCircles(graph))
        {
            yield return ApiErrors.Invalid($"Element '{graph.Elements[index].Id}': it leads back to itself", [.. path, $"{index}", "outputs"]);
        }
    }

    /// <summary>The elements from which a path leads back to themselves.</summary>
    private static IEnumerable<int> InCircles(RouteGraph graph)
    {
        for (var index = 0; index < graph.Elements.Count; index++)
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            Stack<RouteElement> open = new([graph.Elements[index]]);
            var isCircle = false;
            while (!isCircle && open.TryPop(out var element))
            {
                foreach (var (_, target) in element.Outputs)
                {
                    isCircle |= target == graph.Elements[index].Id;
                    if (seen.Add(target) && graph.Find(target) is { } next)
                    {
                        open.Push(next);
                    }
                }
            }

            if (isCircle)
            {
                yield return index;
            }
        }
    }
}
