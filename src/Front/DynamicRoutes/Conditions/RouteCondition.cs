namespace GatewayActors.Front.DynamicRoutes.Conditions;

/// <summary>A question about a request. Immutable, thread-safe.</summary>
internal abstract class RouteCondition
{
    public abstract bool Matches(RouteRequest request);
}

/// <summary>Every part must match; without parts everything does.</summary>
internal sealed class AllOf(IReadOnlyList<RouteCondition> parts) : RouteCondition
{
    public override bool Matches(RouteRequest request)
    {
        foreach (var part in parts)
        {
            if (!part.Matches(request))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>One part must match.</summary>
internal sealed class AnyOf(IReadOnlyList<RouteCondition> parts) : RouteCondition
{
    public override bool Matches(RouteRequest request)
    {
        foreach (var part in parts)
        {
            if (part.Matches(request))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The part must not match.</summary>
internal sealed class NoneOf(RouteCondition part) : RouteCondition
{
    public override bool Matches(RouteRequest request) => !part.Matches(request);
}

/// <summary>A value of the request must pass a test.</summary>
internal sealed class ValueTest(RoutePath path, Func<RouteValue, bool> test) : RouteCondition
{
    public override bool Matches(RouteRequest request) => test(request.Find(path));
}
