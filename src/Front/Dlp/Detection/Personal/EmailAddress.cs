using System.Buffers;
using System.Collections.Frozen;

namespace GatewayActors.Front.Dlp.Detection.Personal;

/// <summary>E-mail addresses (RFC 5321, in the form that people write), and those with <c>(at)</c> and <c>[dot]</c>.</summary>
internal sealed class EmailAddress : IDetector
{
    private const int MaxLocal = 64;
    private const int MaxDomain = 255;

    private static readonly SearchValues<string> Ats = SearchValues.Create(["@", "(at)", "[at]", "{at}"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> UrlEnd = SearchValues.Create(" \t\r\n\"'<>");

    // "logo@2x.png" is a file.
    private static readonly FrozenSet<string> Files = (
        "png jpg jpeg gif svg webp ico bmp css js mjs ts tsx jsx json xml html htm php yaml yml txt csv log zip gz tar exe dll jar war class java cpp hpp conf ini lock toml pdf doc docx xls xlsx mp3 mp4 wav webm woff ttf")
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> FileOf = Files.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(2, 1), "E-mail address", "EMAIL") { IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; all[at..].IndexOfAny(Ats) is >= 0 and var found;)
        {
            var sign = at + found;
            var width = all[sign] == '@' ? 1 : 4;
            at = sign + width;
            if (TryRead(all, sign, width, out var start, out var end))
            {
                matches.Add(new(start, end - start, Entry));
                at = end;
            }
        }
    }

    private static bool TryRead(ReadOnlySpan<char> text, int sign, int width, out int start, out int end)
    {
        var localEnd = width > 1 && sign > 0 && text[sign - 1] == ' ' ? sign - 1 : sign;
        start = localEnd;
        while (start > 0 && localEnd - start <= MaxLocal && IsLocal(text[start - 1]))
        {
            start--;
        }

        // Quotes and the like in front belong to the text around it.
        while (start < localEnd && !char.IsLetterOrDigit(text[start]) && text[start] != '_')
        {
            start++;
        }

        var local = text[start..localEnd];
        end = sign + width;
        if (local.Length is 0 or > MaxLocal || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal) || IsCredential(text, start))
        {
            return false;
        }

        if (width > 1 && end < text.Length && text[end] == ' ')
        {
            end++;
        }

        return TryReadDomain(text, ref end, isSpelled: width > 1) && !(local is "git" && end < text.Length && text[end] == ':');
    }

    /// <summary>Labels with dots between them; the last one of letters alone.</summary>
    private static bool TryReadDomain(ReadOnlySpan<char> text, ref int at, bool isSpelled)
    {
        var (begin, labels, lastLabel) = (at, 0, default(Range));
        var end = at;
        while (at < text.Length && at - begin < MaxDomain)
        {
            var start = at;
            while (at < text.Length && at - start < 64 && (char.IsLetterOrDigit(text[at]) || text[at] == '-'))
            {
                at++;
            }

            if (at == start || text[start] == '-' || text[at - 1] == '-' || at - start > 63)
            {
                break;
            }

            labels++;
            (lastLabel, end) = (start..at, at);
            if (at < text.Length && text[at] == '.')
            {
                at++;
            }
            else if (isSpelled && DotLength(text[at..]) is > 0 and var dot)
            {
                at += dot;
            }
            else
            {
                break;
            }
        }

        at = end;
        var top = text[lastLabel];
        return labels > 1 && top.Length is >= 2 and <= 24 && IsLetters(top) && !FileOf.Contains(top);
    }

    private static int DotLength(ReadOnlySpan<char> rest)
    {
        var blank = rest.StartsWith(" ") ? 1 : 0;
        foreach (var dot in (ReadOnlySpan<string>)["(dot)", "[dot]", "{dot}", "[.]", "(.)"])
        {
            if (rest[blank..].StartsWith(dot, StringComparison.OrdinalIgnoreCase))
            {
                return blank + dot.Length + (rest[(blank + dot.Length)..].StartsWith(" ") ? 1 : 0);
            }
        }

        return 0;
    }

    /// <summary>Whether this is the password of a URL.</summary>
    private static bool IsCredential(ReadOnlySpan<char> text, int start)
    {
        if (start == 0 || text[start - 1] is not (':' or '/'))
        {
            return false;
        }

        var from = Math.Max(0, start - MaxLocal);
        var before = text[from..start];
        var scheme = before.LastIndexOf("://");
        return scheme >= 0 && !before[scheme..].ContainsAny(UrlEnd);
    }

    private static bool IsLocal(char c) => char.IsLetterOrDigit(c) || c is '.' or '_' or '%' or '+' or '-' or '\'' or '!' or '#' or '$' or '&' or '*' or '^' or '~';

    private static bool IsLetters(ReadOnlySpan<char> label)
    {
        foreach (var c in label)
        {
            if (!char.IsLetter(c))
            {
                return label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase);
            }
        }

        return true;
    }
}
