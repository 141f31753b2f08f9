namespace GatewayActors.Providers.Mapping;

/// <summary>Reads and removes query parameters without touching the encoding of the others.</summary>
internal static class QueryString
{
    /// <summary>The decoded value of a parameter; null if it is absent or empty.</summary>
    public static string? Find(ReadOnlySpan<char> query, ReadOnlySpan<char> name)
    {
        query = query.TrimStart('?');
        while (!query.IsEmpty)
        {
            var parameter = Take(ref query);
            if (IsNamed(parameter, name) && parameter.Length > name.Length + 1)
            {
                return RequestPath.Decode(parameter[(name.Length + 1)..]);
            }
        }

        return null;
    }

    /// <summary>A URL without these parameters; the same string if it has none of them.</summary>
    public static string Without(string url, IReadOnlyList<string> names)
    {
        var mark = url.IndexOf('?');
        if (mark < 0 || names.Count == 0)
        {
            return url;
        }

        var query = Without(url.AsSpan(mark), names);
        return query.Length == url.Length - mark ? url : string.Concat(url.AsSpan(0, mark), query);
    }

    /// <summary>A query without these parameters, with its question mark unless nothing is left.</summary>
    public static string Without(ReadOnlySpan<char> query, IReadOnlyList<string> names)
    {
        var kept = new System.Text.StringBuilder(query.Length);
        query = query.TrimStart('?');
        while (!query.IsEmpty)
        {
            var parameter = Take(ref query);
            if (!IsOneOf(parameter, names))
            {
                kept.Append(kept.Length == 0 ? '?' : '&').Append(parameter);
            }
        }

        return kept.ToString();
    }

    private static bool IsOneOf(ReadOnlySpan<char> parameter, IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (IsNamed(parameter, names[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(ReadOnlySpan<char> parameter, ReadOnlySpan<char> name) =>
        parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (parameter.Length == name.Length || parameter[name.Length] == '=');

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> query)
    {
        var end = query.IndexOf('&');
        var parameter = end < 0 ? query : query[..end];
        query = end < 0 ? [] : query[(end + 1)..];
        return parameter;
    }
}
