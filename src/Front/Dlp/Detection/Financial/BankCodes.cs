using System.Collections.Frozen;

namespace GatewayActors.Front.Dlp.Detection.Financial;

/// <summary>Codes of banks, which look like many other things: a word must say what they are.</summary>
internal static class BankCodes
{
    private static readonly DlpEntry Routing = new(DlpEntry.BuiltInId(1, 21), "ABA routing number (US)", "ROUTING_NUMBER")
    {
        Context = new("aba", "routing", "rtn", "transit number", "wire transfer"),
        IsCertain = true,
    };

    /// <summary>Routing numbers of the American Bankers Association.</summary>
    public static NumberRule RoutingNumber { get; } = new(Routing, 9, IsRoutingNumber, NeedsContext: true) { OtherShapes = [GroupShape.Of(4, 4, 1)] };

    // The first two digits name a district of the Federal Reserve.
    private static bool IsRoutingNumber(ReadOnlySpan<byte> digits) =>
        Checksums.Number(digits[..2]) is <= 12 or (>= 21 and <= 32) or (>= 61 and <= 72) or 80
        && !Checksums.IsRepeated(digits)
        && Checksums.Weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0;
}

/// <summary>Business identifier codes (ISO 9362).</summary>
internal sealed class SwiftCode : IDetector
{
    private static readonly FrozenSet<string> Countries = (
        "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI "
        + "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA "
        + "MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO "
        + "SR SS ST SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> CountryOf = Countries.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly ContextWords Words = new("swift", "bic", "iban", "bank identifier", "wire");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(1, 22), "SWIFT/BIC code", "SWIFT_BIC") { Context = Words, IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; at < all.Length; at++)
        {
            // To the next word of capitals.
            var next = all[at..].IndexOfAnyInRange('A', 'Z');
            if (next < 0)
            {
                return;
            }

            var start = at + next;
            at = start;
            while (at < all.Length && char.IsLetterOrDigit(all[at]))
            {
                at++;
            }

            var word = all[start..at];
            if (word.Length is 8 or 11
                && word is not ("CUSTOMER" or "DOCUMENT" or "BUSINESS" or "ABSOLUTE")
                && (start == 0 || !char.IsLetterOrDigit(all[start - 1]))
                && !word[..4].ContainsAnyExceptInRange('A', 'Z')
                && CountryOf.Contains(word.Slice(4, 2))
                && IsCode(word[6..])
                && Words.IsNear(all, start, at))
            {
                matches.Add(new(start, word.Length, Entry));
            }
        }
    }

    private static bool IsCode(ReadOnlySpan<char> location)
    {
        foreach (var c in location)
        {
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return location[0] is not ('0' or '1') && location[1] != 'O';
    }
}
