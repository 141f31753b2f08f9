namespace GatewayActors.Front.Dlp.Detection.Financial;

/// <summary>Numbers of payment cards: an issuer's range, its lengths, and Luhn's check digit.</summary>
/// <remarks>Ranges: ISO/IEC 7812 and the networks' published lists.</remarks>
internal static class PaymentCards
{
    private const string Label = "CREDIT_CARD";

    private static readonly ContextWords Words = new(
        "card", "credit", "debit", "visa", "mastercard", "maestro", "amex", "american express", "discover", "diners", "jcb", "unionpay", "mir", "cc", "pan", "cvc", "cvv", "kreditkarte", "karte", "carte",
        "tarjeta", "carta", "cartão");

    private static readonly DlpEntry Amex = Entry(1, "American Express card number");
    private static readonly DlpEntry Diners = Entry(2, "Diners Club card number");
    private static readonly DlpEntry Discover = Entry(3, "Discover card number");
    private static readonly DlpEntry Jcb = Entry(4, "JCB card number");
    private static readonly DlpEntry Maestro = Entry(5, "Maestro card number");
    private static readonly DlpEntry Mastercard = Entry(6, "Mastercard card number");
    private static readonly DlpEntry Mir = Entry(7, "Mir card number");
    private static readonly DlpEntry UnionPay = Entry(8, "UnionPay card number");
    private static readonly DlpEntry Visa = Entry(9, "Visa card number");

    private static readonly GroupShape[] Shapes =
    [
        GroupShape.Of(4, 4, 4, 4), GroupShape.Of(4, 6, 5), GroupShape.Of(4, 6, 4), GroupShape.Of(4, 4, 4, 1), GroupShape.Of(4, 4, 4, 3), GroupShape.Of(4, 4, 4, 4, 2),
        GroupShape.Of(4, 4, 4, 4, 3), GroupShape.Of(8, 8), GroupShape.Of(6, 10), GroupShape.Of(6, 13), GroupShape.Of(2, 2, 2, 2, 2, 2, 2, 2), GroupShape.Of(4, 4, 5), GroupShape.Of(4, 4, 4, 2),
    ];

    /// <summary>A rule for each network and length.</summary>
    public static IEnumerable<NumberRule> Rules { get; } =
    [
        Rule(Visa, 13, prefix => prefix / 100_000 == 4), Rule(Visa, 16, prefix => prefix / 100_000 == 4), Rule(Visa, 19, prefix => prefix / 100_000 == 4),
        Rule(Mastercard, 16, prefix => prefix is (>= 510_000 and <= 559_999) or (>= 222_100 and <= 272_099)),
        Rule(Amex, 15, prefix => prefix / 10_000 is 34 or 37),
        Rule(Discover, 16, IsDiscover), Rule(Discover, 19, IsDiscover),
        Rule(Diners, 14, prefix => prefix / 10_000 is 36 or 38 or 39 || prefix / 1_000 is (>= 300 and <= 305) or 309),
        Rule(Jcb, 16, prefix => prefix / 100 is >= 3528 and <= 3589), Rule(Jcb, 19, prefix => prefix / 100 is >= 3528 and <= 3589),
        Rule(UnionPay, 16, prefix => prefix / 10_000 == 62), Rule(UnionPay, 19, prefix => prefix / 10_000 == 62),
        Rule(Mir, 16, prefix => prefix / 100 is >= 2200 and <= 2204),
        .. Enumerable.Range(12, 8).Select(length => Rule(Maestro, length, IsMaestro)),
    ];

    private static bool IsDiscover(int prefix) =>
        prefix / 100 == 6011 || prefix / 1_000 is >= 644 and <= 649 || prefix / 10_000 == 65;

    private static bool IsMaestro(int prefix) =>
        prefix / 100 is 5018 or 5020 or 5038 or 5893 or 6304 or 6759 or 6761 or 6762 or 6763 || prefix is 676_770 or 676_774;

    private static DlpEntry Entry(byte id, string name) => new(DlpEntry.BuiltInId(1, id), name, Label) { Context = Words };

    private static NumberRule Rule(DlpEntry entry, int digits, Predicate<int> hasPrefix) =>
        new(entry, digits, number => hasPrefix((int)Checksums.Number(number[..6])) && Checksums.Luhn(number) && !Checksums.IsRepeated(number), NeedsContext: false, Shapes);
}
