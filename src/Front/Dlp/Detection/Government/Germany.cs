namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>The tax identification number of persons (§ 139b AO).</summary>
internal static class Germany
{
    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(3, 4), "German tax identification number (Steuer-ID)", "DE_TAX_ID")
    {
        Context = new("steuer-id", "steuerid", "steuer id", "steueridentifikationsnummer", "steuer-identifikationsnummer", "steuernummer", "idnr", "tin", "tax id", "identifikationsnummer", "tax identification"),
    };

    public static NumberRule TaxId { get; } = new(Entry, 11, IsValid, NeedsContext: true, GroupShape.Of(2, 3, 3, 3));

    // Of the first ten digits exactly one occurs twice or thrice, the others once; thrice not in a row.
    private static bool IsValid(ReadOnlySpan<byte> digits)
    {
        if (digits[0] == 0 || Checksums.Mod11And10(digits[..10]) != digits[10])
        {
            return false;
        }

        Span<byte> counts = stackalloc byte[10];
        counts.Clear();
        var inARow = 1;
        for (var i = 0; i < 10; i++)
        {
            counts[digits[i]]++;
            inARow = i > 0 && digits[i] == digits[i - 1] ? inARow + 1 : 1;
            if (inARow == 3)
            {
                return false;
            }
        }

        var repeated = 0;
        foreach (var count in counts)
        {
            if (count > 3)
            {
                return false;
            }

            repeated += count > 1 ? 1 : 0;
        }

        return repeated == 1;
    }
}
