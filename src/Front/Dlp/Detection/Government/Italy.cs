namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>The tax code of persons ("codice fiscale").</summary>
internal static class Italy
{
    // What letters of places 1, 3, 5, ... count; digits count like the letters A to J.
    private static ReadOnlySpan<byte> OddValues => [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(3, 8), "Italian tax code (codice fiscale)", "IT_FISCAL_CODE")
    {
        Context = new("codice fiscale", "c.f.", "cf", "fiscal code", "tax code"),
        IsCertain = true,
    };

    public static PatternRule FiscalCode { get; } = new(Entry, "AAA-AAA-XXAXX-AXXX-A", IsValid);

    private static bool IsValid(ReadOnlySpan<char> code)
    {
        // Where digits stand, letters may: of two people with the same code one gets them.
        Span<int> digits = stackalloc int[16];
        foreach (var place in (ReadOnlySpan<int>)[6, 7, 9, 10, 12, 13, 14])
        {
            var digit = char.IsAsciiDigit(code[place]) ? code[place] - '0' : "LMNPQRSTUV".IndexOf(code[place], StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            digits[place] = digit;
        }

        var day = (digits[9] * 10) + digits[10];
        return "ABCDEHLMPRST".Contains(code[8], StringComparison.Ordinal) && day is (>= 1 and <= 31) or (>= 41 and <= 71) && Check(code[..15]) == code[15] - 'A';
    }

    private static int Check(ReadOnlySpan<char> code)
    {
        var sum = 0;
        for (var i = 0; i < code.Length; i++)
        {
            var value = char.IsAsciiDigit(code[i]) ? code[i] - '0' : code[i] - 'A';
            sum += (i & 1) == 0 ? OddValues[value] : value;
        }

        return sum % 26;
    }
}
