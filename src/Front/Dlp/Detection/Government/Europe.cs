namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>Numbers of persons of countries that write them in digits alone.</summary>
internal static class Europe
{
    private static readonly DlpEntry Dutch = Entry(9, "Dutch citizen service number (BSN)", "NL_BSN", "bsn", "burgerservicenummer", "sofinummer", "sofi", "citizen service number");

    private static readonly DlpEntry Polish = Entry(10, "Polish national identification number (PESEL)", "PL_PESEL", "pesel", "numer pesel", "national identification number");

    private static readonly DlpEntry Belgian = Entry(11, "Belgian national register number", "BE_NATIONAL_NUMBER", "rijksregisternummer", "registre national", "national register", "insz", "niss", "nationaal nummer", "numéro national");

    private static readonly DlpEntry Swedish = Entry(12, "Swedish personal identity number (personnummer)", "SE_PERSONNUMMER", "personnummer", "pnr", "personal identity number", "samordningsnummer");

    private static readonly DlpEntry Swiss = Entry(13, "Swiss social security number (AHV/AVS)", "CH_AHV", "ahv", "avs", "ahv-nr", "sozialversicherungsnummer", "numéro avs", "social security");

    public static IEnumerable<NumberRule> Rules { get; } =
    [
        new(Dutch, 9, IsDutch, NeedsContext: true) { OtherShapes = [GroupShape.Of(4, 2, 3), GroupShape.Of(3, 3, 3)] },
        new(Polish, 11, IsPolish, NeedsContext: true) { OtherShapes = [GroupShape.Of(6, 5)] },
        new(Belgian, 11, IsBelgian, NeedsContext: true, GroupShape.Of(2, 2, 2, 3, 2), GroupShape.Of(6, 3, 2)),
        new(Swedish, 10, IsSwedish, NeedsContext: true, GroupShape.Of(6, 4)),
        new(Swedish, 12, digits => Checksums.Number(digits[..2]) is 18 or 19 or 20 && IsSwedish(digits[2..]), NeedsContext: true, GroupShape.Of(8, 4)),
        new(Swiss, 13, digits => Checksums.Number(digits[..3]) == 756 && Checksums.Weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0, NeedsContext: true, GroupShape.Of(3, 4, 4, 2)),
    ];

    private static bool IsDutch(ReadOnlySpan<byte> digits) =>
        !Checksums.IsRepeated(digits) && Checksums.Weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 == digits[8];

    // The month also says the century: 80 is added for the 19th, 20 for the 21st, and so on.
    private static bool IsPolish(ReadOnlySpan<byte> digits) =>
        Checksums.IsDay(Checksums.Number(digits.Slice(2, 2)) % 20, Checksums.Number(digits.Slice(4, 2)))
        && Checksums.Weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0;

    // A 2 in front for births from 2000 on.
    private static bool IsBelgian(ReadOnlySpan<byte> digits)
    {
        var (number, check) = (Checksums.Number(digits[..9]), Checksums.Number(digits[9..]));
        return Checksums.Number(digits.Slice(2, 2)) % 20 <= 12
            && Checksums.Number(digits.Slice(4, 2)) <= 31
            && (97 - (number % 97) == check || 97 - ((2_000_000_000 + number) % 97) == check);
    }

    // 60 is added to the day of people who are not registered.
    private static bool IsSwedish(ReadOnlySpan<byte> digits)
    {
        var day = Checksums.Number(digits.Slice(4, 2));
        return Checksums.IsDay(Checksums.Number(digits.Slice(2, 2)), day > 60 ? day - 60 : day) && Checksums.Luhn(digits);
    }

    private static DlpEntry Entry(byte id, string name, string label, params string[] words) => new(DlpEntry.BuiltInId(3, id), name, label) { Context = new(words) };
}
