namespace GatewayActors.Front.Dlp.Detection.Government;

/// <summary>Numbers of the Social Security Administration and the Internal Revenue Service.</summary>
internal static class UnitedStates
{
    private static readonly GroupShape[] Shapes = [GroupShape.Of(3, 2, 4)];

    private static readonly ContextWords Words = new("ssn", "social security", "social-security", "soc sec", "tax id", "taxpayer", "itin", "tin", "social insurance");

    private static readonly DlpEntry SocialSecurity = new(DlpEntry.BuiltInId(3, 1), "US Social Security number", "US_SSN") { Context = Words };

    private static readonly DlpEntry Taxpayer = new(DlpEntry.BuiltInId(3, 2), "US individual taxpayer identification number (ITIN)", "US_ITIN") { Context = Words };

    public static IEnumerable<NumberRule> Rules { get; } =
    [
        new(SocialSecurity, 9, IsSocialSecurity, NeedsContext: true, Shapes),
        new(Taxpayer, 9, IsTaxpayer, NeedsContext: true, Shapes),
    ];

    // Never handed out: areas 000, 666 and from 900, group 00, serial 0000.
    private static bool IsSocialSecurity(ReadOnlySpan<byte> digits) =>
        Checksums.Number(digits[..3]) is > 0 and < 900 and not 666
        && Checksums.Number(digits.Slice(3, 2)) != 0
        && Checksums.Number(digits[5..]) != 0
        && !Checksums.IsRepeated(digits);

    private static bool IsTaxpayer(ReadOnlySpan<byte> digits) =>
        digits[0] == 9 && Checksums.Number(digits.Slice(3, 2)) is (>= 50 and <= 65) or (>= 70 and <= 88) or (>= 90 and <= 92) or (>= 94 and <= 99);
}
