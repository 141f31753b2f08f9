using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>National Insurance numbers.</summary>
internal static class UnitedKingdom
{
    private static readonly SearchValues<char> UnusedLetters = SearchValues.Create("DFIQUV");

    private static readonly DlpEntry Entry = new(DlpEntry.BuiltInId(3, 3), "UK National Insurance number", "UK_NINO")
    {
        Context = new("nino", "national insurance", "ni number", "ni no", "insurance number", "hmrc"),
        IsCertain = true,
    };

    public static PatternRule NationalInsurance { get; } = new(Entry, "AA-99-99-99-A", IsValid);

    // HMRC, NIM39110: letters and prefixes that are not used.
    private static bool IsValid(ReadOnlySpan<char> number) =>
        !number[..2].ContainsAny(UnusedLetters)
        && number[1] != 'O'
        && number[..2] is not ("BG" or "GB" or "KN" or "NK" or "NT" or "TN" or "ZZ")
        && number[8] is >= 'A' and <= 'D';
}
