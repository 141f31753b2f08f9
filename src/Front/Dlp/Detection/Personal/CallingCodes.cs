using System.Collections.Frozen;

namespace GatewayActors.Front.Dlp.Detection.Personal;

/// <summary>The codes of countries (ITU-T E.164) and how many digits follow them.</summary>
internal static class CallingCodes
{
    private const int MinDigits = 7;
    private const int MaxDigits = 15;

    // Code and the shortest and longest national number; what is not here takes the standard's bounds.
    private static readonly FrozenDictionary<int, (int Min, int Max)> Known = (
        "1:10-10 7:10-10 20:8-10 27:9-9 30:10-10 31:9-9 32:8-9 33:9-9 34:9-9 36:8-9 39:6-11 40:9-9 41:9-9 43:4-13 44:9-10 45:8-8 46:7-10 47:8-8 48:9-9 49:6-12 51:8-9 52:10-10 53:6-8 54:10-11 55:10-11 "
        + "56:9-9 57:8-10 58:10-10 60:8-10 61:9-9 62:8-12 63:8-10 64:8-10 65:8-8 66:8-9 81:9-10 82:8-11 84:9-10 86:10-11 90:10-10 91:10-10 92:9-10 93:9-9 94:9-9 95:7-10 98:10-10 212:9-9 213:8-9 216:8-8 "
        + "218:8-9 220:7-7 221:9-9 223:8-8 225:8-10 226:8-8 227:8-8 228:8-8 229:8-10 230:7-8 231:7-9 232:8-8 233:9-9 234:8-10 237:8-9 238:7-7 241:7-8 242:9-9 243:9-9 244:9-9 249:9-9 250:9-9 251:9-9 252:7-9 "
        + "253:8-8 254:9-10 255:9-9 256:9-9 257:8-8 258:8-9 260:9-9 261:9-9 263:9-10 264:8-9 265:7-9 266:8-8 267:7-8 268:8-8 298:6-6 299:6-6 350:8-8 351:9-9 352:6-11 353:7-9 354:7-7 355:8-9 356:8-8 357:8-8 "
        + "358:6-11 359:7-9 370:8-8 371:8-8 372:7-8 373:8-8 374:8-8 375:9-9 376:6-9 377:8-9 378:6-10 380:9-9 381:8-9 382:8-8 383:8-8 385:8-9 386:8-8 387:8-8 389:8-8 420:9-9 421:9-9 423:7-9 501:7-7 502:8-8 "
        + "503:8-8 504:8-8 505:8-8 506:8-8 507:7-8 509:8-8 591:8-8 592:7-7 593:8-9 595:9-9 597:6-7 598:8-8 673:7-7 675:7-8 679:7-7 687:6-6 689:6-8 852:8-8 853:8-8 855:8-9 856:8-10 880:8-10 886:8-9 960:7-7 "
        + "961:7-8 962:8-9 963:8-9 964:8-10 965:7-8 966:8-9 967:7-9 968:8-8 970:8-9 971:8-9 972:8-9 973:8-8 974:8-8 975:7-8 976:8-8 977:8-10 992:9-9 993:8-8 994:9-9 995:9-9 996:9-9 998:9-9").Split(' ')
        .ToFrozenDictionary(
            item => int.Parse(item.AsSpan(0, item.IndexOf(':', StringComparison.Ordinal))),
            item => (int.Parse(item.AsSpan(item.IndexOf(':', StringComparison.Ordinal) + 1, item.IndexOf('-', StringComparison.Ordinal) - item.IndexOf(':', StringComparison.Ordinal) - 1)),
                int.Parse(item.AsSpan(item.IndexOf('-', StringComparison.Ordinal) + 1))));

    /// <summary>Whether the digits behind a plus sign can be a number that is dialled.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> digits)
    {
        if (digits.Length is < MinDigits or > MaxDigits)
        {
            return false;
        }

        for (var length = 1; length <= 3; length++)
        {
            if (Known.TryGetValue((int)Checksums.Number(digits[..length]), out var national))
            {
                var rest = digits[length..];
                if (length == 1 && digits[0] == 1)
                {
                    return rest.Length == 10 && IsNorthAmerican(rest);
                }

                // A trunk prefix in brackets, as in +44 (0)20, is dialled within the country only.
                var digitsThere = rest.Length - (rest[0] == 0 && digits[0] != 3 ? 1 : 0);
                return digitsThere >= national.Min && digitsThere <= national.Max;
            }
        }

        return false;
    }

    /// <summary>Whether ten digits are a number of the North American plan: area and exchange begin with 2 to 9.</summary>
    public static bool IsNorthAmerican(ReadOnlySpan<byte> digits) =>
        digits.Length == 10 && digits[0] >= 2 && digits[3] >= 2 && !(digits[1] == 1 && digits[2] == 1) && !(digits[4] == 1 && digits[5] == 1);
}
