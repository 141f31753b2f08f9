using GatewayActors.Abstractions.DynamicRoutes;

namespace GatewayActors.Grains.DynamicRoutes;

/// <summary>What is kept of the past of routes. Without a clock or storage.</summary>
internal static class RouteHistory
{
    /// <summary>The versions of a route with one more.</summary>
    public static IReadOnlyList<DynamicRouteVersion> Add(DynamicRoute route, DynamicRouteVersion version)
    {
        List<DynamicRouteVersion> versions = [.. route.Versions, version];
        while (versions.Count > DynamicRouteLimits.MaxVersions + 1)
        {
            versions.RemoveAt(OldestRetired(versions, route.Live.Id));
        }

        return versions;
    }

    /// <summary>The deployments of a route with one more.</summary>
    public static IReadOnlyList<DynamicRouteDeployment> Add(DynamicRoute route, DynamicRouteDeployment deployment) =>
        [.. route.Deployments.TakeLast(DynamicRouteLimits.MaxVersions - 1), deployment];

    /// <summary>
    /// Whether routes are within the limits of length; forgets their oldest versions for it, as far as needed. The newest and the live
    /// version of a route are never forgotten.
    /// </summary>
    public static bool Fits(ref List<DynamicRoute> routes)
    {
        if (routes.Sum(route => (long)route.Live.Elements.Length) > DynamicRouteLimits.MaxDeployedLength
            || routes.Exists(route => route.Versions[^1].Elements.Length > DynamicRouteLimits.MaxElementsLength))
        {
            return false;
        }

        var length = routes.Sum(Length);
        while (length > DynamicRouteLimits.MaxTotalLength)
        {
            // The route that holds the most gives first: one that is changed often must not cost the others their past.
            var index = -1;
            for (var i = 0; i < routes.Count; i++)
            {
                index = IsPrunable(routes[i]) && (index < 0 || Length(routes[i]) > Length(routes[index])) ? i : index;
            }

            if (index < 0)
            {
                return false;
            }

            var route = routes[index];
            List<DynamicRouteVersion> versions = [.. route.Versions];
            versions.RemoveAt(OldestRetired(versions, route.Live.Id));
            routes = [.. routes];
            routes[index] = route with { Versions = versions };
            length = routes.Sum(Length);
        }

        return true;
    }

    private static bool IsPrunable(DynamicRoute route) => route.Versions.Count > 2 || (route.Versions.Count == 2 && route.Live.Id == route.Versions[^1].Id);

    private static int OldestRetired(List<DynamicRouteVersion> versions, string liveId) => versions.FindIndex(version => version.Id != liveId);

    private static long Length(DynamicRoute route) => route.Versions.Sum(version => (long)version.Elements.Length);
}
