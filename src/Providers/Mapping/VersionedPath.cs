namespace GatewayActors.Providers.Mapping;

/// <summary>
/// Clients disagree whether the version segment belongs to the base URL or to the path. Both spellings reach one URL: a repeated version
/// is dropped, another version replaces the base's own, and anything else is appended.
/// </summary>
internal static class VersionedPath
{
    /// <summary>Whether a segment is a version: <c>v1</c>, <c>v1beta</c>, <c>v1beta1</c>, <c>v2alpha</c>.</summary>
    public static bool IsVersion(ReadOnlySpan<char> segment)
    {
        if (segment.Length < 2 || segment[0] != 'v' || !char.IsAsciiDigit(segment[1]))
        {
            return false;
        }

        var tail = segment[1..].TrimStart("0123456789");
        if (tail.IsEmpty)
        {
            return true;
        }

        var stage = tail.StartsWith("alpha") ? 5 : tail.StartsWith("beta") ? 4 : 0;
        return stage > 0 && tail[stage..].TrimStart("0123456789").IsEmpty;
    }

    /// <summary>The version segment a base URL ends with; empty if there is none.</summary>
    public static ReadOnlySpan<char> VersionOf(ReadOnlySpan<char> baseUrl)
    {
        var slash = baseUrl.LastIndexOf('/');
        if (slash <= 0 || baseUrl[slash - 1] == '/') // the slash of "https://host"
        {
            return [];
        }

        var last = baseUrl[(slash + 1)..];
        return IsVersion(last) ? last : [];
    }

    /// <summary>A base URL without the version segment it ends with.</summary>
    public static ReadOnlySpan<char> WithoutVersion(ReadOnlySpan<char> baseUrl)
    {
        var version = VersionOf(baseUrl);
        return version.IsEmpty ? baseUrl : baseUrl[..^(version.Length + 1)];
    }

    /// <summary>A path without every leading segment that is this version.</summary>
    public static ReadOnlySpan<char> Without(ReadOnlySpan<char> path, ReadOnlySpan<char> version)
    {
        while (!version.IsEmpty && RequestPath.TryTake(ref path, version))
        {
        }

        return path;
    }

    /// <summary>A path of whose leading version segments only the last is left: a client's base may hold one and the client add another.</summary>
    public static ReadOnlySpan<char> KeepLastVersion(ReadOnlySpan<char> path)
    {
        var tail = path;
        while (IsVersion(RequestPath.TakeSegment(ref tail)) && IsVersion(RequestPath.FirstSegment(tail)))
        {
            path = tail;
        }

        return path;
    }

    /// <summary>Joins a base and a path by the rule of this class.</summary>
    /// <param name="baseUrl">The base, with or without a version segment.</param>
    /// <param name="defaultVersion">The version the provider's own base ends with, or empty; for a base that has none.</param>
    /// <param name="path">The client's path.</param>
    public static UpstreamParts Resolve(ReadOnlySpan<char> baseUrl, ReadOnlySpan<char> defaultVersion, ReadOnlySpan<char> path)
    {
        var baseVersion = VersionOf(baseUrl);
        path = Without(path, baseVersion.IsEmpty ? defaultVersion : baseVersion);
        return !baseVersion.IsEmpty && IsVersion(RequestPath.FirstSegment(path))
            ? new() { BaseUrl = WithoutVersion(baseUrl), Path = path }
            : new() { BaseUrl = baseUrl, Path = path };
    }
}

/// <summary>A base URL and the path below it.</summary>
internal readonly ref struct UpstreamParts
{
    public required ReadOnlySpan<char> BaseUrl { get; init; }

    public required ReadOnlySpan<char> Path { get; init; }
}
