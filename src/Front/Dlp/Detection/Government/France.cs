namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>The number of registration of persons (NIR, "numéro de sécurité sociale").</summary>
internal static class France
{
    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(3, 5), "French social security number (NIR)", "FR_NIR")
    {
        Context = new("nir", "sécurité sociale", "securite sociale", "insee", "numéro de sécu", "n° sécu", "social security"),
        IsCertain = true,
    };

    public static PatternRule SocialSecurity { get; } = new(Entry, "9-99-99-9X-999-999-99", IsValid);

    private static bool IsValid(ReadOnlySpan<char> number)
    {
        if (number[0] is not ('1' or '2' or '7' or '8') || (number[6] is >= 'A' and not ('A' or 'B')) || (number[6] is 'A' or 'B' && number[5] != '2'))
        {
            return false;
        }

        // Months 20 and up stand for births whose month is not known.
        var month = ((number[3] - '0') * 10) + number[4] - '0';
        if (month is not ((>= 1 and <= 12) or (>= 20 and <= 42) or (>= 50 and <= 99)) || number[7..10] is "000" || number[10..13] is "000")
        {
            return false;
        }

        // The departments of Corsica, 2A and 2B, count as 19 and 18.
        long value = 0;
        for (var i = 0; i < 13; i++)
        {
            value = (value * 10) + number[i] switch { 'A' or 'B' => 0, var digit => digit - '0' };
        }

        value = number[6] switch { 'A' => value - 1_000_000, 'B' => value - 2_000_000, _ => value };
        return 97 - (value % 97) == ((number[13] - '0') * 10) + number[14] - '0';
    }
}
