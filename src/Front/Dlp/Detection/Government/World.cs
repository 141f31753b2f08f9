namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>Numbers of persons outside of Europe and the United States.</summary>
internal static class World
{
    private static readonly DlpEntry Brazilian = Entry(14, "Brazilian taxpayer number (CPF)", "BR_CPF", "cpf", "cadastro de pessoas", "taxpayer");

    private static readonly DlpEntry IndianIdentity = Entry(15, "Indian identity number (Aadhaar)", "IN_AADHAAR", "aadhaar", "aadhar", "uidai", "uid");

    private static readonly DlpEntry IndianTax = Entry(16, "Indian permanent account number (PAN)", "IN_PAN", "pan", "permanent account", "income tax");

    private static readonly DlpEntry Canadian = Entry(17, "Canadian social insurance number (SIN)", "CA_SIN", "sin", "social insurance", "nas", "assurance sociale");

    private static readonly DlpEntry Australian = Entry(18, "Australian tax file number (TFN)", "AU_TFN", "tfn", "tax file");

    private static readonly DlpEntry Chinese = Entry(19, "Chinese resident identity number", "CN_RESIDENT_ID", "身份证", "resident identity", "identity card", "id card");

    public static IEnumerable<NumberRule> Rules { get; } =
    [
        new(Brazilian, 11, IsBrazilian, NeedsContext: true, GroupShape.Of(3, 3, 3, 2)),
        new(IndianIdentity, 12, digits => digits[0] >= 2 && Checksums.Verhoeff(digits), NeedsContext: true) { OtherShapes = [GroupShape.Of(4, 4, 4)] },
        new(Canadian, 9, digits => digits[0] is not (0 or 8) && Checksums.Luhn(digits) && !Checksums.IsRepeated(digits), NeedsContext: true) { OtherShapes = [GroupShape.Of(3, 3, 3)] },
        new(Australian, 9, digits => !Checksums.IsRepeated(digits) && Checksums.Weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0, NeedsContext: true) { OtherShapes = [GroupShape.Of(3, 3, 3)] },
    ];

    public static IEnumerable<PatternRule> Patterns { get; } =
    [
        new(IndianTax, "AAAAA9999A", number => "ABCFGHLJPT".Contains(number[3], StringComparison.Ordinal), NeedsContext: true),
        new(Chinese, "999999-99999999-999X", IsChinese),
    ];

    private static bool IsBrazilian(ReadOnlySpan<byte> digits) =>
        !Checksums.IsRepeated(digits)
        && Checksums.Weighted(digits[..9], [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == digits[9]
        && Checksums.Weighted(digits[..10], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == digits[10];

    // GB 11643: region, day of birth, serial, check character of ISO/IEC 7064, MOD 11-2.
    private static bool IsChinese(ReadOnlySpan<char> number)
    {
        if (number[0] is < '1' or > '8' || number[6..8] is not ("19" or "20") || !Checksums.IsDay(int.Parse(number[10..12]), int.Parse(number[12..14])))
        {
            return false;
        }

        var sum = 0;
        foreach (var digit in number[..17])
        {
            sum = (sum + digit - '0') * 2 % 11;
        }

        var check = (12 - sum) % 11;
        return number[17] == (check == 10 ? 'X' : (char)('0' + check));
    }

    private static DlpEntry Entry(byte id, string name, string label, params string[] words) => new(DlpEntry.BuiltInId(3, id), name, label) { Context = new(words) };
}
