using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection.Health;

/// <summary>Numbers of patients and of those who treat them.</summary>
internal static class HealthRules
{
    private static readonly SearchValues<char> LikeDigits = SearchValues.Create("SLOIBZ");

    private static readonly DlpEntry Nhs = Entry(1, "UK National Health Service number", "UK_NHS_NUMBER", "nhs", "national health", "patient", "hospital number");

    private static readonly DlpEntry Npi = Entry(2, "US national provider identifier (NPI)", "US_NPI", "npi", "provider identifier", "national provider");

    private static readonly DlpEntry Dea = Entry(3, "US Drug Enforcement Administration number", "US_DEA", "dea", "prescriber", "controlled substance", "drug enforcement");

    private static readonly DlpEntry Medicare = Entry(4, "US Medicare beneficiary identifier", "US_MEDICARE_ID", "medicare", "mbi", "beneficiary");

    public static IEnumerable<NumberRule> Rules { get; } =
    [
        new(Nhs, 10, IsNhs, NeedsContext: true) { OtherShapes = [GroupShape.Of(3, 3, 4)] },
        new(Npi, 10, IsNpi, NeedsContext: true),
    ];

    public static IEnumerable<PatternRule> Patterns { get; } =
    [
        new(Dea, "AA9999999", IsDea, NeedsContext: true),
        new(Medicare, "9AX9-AX9-AA99", IsMedicare, NeedsContext: true),
    ];

    private static bool IsNhs(ReadOnlySpan<byte> digits)
    {
        var check = (11 - (Checksums.Weighted(digits[..9], [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
        return !Checksums.IsRepeated(digits) && check == digits[9];
    }

    // 45 CFR 162.406: Luhn's over the number with the prefix of the health industry.
    private static bool IsNpi(ReadOnlySpan<byte> digits) => digits[0] is 1 or 2 && Checksums.Luhn([8, 0, 8, 4, 0, .. digits]);

    private static bool IsDea(ReadOnlySpan<char> number)
    {
        var sum = 0;
        for (var i = 0; i < 6; i++)
        {
            sum += (number[i + 2] - '0') * (1 + (i & 1));
        }

        return "ABCDEFGHJKLMPRSTUX".Contains(number[0], StringComparison.Ordinal) && sum % 10 == number[8] - '0';
    }

    // Without the letters that are taken for digits.
    private static bool IsMedicare(ReadOnlySpan<char> number) => number[0] != '0' && !number.ContainsAny(LikeDigits);

    private static DlpEntry Entry(byte id, string name, string label, params string[] words) => new(DlpEntry.BuiltInId(4, id), name, label) { Context = new(words), IsCertain = true };
}
