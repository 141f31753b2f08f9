using System.Buffers;

namespace GatewayActors.Abstractions;

/// <summary>The grammar of account and gateway ids.</summary>
public static class Identifiers
{
    /// <summary>The gateway that its first authenticated request creates.</summary>
    public const string DefaultGatewayId = "default";

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> UrlId = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    private static readonly SearchValues<char> GatewayWord = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Whether this is an account id: 32 lower-case hex digits.</summary>
    public static bool IsAccountId(ReadOnlySpan<char> id) => id.Length == 32 && !id.ContainsAnyExcept(LowerHex);

    /// <summary>Whether this may stand as an id in a data-plane URL: 1 to 64 letters, digits, <c>_</c> or <c>-</c>.</summary>
    public static bool IsUrlId(ReadOnlySpan<char> id) => id.Length is >= 1 and <= 64 && !id.ContainsAnyExcept(UrlId);

    /// <summary>
    /// Whether a new gateway may have this id: 1 to 64 characters of <c>[a-z0-9_]</c>, words joined by single hyphens.
    /// </summary>
    public static bool IsNewGatewayId(ReadOnlySpan<char> id)
    {
        if (id.Length is < 1 or > 64)
        {
            return false;
        }

        foreach (var word in id.Split('-'))
        {
            var text = id[word];
            if (text.IsEmpty || text.ContainsAnyExcept(GatewayWord))
            {
                return false;
            }
        }

        return true;
    }
}
