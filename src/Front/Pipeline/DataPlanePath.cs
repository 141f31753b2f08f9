using GatewayActors.Abstractions;

namespace GatewayActors.Front.Pipeline;

/// <summary>The parts of a data-plane URL, as they were received: nothing is decoded.</summary>
internal readonly ref struct DataPlanePath
{
    private const string Prefix = "/v1/";

    /// <summary>Account and gateway, joined by the slash of the URL.</summary>
    public ReadOnlySpan<char> GatewayKey { get; private init; }

    /// <summary>The length of the account within <see cref="GatewayKey"/>.</summary>
    public int AccountLength { get; private init; }

    /// <summary>The segment after the gateway; empty for the universal endpoint.</summary>
    public ReadOnlySpan<char> Provider { get; private init; }

    /// <summary>What follows the provider, without leading slashes.</summary>
    public ReadOnlySpan<char> Rest { get; private init; }

    /// <summary>The query with its question mark, or empty.</summary>
    public ReadOnlySpan<char> Query { get; private init; }

    /// <summary>Whether this target belongs to the data plane.</summary>
    public static bool IsDataPlane(string target) => target.StartsWith(Prefix, StringComparison.Ordinal) || target == "/v1";

    /// <summary>Takes a request target in origin form apart.</summary>
    /// <returns>False if account or gateway are missing or cannot be ids.</returns>
    public static bool TryParse(ReadOnlySpan<char> target, out DataPlanePath path)
    {
        path = default;
        var question = target.IndexOf('?');
        var query = question < 0 ? [] : target[question..];
        target = question < 0 ? target : target[..question];
        if (!target.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var ids = target[Prefix.Length..];
        var accountLength = ids.IndexOf('/');
        if (accountLength < 0)
        {
            return false;
        }

        var afterAccount = ids[(accountLength + 1)..];
        var gatewayLength = afterAccount.IndexOf('/');
        var gateway = gatewayLength < 0 ? afterAccount : afterAccount[..gatewayLength];
        if (!Identifiers.IsUrlId(ids[..accountLength]) || !Identifiers.IsUrlId(gateway))
        {
            return false;
        }

        var tail = gatewayLength < 0 ? [] : afterAccount[gatewayLength..].TrimStart('/');
        var providerLength = tail.IndexOf('/');
        path = new()
        {
            GatewayKey = ids[..(accountLength + 1 + gateway.Length)],
            AccountLength = accountLength,
            Provider = providerLength < 0 ? tail : tail[..providerLength],
            Rest = providerLength < 0 ? [] : tail[providerLength..].TrimStart('/'),
            Query = query,
        };
        return true;
    }

    /// <summary>
    /// Whether a path holds a segment that an upstream could take for <c>.</c> or <c>..</c>, also percent-encoded: such a path could
    /// climb out of the provider's base.
    /// </summary>
    public static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        if (!path.Contains('.') && !path.Contains('%'))
        {
            return false;
        }

        foreach (var range in path.SplitAny('/', '\\'))
        {
            if (IsDots(path[range]))
            {
                return true;
            }
        }

        // An encoded slash or backslash is a separator to some servers.
        return path.Contains('%') && HasEncodedSeparator(path) && HasDotSegment(DecodeSeparators(path));
    }

    private static bool IsDots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            var length = segment[0] == '.' ? 1 : segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            if (length == 0)
            {
                return false;
            }

            dots++;
            segment = segment[length..];
        }

        return dots is 1 or 2;
    }

    private static bool HasEncodedSeparator(ReadOnlySpan<char> path) =>
        path.Contains("%2f", StringComparison.OrdinalIgnoreCase) || path.Contains("%5c", StringComparison.OrdinalIgnoreCase);

    private static string DecodeSeparators(ReadOnlySpan<char> path) =>
        path.ToString().Replace("%2f", "/", StringComparison.OrdinalIgnoreCase).Replace("%5c", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Collapses duplicate slashes; answers the same span where there are none.</summary>
    public static ReadOnlySpan<char> CollapseSlashes(ReadOnlySpan<char> path)
    {
        if (path.IndexOf("//", StringComparison.Ordinal) < 0)
        {
            return path;
        }

        var collapsed = new char[path.Length];
        var length = 0;
        foreach (var character in path)
        {
            if (character != '/' || length == 0 || collapsed[length - 1] != '/')
            {
                collapsed[length++] = character;
            }
        }

        return collapsed.AsSpan(0, length);
    }
}
