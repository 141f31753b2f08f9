namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>Identity documents of citizens (DNI) and of foreigners (NIE): a letter that is the number modulo 23.</summary>
internal static class Spain
{
    private const string Letters = "TRWAGMYFPDXBNJZSQVHLCKE";

    private static readonly ContextWords Words = new("dni", "nif", "nie", "documento nacional", "documento de identidad", "identidad", "extranjero", "identity");

    private static readonly DlpEntry Citizen = new(DlpEntry.BuiltInId(3, 6), "Spanish identity document (DNI)", "ES_DNI") { Context = Words };

    private static readonly DlpEntry Foreigner = new(DlpEntry.BuiltInId(3, 7), "Spanish identity number of foreigners (NIE)", "ES_NIE") { Context = Words };

    public static IEnumerable<PatternRule> Rules { get; } =
    [
        new(Citizen, "99-999-999-A", number => HasLetter(number, 0)),
        new(Foreigner, "A-9999999-A", number => number[0] is 'X' or 'Y' or 'Z' && HasLetter(number[1..], number[0] - 'X')),
    ];

    private static bool HasLetter(ReadOnlySpan<char> number, int value)
    {
        foreach (var digit in number[..^1])
        {
            value = (value * 10) + digit - '0';
        }

        return value > 0 && Letters[value % Letters.Length] == number[^1];
    }
}
