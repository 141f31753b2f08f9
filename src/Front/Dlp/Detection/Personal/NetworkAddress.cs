using System.Net;

namespace GatewayActors.Front.Dlp.Detection.Personal;

/// <summary>Public IP addresses, versions 4 and 6. Those of private networks, loopback and documentation say nothing about a person.</summary>
internal sealed class NetworkAddress : IDetector
{
    private const int MaxLength = 45;

    // Off by default: prompts about networks and programs are full of them.
    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(2, 4), "IP address", "IP_ADDRESS") { IsOnByDefault = false, Context = new("ip", "address", "client", "host", "remote") };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var taken = 0;
        foreach (var token in text.Tokens)
        {
            if (token.Start < taken)
            {
                continue;
            }

            var (start, end) = Extent(text.Text, token, taken);
            taken = end;
            var address = text.Text[start..end];
            if (address.Length <= MaxLength && (address.Count('.') == 3 || address.Count(':') >= 2) && IPAddress.TryParse(address, out var parsed) && IsPublic(parsed))
            {
                matches.Add(new(start, end - start, Entry));
            }
        }
    }

    private static (int Start, int End) Extent(ReadOnlySpan<char> text, Token token, int from)
    {
        var (start, end) = (token.Start, token.End);
        while (start > from && IsPart(text[start - 1]))
        {
            start--;
        }

        while (end < text.Length && IsPart(text[end]))
        {
            end++;
        }

        while (end > start && text[end - 1] is '.')
        {
            end--;
        }

        // A port behind an address of version 4.
        var colon = text[start..end].IndexOf(':');
        return colon > 0 && text.Slice(start, colon).Count('.') == 3 ? (start, start + colon) : (start, Math.Max(end, token.End));
    }

    private static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c is '.' or ':';

    private static bool IsPublic(IPAddress address) => Egress.PublicAddresses.Contains(address);
}
