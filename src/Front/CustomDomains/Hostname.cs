using System.Buffers;

namespace GatewayActors.Front.CustomDomains;

/// <summary>Hostnames as tenants give them and as requests carry them. Pure.</summary>
internal static class Hostname
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Brings a name into its one form: lower case, without a final dot.</summary>
    public static string Normalize(string text)
    {
        var name = text.Trim().ToLowerInvariant();
        return name.EndsWith('.') ? name[..^1] : name;
    }

    /// <summary>What is wrong with a normalized name; null if it can be a domain.</summary>
    public static string? Mistake(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"A hostname has 1 to {MaxLength} characters";
        }

        var labels = name.Split('.');
        if (labels.Length < 2)
        {
            return "Expected a hostname with a domain, such as ai.example.com";
        }

        foreach (var label in labels)
        {
            if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-' || label.AsSpan().ContainsAnyExcept(LabelCharacters))
            {
                return "Expected a hostname of letters, digits and hyphens, without scheme, port or path; write international names in their xn-- form";
            }
        }

        // A number at the end makes it an address (RFC 1123 §2.1).
        return labels[^1].All(char.IsAsciiDigit) ? "Expected a hostname, received an address"
            : labels[^1] is "localhost" or "local" or "internal" or "invalid" ? $"Names below .{labels[^1]} cannot be custom domains"
            : null;
    }

    /// <summary>The name in a Host header: without port and final dot. Allocates nothing.</summary>
    public static ReadOnlySpan<char> OfHeader(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        host = colon < 0 || host.EndsWith("]") ? host : host[..colon];
        return host.EndsWith(".") ? host[..^1] : host;
    }
}
