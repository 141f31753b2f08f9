using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection.Secrets;

/// <summary>Private keys in PEM form (RFC 7468) and those of OpenSSH and PGP, also with line ends written as <c>\n</c>.</summary>
internal sealed class PrivateKey : IDetector
{
    /// <summary>Longest key that is covered to its end, in UTF-16 code units.</summary>
    public const int MaxLength = 16 * 1024;

    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Key = "PRIVATE KEY";

    private static readonly SearchValues<char> KindOfKey = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(5, 20), "Private key", "PRIVATE_KEY") { IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; all[at..].IndexOf(Begin, StringComparison.Ordinal) is >= 0 and var found;)
        {
            var start = at + found;
            at = start + Begin.Length;
            var head = all[at..Math.Min(all.Length, at + 48)];
            var key = head.IndexOf(Key, StringComparison.Ordinal);
            if (key < 0 || head[..key].ContainsAnyExcept(KindOfKey))
            {
                continue;
            }

            at += key + Key.Length;
            var end = EndOf(all, at);
            matches.Add(new(start, end - start, Entry));
            at = end;
        }
    }

    private static int EndOf(ReadOnlySpan<char> text, int from)
    {
        var rest = text[from..Math.Min(text.Length, from + MaxLength)];
        if (rest.IndexOf(End, StringComparison.Ordinal) is >= 0 and var end)
        {
            var closing = from + end + End.Length;
            var dashes = text[closing..Math.Min(text.Length, closing + 48)].IndexOf("-----", StringComparison.Ordinal);
            return dashes < 0 ? closing : closing + dashes + 5;
        }

        // Cut off: as far as it looks like one.
        var length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || char.IsWhiteSpace(rest[length]) || rest[length] is '+' or '/' or '=' or '-' or '\\'))
        {
            length++;
        }

        return from + length;
    }
}
