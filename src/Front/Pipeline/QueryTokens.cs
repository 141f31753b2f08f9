using System.Collections.Frozen;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Keeps tokens of ours in a query away from providers. They authenticate nobody there, because queries end up in logs; but a client
/// that uses the parameter of its provider's key for them must not hand them on.
/// </summary>
internal static class QueryTokens
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(["key", "api_key", "api-key", "access_token", "token"], StringComparer.OrdinalIgnoreCase);

    /// <summary>A target, or a path with a query, without every parameter that holds such a token; any other one as it is.</summary>
    public static async ValueTask<string> RemoveAsync(string target, HttpContext http, ITokenVerifier tokens)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || !MayHold(target.AsSpan(question)))
        {
            return target;
        }

        var parameters = target[(question + 1)..].Split('&');
        var kept = new List<string>(parameters.Length);
        foreach (var parameter in parameters)
        {
            if (!await IsTokenAsync(parameter, http, tokens))
            {
                kept.Add(parameter);
            }
        }

        if (kept.Count == parameters.Length)
        {
            return target;
        }

        return kept.Count == 0 ? target[..question] : string.Concat(target.AsSpan(0, question + 1), string.Join('&', kept));
    }

    // Most queries name no credential at all.
    private static bool MayHold(ReadOnlySpan<char> query) =>
        query.Contains("key=", StringComparison.OrdinalIgnoreCase) || query.Contains("token=", StringComparison.OrdinalIgnoreCase);

    private static async ValueTask<bool> IsTokenAsync(string parameter, HttpContext http, ITokenVerifier tokens)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !Names.Contains(parameter[..equals]))
        {
            return false;
        }

        var value = Uri.UnescapeDataString(parameter[(equals + 1)..]);
        return TokenValue.IsOurs(value)
            || await tokens.VerifyAsync(value, http.Connection.RemoteIpAddress, http.RequestAborted) is not null;
    }
}
