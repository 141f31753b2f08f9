using System.Globalization;

namespace GatewayActors.Front.Tests.Dlp.Quality;

internal static class HealthSamples
{
    public static IEnumerable<SampleClass> All =>
    [
        new("UK_NHS_NUMBER", Nhs, random => Make.Broken(random, Nhs(random), text => IsNhs(string.Concat(text.Where(char.IsAsciiDigit)))), "NHS number {0}", "NHS no. {0} of the patient"),
        new("US_NPI", Npi, random => Make.Broken(random, Npi(random), text => text[0] is '1' or '2' && Make.Luhn("80840" + text)), "NPI {0}", "provider identifier: {0}"),
        new("US_DEA", Dea, random => Make.Broken(random, Dea(random), IsDea), "DEA {0}", "Prescriber DEA number: {0}"),
        new("US_MEDICARE_ID", random => Medicare(random, 'C'), random => Medicare(random, random.Pick('S', 'L', 'O', 'I', 'B', 'Z')), "Medicare {0}", "MBI: {0}"),
        new("ICD10_CODE", random => random.From("ABCDEFGHIJKLMNOPQRSTVWXYZ", 1) + random.Digits(2) + random.Pick("", "." + random.Digits(1), "." + random.Digits(2), ".X1XA"),
            random => random.Pick("type 2", "grade B1", "room A1", "e11.9", "ABC12", "A1B", "H2O", "vitamin B12a", "T1234", "A10.123456", "AA10"), "ICD-10 {0}", "Diagnosis: {0}", "diagnosed as {0}."),
    ];

    private static string Nhs(Random random)
    {
        var number = Make.Until(() => Make.WithCheckDigit(random.Pick("4", "6", "7", "9") + random.Digits(8), IsNhs));
        return random.Pick(number, Make.Grouped(number, " ", 3, 3, 4));
    }

    private static bool IsNhs(string digits) => (Make.Sum(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2) + (digits[9] - '0')) % 11 == 0;

    private static string Npi(Random random) => Make.WithCheckDigit(random.Pick("1", "2") + random.Digits(8), text => Make.Luhn("80840" + text))!;

    private static string Dea(Random random) => Make.WithCheckDigit(random.From("ABFGMPRX", 1) + random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1) + random.Digits(6), IsDea)!;

    private static bool IsDea(string number) => (Make.Sum(number[2..], 1, 0, 1, 0, 1) + (2 * Make.Sum(number[2..], 0, 1, 0, 1, 0, 1))) % 10 == number[8] - '0';

    private static string Medicare(Random random, char letter)
    {
        const string Letters = "ACDEFGHJKMNPQRTUVWXY";
        var id = random.Next(1, 10).ToString(CultureInfo.InvariantCulture) + letter + random.From(Letters + "0123456789", 1) + random.Digits(1) + random.From(Letters, 1) + random.From(Letters + "0123456789", 1) + random.Digits(1) + random.From(Letters, 2) + random.Digits(2);
        return random.Pick(id, Make.Grouped(id, "-", 4, 3, 4));
    }
}
