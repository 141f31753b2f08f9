using System.Buffers;

namespace GatewayActors.Providers.Mapping;

/// <summary>Checks what a client wrote before it becomes part of a host name, where it could choose the host.</summary>
internal static class HostNames
{
    private const int MaxLabel = 63; // RFC 1035

    private static readonly SearchValues<char> LowerAlphanumeric = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> LowerLabel = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> Label = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>An Azure resource: one DNS label that does not begin with a hyphen.</summary>
    public static bool IsResource(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLabel && text[0] != '-' && !text.ContainsAnyExcept(Label);

    /// <summary>A Google location such as <c>europe-west4</c>, <c>us</c> or <c>global</c>; it is followed by <c>-aiplatform</c>.</summary>
    public static bool IsGoogleLocation(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 40 && text[0] != '-' && text[^1] != '-' && !text.ContainsAnyExcept(LowerLabel);

    /// <summary>A Baseten model id; it follows <c>model-</c>.</summary>
    public static bool IsBasetenModel(ReadOnlySpan<char> text) => text.Length is > 0 and <= 56 && !text.ContainsAnyExcept(LowerAlphanumeric);

    /// <summary>An AWS region: two letters, one or more words of letters, one digit, such as <c>us-gov-west-1</c>.</summary>
    public static bool IsAwsRegion(ReadOnlySpan<char> text)
    {
        if (text.Length is < 6 or > 40 || text[2] != '-' || text[^2] != '-' || !char.IsAsciiDigit(text[^1]))
        {
            return false;
        }

        if (!char.IsAsciiLetterLower(text[0]) || !char.IsAsciiLetterLower(text[1]))
        {
            return false;
        }

        var afterHyphen = true;
        foreach (var c in text[3..^2])
        {
            if (c == '-' ? afterHyphen : !char.IsAsciiLetterLower(c))
            {
                return false;
            }

            afterHyphen = c == '-';
        }

        return !afterHyphen;
    }
}
