using System.Net;

namespace GatewayActors.Front.Egress;

/// <summary>
/// Checks URLs when tenants set them, so that a mistake is answered at once. What counts is the check of every connection
/// (<see cref="GuardedEgress"/>): a name can get another address at any time.
/// </summary>
internal static class TenantUrl
{
    /// <summary>Most characters of a URL.</summary>
    public const int MaxLength = 2048;

    // Names that never are on the public internet (RFC 6761, RFC 6762, RFC 8375, RFC 7686 and ICANN's reserved one), and one that some systems have.
    private static readonly string[] PrivateSuffixes =
        ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "onion", "test", "invalid", "example"];

    /// <summary>Why a URL cannot be called on behalf of a tenant; null if nothing speaks against it yet.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="allowsPrivate">Whether the operator allows private networks, and http with them.</param>
    public static string? Problem(string text, bool allowsPrivate)
    {
        // Other characters, and backslashes, are where two readers of one URL find two hosts in it.
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\', StringComparison.Ordinal))
        {
            return "the URL must consist of printable ASCII characters without blanks and backslashes; an international host is written in its xn-- form";
        }

        if (AuthorityOf(text) is not { Length: > 0 } authority || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            return "an absolute URL is expected";
        }

        if (url.Scheme != Uri.UriSchemeHttps && !(allowsPrivate && url.Scheme == Uri.UriSchemeHttp))
        {
            return allowsPrivate ? "the URL must begin with https:// or http://" : "the URL must begin with https://";
        }

        if (authority.Contains('@', StringComparison.Ordinal))
        {
            return "the URL must not hold credentials";
        }

        if (authority.Contains('%', StringComparison.Ordinal))
        {
            return "the host must not be percent-encoded, nor name a network interface";
        }

        return allowsPrivate || IsPublic(url) ? null : "the host must be on the public internet";
    }

    private static string? AuthorityOf(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        if (start <= 0)
        {
            return null;
        }

        var rest = text[(start + 3)..];
        var end = rest.AsSpan().IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }

    private static bool IsPublic(Uri url)
    {
        // The parser has already read 2130706433, 0x7f.1 and 0177.0.0.1 as the addresses that they are.
        var host = url.IdnHost.TrimEnd('.');
        if (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || IPAddress.TryParse(host, out _))
        {
            return IPAddress.TryParse(host, out var address) && PublicAddresses.Contains(address);
        }

        // A resolver may take a name that ends in a number for an address; a name of one word is a machine of this network.
        var top = host[(host.LastIndexOf('.') + 1)..];
        return url.HostNameType == UriHostNameType.Dns
            && top.Length < host.Length
            && !char.IsAsciiDigit(top[0])
            && !Array.Exists(PrivateSuffixes, suffix => IsOrEndsWith(host, suffix));
    }

    private static bool IsOrEndsWith(string host, string suffix) =>
        host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && (host.Length == suffix.Length || host[^(suffix.Length + 1)] == '.');
}
