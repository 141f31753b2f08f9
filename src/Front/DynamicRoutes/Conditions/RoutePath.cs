using System.Diagnostics.CodeAnalysis;

namespace GatewayActors.Front.DynamicRoutes.Conditions;

/// <summary>Where in a request a value stands, such as <c>metadata.plan</c> or <c>body.messages.0.role</c>.</summary>
internal sealed class RoutePath
{
    private const int MaxSegments = 32;

    private static readonly string[] RequestNames = ["model_type", "stream"];
    private static readonly string[] IdentityNames = ["token_id", "account_id", "authenticated"];
    private static readonly string[] TimeNames = ["hour", "weekday"];

    private RoutePath(string text, RoutePathRoot root, string[] segments) => (Text, Root, Segments) = (text, root, segments);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public RoutePathRoot Root { get; }

    /// <summary>What follows the root. At least one. Of metadata and headers one: their names may hold dots.</summary>
    public string[] Segments { get; }

    /// <param name="text">The path.</param>
    /// <param name="path">The path taken apart.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out RoutePath? path, [NotNullWhen(false)] out string? problem)
    {
        path = null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var (first, rest) = dot < 0 ? (text, "") : (text[..dot], text[(dot + 1)..]);
        RoutePathRoot? root = first switch
        {
            "metadata" => RoutePathRoot.Metadata,
            "body" => RoutePathRoot.Body,
            "headers" => RoutePathRoot.Headers,
            "identity" => RoutePathRoot.Identity,
            "request" => RoutePathRoot.Request,
            "time" => RoutePathRoot.Time,
            _ => null,
        };
        if (root is null || rest.Length == 0)
        {
            problem = $"'{Shorten(text)}' is no path: one begins with metadata., body., headers., identity., request. or time.";
            return false;
        }

        string[] segments = root switch
        {
            RoutePathRoot.Body => rest.Split('.'),
            RoutePathRoot.Headers => [rest.ToLowerInvariant()],
            _ => [rest],
        };
        var known = root switch
        {
            RoutePathRoot.Request => RequestNames,
            RoutePathRoot.Identity => IdentityNames,
            RoutePathRoot.Time => TimeNames,
            RoutePathRoot.Metadata or RoutePathRoot.Body or RoutePathRoot.Headers => null,
        };
        problem = known is not null && !known.Contains(rest, StringComparer.Ordinal) ? $"'{Shorten(text)}' is no path: {first} has {string.Join(", ", known)}."
            : segments.Length > MaxSegments || segments.Contains("") ? $"'{Shorten(text)}' is no path: it has an empty part, or more than {MaxSegments}."
            : null;
        path = problem is null ? new(text, root.Value, segments) : null;
        return path is not null;
    }

    private static string Shorten(string text) => text.Length > 64 ? text[..64] + "…" : text;
}

/// <summary>The parts of a request that paths begin with.</summary>
internal enum RoutePathRoot
{
    /// <summary>The caller's tags.</summary>
    Metadata,

    /// <summary>The JSON body.</summary>
    Body,

    /// <summary>The headers, but for those that hold tokens of ours.</summary>
    Headers,

    /// <summary>What the caller has proved.</summary>
    Identity,

    /// <summary>What is asked for.</summary>
    Request,

    /// <summary>The time, in UTC.</summary>
    Time,
}
