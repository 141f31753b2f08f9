namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>The machine-readable lines of passports, visas and identity cards (ICAO 9303).</summary>
internal sealed class TravelDocument : IDetector
{
    private const int PassportLine = 44;
    private const int VisaLine = 36;
    private const int CardLine = 30;

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(3, 20), "Machine-readable zone of a passport or identity card", "TRAVEL_DOCUMENT") { IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; at < all.Length && all[at..].IndexOf('<') is >= 0 and var found;)
        {
            var (start, end) = Line(all, at + found, at);
            at = end;
            if (end - start is not (PassportLine or VisaLine or CardLine))
            {
                continue;
            }

            // The names stand in another line. On cards the number's line comes first.
            var line = all[start..end];
            if (line.Length == CardLine && IsNumber(line[5..15]))
            {
                var (_, second) = NextLine(all, end);
                var (_, third) = NextLine(all, second);
                matches.Add(new(start, Math.Max(end, third) - start, Entry));
                at = Math.Max(end, third);
            }
            else if (line.Length != CardLine && IsNumber(line[..10]) && IsNumber(line[13..20]) && IsNumber(line[21..28]))
            {
                var first = PreviousLine(all, start);
                matches.Add(new(first, end - first, Entry));
            }
        }
    }

    /// <summary>Whether the last character is the check digit of those before it.</summary>
    private static bool IsNumber(ReadOnlySpan<char> field)
    {
        var sum = 0;
        for (var i = 0; i < field.Length - 1; i++)
        {
            var value = field[i] switch { '<' => 0, >= 'A' => field[i] - 'A' + 10, _ => field[i] - '0' };
            sum += value * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
        }

        return field[^1] - '0' == sum % 10 && field.ContainsAnyInRange('0', '9');
    }

    private static bool IsPart(char c) => c == '<' || char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c);

    private static (int Start, int End) Line(ReadOnlySpan<char> text, int inside, int from)
    {
        var (start, end) = (inside, inside);
        while (start > from && IsPart(text[start - 1]))
        {
            start--;
        }

        while (end < text.Length && IsPart(text[end]))
        {
            end++;
        }

        return (start, end);
    }

    private static (int Start, int End) NextLine(ReadOnlySpan<char> text, int end)
    {
        var start = end;
        while (start < text.Length && start - end < 4 && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        var (_, lineEnd) = start < text.Length && start > end ? Line(text, start, start) : (end, end);
        return lineEnd - start == CardLine ? (start, lineEnd) : (end, end);
    }

    private static int PreviousLine(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end > 0 && start - end < 4 && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        var first = end;
        while (first > 0 && end - first < PassportLine && IsPart(text[first - 1]))
        {
            first--;
        }

        return end < start && end - first is PassportLine or VisaLine && text[first] is 'P' or 'V' or 'I' or 'A' or 'C' ? first : start;
    }
}
