namespace GatewayActors.Front.Dlp.Detection.Personal;

/// <summary>
/// Phone numbers: international ones with a plus sign or 00, those of North America and France in their usual groups, and any other that begins
/// with a trunk prefix or stands beside a word that says what it is.
/// </summary>
internal sealed class PhoneNumber : IDetector
{
    private const int MaxDigits = 17; // Fifteen of E.164, and two for a 00 in front.
    private const int FewestDigits = 6;
    private const int MaxGroups = 8;

    private static readonly ContextWords Words = new(
        "phone", "tel", "telephone", "mobile", "cell", "call", "fax", "whatsapp", "sms", "text me", "contact number", "dial", "telefon", "handy", "mobil", "rufnummer", "téléphone", "portable", "teléfono",
        "móvil", "telefono", "cellulare", "telefoon", "telefone", "celular");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(2, 2), "Phone number", "PHONE") { Context = Words };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Span<int> ends = stackalloc int[MaxGroups];
        Span<int> counts = stackalloc int[MaxGroups];
        for (var first = 0; first < text.Tokens.Length;)
        {
            if (!text.Tokens[first].IsNumber)
            {
                first++;
                continue;
            }

            // From the longest to the shortest, so that an extension of three groups is not taken for a number of its own.
            var groups = Collect(text, first, digits, ends, counts);
            var start = StartOf(text.Text, text.Tokens[first].Start, out var hasPlus);
            var taken = 0;
            for (var last = groups - 1; last >= 0 && taken == 0; last--)
            {
                if (IsNumber(text, start, ends[last], digits[..counts[last]], hasPlus, last + 1, counts))
                {
                    matches.Add(new(start, ends[last] - start, Entry));
                    taken = last + 1;
                }
            }

            first += Math.Max(1, taken);
        }
    }

    private static int Collect(in ScannedText text, int first, Span<byte> digits, Span<int> ends, Span<int> counts)
    {
        var (groups, count) = (0, 0);
        for (var index = first; index < text.Tokens.Length && groups < MaxGroups; index++)
        {
            var token = text.Tokens[index];
            if (!token.IsNumber || count + token.Length > MaxDigits || (index > first && !IsGap(text.Text[text.Tokens[index - 1].End..token.Start])))
            {
                break;
            }

            foreach (var c in text.Text.Slice(token.Start, token.Length))
            {
                digits[count++] = ScannedText.ValueOf(c);
            }

            (ends[groups], counts[groups]) = (token.End, count);
            groups++;
        }

        return groups;
    }

    private static bool IsGap(ReadOnlySpan<char> gap)
    {
        if (gap.Length is < 1 or > 3)
        {
            return false;
        }

        foreach (var c in gap)
        {
            if (!ScannedText.IsSeparator(c) && c is not ('(' or ')' or '/'))
            {
                return false;
            }
        }

        return true;
    }

    private static int StartOf(ReadOnlySpan<char> text, int start, out bool hasPlus)
    {
        var at = start;
        if (at > 0 && text[at - 1] == '(')
        {
            at--;
        }

        hasPlus = at > 0 && text[at - 1] is '+' or '＋';
        return hasPlus ? at - 1 : at;
    }

    private static bool IsNumber(in ScannedText scanned, int start, int end, ReadOnlySpan<byte> digits, bool hasPlus, int groups, ReadOnlySpan<int> counts)
    {
        var text = scanned.Text;
        if (digits.Length < FewestDigits || !IsAlone(text, start, end, hasPlus))
        {
            return false;
        }

        if (hasPlus)
        {
            return CallingCodes.IsNumber(digits);
        }

        if (digits.Length > 8 && digits[0] == 0 && digits[1] == 0)
        {
            return CallingCodes.IsNumber(digits[2..]) && (groups > 1 || Words.IsNear(text, start, end));
        }

        if (IsGrouped(digits, groups, counts, text[start] == '('))
        {
            return true;
        }

        // With a word beside it. Dates, years and amounts have other lengths or groups.
        return digits.Length is >= 7 and <= 13 && groups <= 6 && !Checksums.IsRepeated(digits) && !IsDate(digits, groups, counts) && !IsAddress(text[start..end], groups) && Words.IsNear(text, start, end);
    }

    /// <summary>Whether the groups are those of a country that nothing else is written in.</summary>
    private static bool IsGrouped(ReadOnlySpan<byte> digits, int groups, ReadOnlySpan<int> counts, bool isBracketed)
    {
        // (212) 555-0123, 212-555-0123, 1-212-555-0123.
        var skipped = digits.Length == 11 && digits[0] == 1 && groups == 4 && counts[0] == 1 ? 1 : 0;
        if (groups - skipped == 3 && digits.Length - skipped == 10 && counts[skipped] - skipped == 3 && counts[skipped + 1] - skipped == 6)
        {
            return CallingCodes.IsNorthAmerican(digits[skipped..]);
        }

        // 01 23 45 67 89 in France.
        if (groups == 5 && digits.Length == 10 && digits[0] == 0 && digits[1] != 0 && counts[0] == 2 && counts[1] == 4 && counts[2] == 6 && counts[3] == 8)
        {
            return true;
        }

        // 030/1234567, (030) 1234567, 020 7946 0958, 07700 900123.
        return digits.Length is >= 9 and <= 12 && digits[0] == 0 && digits[1] != 0 && groups is 2 or 3 && counts[0] is >= 3 and <= 5 && (isBracketed || counts[groups - 1] - counts[0] >= 6);
    }

    /// <summary>4.11.2026, 2026-11-04, 20261104.</summary>
    private static bool IsDate(ReadOnlySpan<byte> digits, int groups, ReadOnlySpan<int> counts) => groups switch
    {
        3 => (counts[0] <= 2 && counts[1] - counts[0] <= 2 && counts[2] - counts[1] == 4) || (counts[0] == 4 && counts[1] - counts[0] <= 2 && counts[2] - counts[1] <= 2),
        1 => digits.Length == 8 && Checksums.Number(digits[..2]) is 19 or 20 && Checksums.IsDay(Checksums.Number(digits.Slice(4, 2)), Checksums.Number(digits[6..])),
        _ => false,
    };

    private static bool IsAddress(ReadOnlySpan<char> text, int groups) => groups == 4 && text.Count('.') == 3;

    private static bool IsAlone(ReadOnlySpan<char> text, int start, int end, bool hasPlus)
    {
        var isFree = start == 0 || (hasPlus ? !char.IsLetterOrDigit(text[start - 1]) : start < 2 || text[start - 1] is not ('.' or '-' or '/' or ',' or ':') || !ScannedText.IsDigit(text[start - 2]));
        return isFree && (end > text.Length - 2 || text[end] is not ('.' or '-' or '/' or ',' or ':') || !ScannedText.IsDigit(text[end + 1]));
    }
}
