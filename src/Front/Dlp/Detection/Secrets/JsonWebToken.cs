using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace GatewayActors.Front.Dlp.Detection.Secrets;

/// <summary>Signed JSON web tokens (RFC 7519): three parts in base64url, of which the first is a JSON object that names an algorithm.</summary>
internal sealed class JsonWebToken : IDetector
{
    private const int MaxPart = 16 * 1024;
    private const int MaxHeader = 2_048;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(5, 21), "JSON web token", "JWT") { IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; all[at..].IndexOf("eyJ", StringComparison.Ordinal) is >= 0 and var found;)
        {
            var start = at + found;
            at = start + 3;
            if (start > 0 && Alphabet.Contains(all[start - 1]))
            {
                continue;
            }

            var header = Part(all, start);
            var payload = Part(all, header + 1);
            var signature = Part(all, payload + 1);
            at = Math.Max(at, header);
            if (payload > header + 8 && signature > payload + 8 && all[header] == '.' && all[payload] == '.' && NamesAlgorithm(all[start..header]))
            {
                matches.Add(new(start, signature - start, Entry));
                at = signature;
            }
        }
    }

    private static int Part(ReadOnlySpan<char> text, int start)
    {
        if (start >= text.Length)
        {
            return text.Length;
        }

        var rest = text[start..Math.Min(text.Length, start + MaxPart)];
        return start + (rest.IndexOfAnyExcept(Alphabet) is >= 0 and var end ? end : rest.Length);
    }

    private static bool NamesAlgorithm(ReadOnlySpan<char> header)
    {
        if (header.Length is 0 or > MaxHeader)
        {
            return false;
        }

        Span<byte> json = stackalloc byte[MaxHeader];
        return Base64Url.TryDecodeFromChars(header, json, out var length) && Encoding.UTF8.GetString(json[..length]).Contains("\"alg\"", StringComparison.Ordinal);
    }
}
