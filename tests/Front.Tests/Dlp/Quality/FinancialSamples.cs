namespace GatewayActors.Front.Tests.Dlp.Quality;

internal static class FinancialSamples
{
    private static readonly (string Prefix, int Length)[] Cards =
    [
        ("4", 16), ("4", 13), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16), ("65", 16), ("36", 14), ("38", 14), ("3528", 16), ("3589", 16), ("62", 16), ("62", 19), ("2200", 16),
        ("6759", 16), ("5018", 12),
    ];

    private static readonly (string Country, string Format)[] Accounts =
    [
        ("DE", "999999999999999999"), ("GB", "AAAA99999999999999"), ("FR", "99999999999999999999999"), ("NL", "AAAA9999999999"), ("ES", "99999999999999999999"), ("CH", "99999999999999999"), ("AT", "9999999999999999"),
        ("NO", "99999999999"), ("MT", "AAAA99999999999999999999999"), ("IT", "A9999999999999999999999"), ("PL", "999999999999999999999999"), ("SE", "99999999999999999999"), ("IE", "AAAA99999999999999"),
    ];

    public static IEnumerable<SampleClass> All =>
    [
        new("CREDIT_CARD", random => Written(random, Card(random)), random => Written(random, Make.Broken(random, Card(random), Make.Luhn)),
            "Please charge {0} today.", "card: {0}", "My number is {0}, it expires 12/27", "{0}", "name,number,expiry\nJane,{0},12/27", "{\"pan\":\"{0}\"}", "Kreditkarte {0} gültig bis 11/28"),
        new("IBAN", random => Iban(random, isValid: true), random => Iban(random, isValid: false), "Transfer to {0} please", "IBAN: {0}", "Konto {0}.", "{0}", "account={0};amount=20"),
        new("ROUTING_NUMBER", Routing, random => Make.Broken(random, Routing(random), IsRouting), "ABA routing number {0}", "routing: {0}, account 12345", "RTN {0}", "Wire transfer with routing no. {0}"),
        new("SWIFT_BIC", Bic, random => random.Pick("INVOICES", "DEUTDE5", "ABCDEFGH", "PAYMENTS", "BANKXX22", "CUSTOMER", "deutdeff"), "SWIFT: {0}", "BIC {0} of the bank", "the SWIFT code is {0}."),
    ];

    private static string Card(Random random)
    {
        var (prefix, length) = random.Pick(Cards);
        return Make.WithCheckDigit(prefix + random.Digits(length - prefix.Length - 1), Make.Luhn)!;
    }

    private static string Written(Random random, string number)
    {
        var separator = random.Pick(" ", "-", " ", "\u00a0", ".");
        return (number.Length, random.Next(4)) switch
        {
            (16, 1 or 2) => Make.Grouped(number, separator, 4, 4, 4, 4),
            (15, 1 or 2) => Make.Grouped(number, separator, 4, 6, 5),
            (14, 1) => Make.Grouped(number, separator, 4, 6, 4),
            (16, 3) => string.Join(' ', number.ToCharArray()),
            _ => number,
        };
    }

    private static string Iban(Random random, bool isValid)
    {
        var (country, format) = random.Pick(Accounts);
        var account = string.Concat(format.Select(c => c == 'A' ? random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1) : random.Digits(1)));
        var check = 98 - Make.Mod97(account + country + "00");
        if (!isValid)
        {
            check = ((check + random.Next(1, 90)) % 97) + 2 is var other && other == check ? (check % 90) + 5 : other;
        }

        var iban = $"{country}{check:00}{account}";
        var grouped = string.Join(random.Pick(" ", "-"), iban.Chunk(4).Select(group => new string(group)));
        return random.Next(3) switch { 0 => grouped, 1 => isValid && random.Next(4) == 0 ? iban.ToLowerInvariant() : iban, _ => iban };
    }

    private static string Routing(Random random) => Make.WithCheckDigit(random.Pick("02", "11", "26", "32", "06", "12", "31", "65", "72") + random.Digits(6), IsRouting)!;

    private static bool IsRouting(string digits) => Make.Sum(digits, 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10 == 0;

    private static string Bic(Random random) =>
        random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4) + random.Pick("DE", "GB", "US", "FR", "CH", "NL", "JP") + random.Pick("FF", "22", "33", "2L", "2A", "PP") + random.Pick("", "XXX", "500", "100");
}
