using System.Collections.Frozen;

namespace GatewayActors.Front.Dlp.Detection.Financial;

/// <summary>International bank account numbers (ISO 13616): a country's length and two check digits (MOD 97-10).</summary>
internal sealed class Iban : IDetector
{
    private const int MaxLength = 34;

    // SWIFT's registry of national formats.
    private static readonly FrozenDictionary<string, int> Lengths = (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 "
        + "IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 "
        + "SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30")
        .Split(' ').ToFrozenDictionary(item => item[..2], item => int.Parse(item.AsSpan(2)), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> LengthOf = Lengths.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(1, 20), "International bank account number (IBAN)", "IBAN") { Context = new("iban", "account", "konto", "compte", "cuenta", "bank"), IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [Entry];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        foreach (var token in text.Tokens)
        {
            if (token.Length >= 4 && TryRead(text.Text, token.Start, out var end))
            {
                matches.Add(new(token.Start, end - token.Start, Entry));
            }
        }
    }

    private static bool TryRead(ReadOnlySpan<char> text, int start, out int end)
    {
        end = 0;
        var head = text.Slice(start, 4);
        Span<char> country = [char.ToUpperInvariant(head[0]), char.ToUpperInvariant(head[1])];
        if (!char.IsAsciiLetter(head[0]) || !char.IsAsciiLetter(head[1]) || !ScannedText.IsDigit(head[2]) || !ScannedText.IsDigit(head[3])
            || !LengthOf.TryGetValue(country, out var length))
        {
            return false;
        }

        Span<char> characters = stackalloc char[MaxLength];
        var (at, count) = (start, 0);
        while (count < length && at < text.Length)
        {
            var c = text[at];
            if (char.IsAsciiLetterOrDigit(c) || ScannedText.IsDigit(c))
            {
                characters[count++] = c;
            }
            else if (!ScannedText.IsSeparator(c) || at + 1 == text.Length || ScannedText.IsSeparator(text[at + 1]))
            {
                return false;
            }

            at++;
        }

        end = at;
        return count == length && (at == text.Length || !char.IsLetterOrDigit(text[at])) && HasCheckDigits(characters[..count]);
    }

    private static bool HasCheckDigits(ReadOnlySpan<char> iban)
    {
        var rest = 0;
        for (var i = 0; i < iban.Length; i++)
        {
            var c = iban[(i + 4) % iban.Length]; // Country and check digits come last.
            rest = char.IsAsciiLetter(c)
                ? ((rest * 100) + char.ToUpperInvariant(c) - 'A' + 10) % 97
                : ((rest * 10) + ScannedText.ValueOf(c)) % 97;
        }

        return rest == 1;
    }
}
