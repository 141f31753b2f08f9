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
