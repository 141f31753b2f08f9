using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Front.DynamicRoutes.Conditions;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.Errors;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>Takes one request through the graph of a route, element by element.</summary>
/// <param name="routes">The routes that models may name.</param>
/// <param name="request">The request.</param>
/// <param name="actor">Does what the elements ask for.</param>
/// <param name="trace">Gets the elements that are passed.</param>
internal sealed class RouteWalk(LiveRoutes routes, RouteRequest request, IRouteActor actor, RouteTrace trace)
{
    /// <summary>How deep routes may call each other; the one that the client called counts.</summary>
    public const int MaxDepth = 5;

    private static readonly RoutePath UserId = RoutePath.TryParse("metadata.user_id", out var path, out _) ? path : throw new InvalidOperationException();

    public ValueTask<RouteEnd> RunAsync(LiveRoute route) => RunAsync(route, depth: 1, hasFallback: false);

    private async ValueTask<RouteEnd> RunAsync(LiveRoute route, int depth, bool hasFallback)
    {
        if (route.Graph is not { Start: { } start } graph)
        {
            return RouteEnd.Failed(new(GatewayErrorKind.BadChatFormat, "Dynamic route has no deployed version"));
        }

        trace.Add(route, start.Id, start.Type, "next");
        var (at, isAnswered, error) = (start.Next, false, default(GatewayError));
        while (true)
        {
            switch (graph.Find(at))
            {
                case ConditionalElement element:
                    at = Decide(route, element);
                    break;
                case PercentageElement element:
                    at = Choose(route, element);
                    break;
                case RateElement element:
                    var (next, refusal) = await TakeAsync(route, element);
                    if (next is null)
                    {
                        return RouteEnd.Failed(refusal);
                    }

                    at = next;
                    break;
                case ModelElement element:
                    var end = await CallAsync(route, element, depth, hasFallback || element.Fallback is not null);
                    if (end.Kind == RouteEndKind.Stopped)
                    {
                        return end;
                    }

                    var port = end.Kind == RouteEndKind.Answered ? element.Success : element.Fallback;
                    trace.Add(route, element.Id, element.Type, end.Kind == RouteEndKind.Answered ? "success" : "failed", $"{element.Provider}/{element.Model}");
                    if (port is null)
                    {
                        return end;
                    }

                    (isAnswered, error, at) = (isAnswered || end.Kind == RouteEndKind.Answered, end.Error, port);
                    break;
                case EndElement element:
                    trace.Add(route, element.Id, element.Type, "end");
                    return isAnswered ? RouteEnd.Answered : RouteEnd.Failed(error);
                default:
                    throw new InvalidOperationException($"The route {route.Id} runs out of its graph at '{at}', which its checks should have found.");
            }
        }
    }

    private string Decide(LiveRoute route, ConditionalElement element)
    {
        var matches = element.Condition.Matches(request);
        trace.Add(route, element.Id, element.Type, matches ? "true" : "false", "condition");
        return matches ? element.IfTrue : element.IfFalse;
    }

    private string Choose(LiveRoute route, PercentageElement element)
    {
        // A caller with a key stays on a branch, as long as the weights and the element's id stay.
        var key = request.Find(element.StickyKey ?? UserId).AsKey();
        var draw = (decimal)(key.Length > 0 ? StableDraw(route.Id, element.Id, key) : actor.Draw()) * 100;
        var (port, target) = Pick(element, draw);
        trace.Add(route, element.Id, element.Type, port, key.Length > 0 ? "sticky" : string.Create(CultureInfo.InvariantCulture, $"random {draw:0.####}"));
        return target;
    }

    private static (string Port, string Target) Pick(PercentageElement element, decimal draw)
    {
        var sum = 0m;
        foreach (var branch in element.Branches)
        {
            sum += branch.Percent;
            if (draw < sum)
            {
                return (branch.Port, branch.Target);
            }
        }

        return element.Else is { } rest ? ("else", rest) : (element.Branches[^1].Port, element.Branches[^1].Target);
    }

    private static double StableDraw(string routeId, string elementId, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{routeId}/{elementId.Length}:{elementId}/{key}"), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Where to go on; or why the route ends here.</summary>
    private async ValueTask<(string? Next, GatewayError? Refusal)> TakeAsync(LiveRoute route, RateElement element)
    {
        var value = element.Key is { } path ? request.Find(path).AsKey() : "";
        var verdict = await actor.TakeAsync(route.QuotaKey(element, value), element);
        if (verdict.Error is { } error)
        {
            return (null, error);
        }

        var result = verdict.IsWithin ? "success" : element.Fallback is null ? "refused" : "fallback";
        trace.Add(route, element.Id, element.Type, result, element.IsCost ? "cost" : "count");
        return verdict.IsWithin ? (element.Success, null) : (element.Fallback, Refusal(route, element, verdict.RetryAfter));
    }

    private static GatewayError Refusal(LiveRoute route, RateElement element, TimeSpan retryAfter) => element.IsCost
        ? new(GatewayErrorKind.SpendLimited, $"Spend limit exceeded: element '{element.Id}' of the route '{route.Name}'") { RetryAfter = retryAfter }
        : new(GatewayErrorKind.RateLimited, $"Rate limited: element '{element.Id}' of the route '{route.Name}'") { RetryAfter = retryAfter };

    private async ValueTask<RouteEnd> CallAsync(LiveRoute route, ModelElement element, int depth, bool hasFallback)
    {
        if (!element.IsNested)
        {
            return await actor.CallAsync(element, hasFallback) switch
            {
                CallVerdict.Answered => RouteEnd.Answered,
                CallVerdict.Failed => RouteEnd.Failed(null),
                CallVerdict.Stopped => RouteEnd.Stopped,
            };
        }

        if (depth == MaxDepth)
        {
            return RouteEnd.Failed(new(GatewayErrorKind.BadChatFormat, $"Dynamic routes call each other more than {MaxDepth} deep, at '{route.Name}'"));
        }

        return routes.Find(element.Model) is { } nested
            ? await RunAsync(nested, depth + 1, hasFallback)
            : RouteEnd.Failed(NotFound(element.Model));
    }

    /// <summary>The error of a name that no route has.</summary>
    public static GatewayError NotFound(string name) =>
        new(GatewayErrorKind.BadChatFormat, $"Dynamic route '{(name.AsSpan().ContainsAnyExceptInRange('!', '~') || name.Length > 64 ? "?" : name)}' not found");
}

/// <summary>How a walk has ended.</summary>
/// <param name="Kind">How.</param>
/// <param name="Error">An error of the route itself; null for that of the last model.</param>
internal readonly record struct RouteEnd(RouteEndKind Kind, GatewayError? Error)
{
    public static RouteEnd Answered { get; } = new(RouteEndKind.Answered, null);

    public static RouteEnd Stopped { get; } = new(RouteEndKind.Stopped, null);

    public static RouteEnd Failed(GatewayError? error) => new(RouteEndKind.Failed, error);
}

/// <summary>The ways in which a walk ends.</summary>
internal enum RouteEndKind
{
    /// <summary>A model has answered.</summary>
    Answered,

    /// <summary>None has.</summary>
    Failed,

    /// <summary>The exchange is over.</summary>
    Stopped,
}
