using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Rest;

/// <summary>The parts of a request target of the inference routes, as it was received.</summary>
internal readonly ref struct RestPath
{
    private const string Prefix = "/client/v4/accounts/";

    /// <summary>The segment that should be an account's id.</summary>
    public ReadOnlySpan<char> Account { get; private init; }

    /// <summary>Null if there is no such route.</summary>
    public RestRoute? Route { get; private init; }

    /// <summary>The model that the path names, percent-encoded as received; empty if it names none.</summary>
    public ReadOnlySpan<char> Model { get; private init; }

    /// <summary>Whether this target belongs to the inference routes; all others of the API host are the admin API's.</summary>
    public static bool IsInference(string target) => target.StartsWith(Prefix, StringComparison.Ordinal) && TryParse(target, out _);

    /// <summary>The query of a target with its question mark, or empty.</summary>
    public static ReadOnlySpan<char> QueryOf(ReadOnlySpan<char> target)
    {
        var question = target.IndexOf('?');
        return question < 0 ? [] : target[question..];
    }

    /// <summary>Takes a request target in origin form apart.</summary>
    /// <returns>False if it is not below <c>ai/run</c> or <c>ai/v1</c> of an account.</returns>
    public static bool TryParse(ReadOnlySpan<char> target, out RestPath path)
    {
        path = default;
        var question = target.IndexOf('?');
        target = question < 0 ? target : target[..question];
        if (!target.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = target[Prefix.Length..];
        var account = Take(ref rest);
        if (Take(ref rest) is not "ai")
        {
            return false;
        }

        switch (Take(ref rest))
        {
            case "run":
                path = rest.IsEmpty
                    ? new() { Account = account, Route = RestRoute.Run }
                    : new() { Account = account, Route = RestRoute.RunModel, Model = rest };
                return true;
            case "v1":
                path = new() { Account = account, Route = RestRoute.FindFormat(EndpointOf(rest)) };
                return true;
            default:
                return false;
        }
    }

    // SDKs that put a version of their own behind the base URL are documented to work.
    private static ReadOnlySpan<char> EndpointOf(ReadOnlySpan<char> rest)
    {
        var endpoint = DataPlanePath.CollapseSlashes(rest).TrimEnd('/');
        return endpoint.StartsWith(RestRoute.VersionPath) ? endpoint[RestRoute.VersionPath.Length..] : endpoint;
    }

    private static ReadOnlySpan<char> Take(scoped ref ReadOnlySpan<char> path)
    {
        var trimmed = path.TrimStart('/');
        var end = trimmed.IndexOf('/');
        var segment = end < 0 ? trimmed : trimmed[..end];
        path = end < 0 ? [] : trimmed[end..].TrimStart('/');
        return segment;
    }
}
