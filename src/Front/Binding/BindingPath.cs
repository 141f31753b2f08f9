using GatewayActors.Abstractions;
using GatewayActors.Front.Rest;

namespace GatewayActors.Front.Binding;

/// <summary>The paths of the Workers binding, and where the same thing is served to everybody.</summary>
internal static class BindingPath
{
    /// <summary>What an older wrangler calls in place of the binding's own host; the URL that was meant stands in a header.</summary>
    private const string BridgeEnd = "/ai/run/proxy";

    private const string AccountsPrefix = "/client/v4/accounts/";

    /// <summary>Whether a target is one of the binding's. None of them begins like a path of another surface.</summary>
    public static bool IsBinding(ReadOnlySpan<char> target)
    {
        var path = PathOf(target);
        return path is "/run" || path.StartsWith("/ai-gateway/", StringComparison.Ordinal) || path.StartsWith("/ai-api/", StringComparison.Ordinal);
    }

    /// <summary>The account of a target that carries a binding's call for another host.</summary>
    public static bool TryReadBridge(ReadOnlySpan<char> target, out ReadOnlySpan<char> account)
    {
        var path = PathOf(target);
        account = [];
        if (!path.StartsWith(AccountsPrefix, StringComparison.Ordinal) || !path.EndsWith(BridgeEnd, StringComparison.Ordinal) || path.Length < AccountsPrefix.Length + BridgeEnd.Length)
        {
            return false;
        }

        account = path[AccountsPrefix.Length..^BridgeEnd.Length];
        return !account.Contains('/');
    }

    /// <summary>The target that serves what a target of the binding asks for; null if there is no such path.</summary>
    public static string? Rewrite(ReadOnlySpan<char> target, ReadOnlySpan<char> account)
    {
        var path = PathOf(target);
        var query = RestPath.QueryOf(target);
        if (path is "/run" or "/ai-gateway/run")
        {
            return $"{AccountsPrefix}{account}/ai/run{query}";
        }

        if (path is "/ai-api/models/search")
        {
            return $"{AccountsPrefix}{account}/ai/models/search{query}";
        }

        if (TryCut(path, "/ai-gateway/universal/run/", out var universal))
        {
            return Identifiers.IsUrlId(universal) ? $"/v1/{account}/{universal}{query}" : null;
        }

        if (!TryCut(path, "/ai-gateway/gateways/", out var rest) || rest.IndexOf('/') is not (> 0 and var end) || !Identifiers.IsUrlId(rest[..end]))
        {
            return null;
        }

        var what = rest[end..];
        return (TryCut(what, "/url/", out var last) || TryCut(what, "/logs/", out last)) && !last.IsEmpty && !last.Contains('/')
            ? $"{AccountsPrefix}{account}{path}{query}"
            : null;
    }

    public static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target) => target.IndexOf('?') is >= 0 and var question ? target[..question] : target;

    private static bool TryCut(ReadOnlySpan<char> path, string prefix, out ReadOnlySpan<char> rest)
    {
        var matches = path.StartsWith(prefix, StringComparison.Ordinal);
        rest = matches ? path[prefix.Length..] : [];
        return matches;
    }
}
