using System.Buffers;
using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.Fal;

/// <summary>The parts of an <c>x-fal-target-url</c> that has been found to point at fal.</summary>
/// <remarks>
/// Read by hand, not by <see cref="Uri"/>: whatever a lenient parser would repair (backslashes, user parts, encoded hosts) is refused, so
/// that no two readers can disagree about the host.
/// </remarks>
internal readonly ref struct FalTarget
{
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");
    private static readonly string[] Domains = ["fal.run", "fal.ai", "fal.media"];

    /// <summary>The host, lower case.</summary>
    public required ReadOnlySpan<char> Host { get; init; }

    /// <summary>The path without its leading slash, as it was written.</summary>
    public required ReadOnlySpan<char> Path { get; init; }

    /// <summary>The query with its question mark, or empty.</summary>
    public required ReadOnlySpan<char> Query { get; init; }

    public static bool TryParse(ReadOnlySpan<char> url, out FalTarget target)
    {
        const string scheme = "https://";
        target = default;
        if (!url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        url = url[scheme.Length..];
        var end = url.IndexOfAny('/', '?');
        var authority = end < 0 ? url : url[..end];
        var tail = end < 0 ? [] : url[end..];
        var mark = tail.IndexOf('?');
        var path = (mark < 0 ? tail : tail[..mark]).TrimStart('/');
        var query = mark < 0 ? [] : tail[mark..];
        if (authority.EndsWith(":443"))
        {
            authority = authority[..^":443".Length];
        }

        var host = authority.ToString().ToLowerInvariant();
        if (!IsAllowed(host) || path.IndexOf("//") >= 0 || RequestPath.Problem(path, query) is not null)
        {
            return false;
        }

        target = new() { Host = host, Path = path, Query = query };
        return true;
    }

    private static bool IsAllowed(string host)
    {
        if (host.AsSpan().ContainsAnyExcept(HostCharacters) || host.Contains("..", StringComparison.Ordinal) || host.StartsWith('.'))
        {
            return false;
        }

        foreach (var domain in Domains)
        {
            // Longer by a label, so that notfal.run is not fal.run.
            if (host == domain || (host.EndsWith(domain, StringComparison.Ordinal) && host[^(domain.Length + 1)] == '.'))
            {
                return true;
            }
        }

        return false;
    }
}
