using System.Globalization;
using GatewayActors.Providers;

namespace GatewayActors.Front.Upstreams;

/// <summary>Which answers are worth another attempt, and when.</summary>
internal static class RetryRules
{
    private const double MaxSeconds = 10 * 365 * 86_400.0; // Past it nobody waits, and no time span overflows.

    /// <summary>Whether another attempt may succeed, by the status and the upstream's own word.</summary>
    public static bool IsRetryable(int status, IHeaderSource headers) => headers["x-should-retry"] switch
    {
        "true" => true,
        "false" => false,
        _ => status is 408 or 409 or 425 or 429 or >= 500,
    };

    /// <summary>How long the upstream asks to wait; null if it does not say.</summary>
    public static TimeSpan? RetryAfter(IHeaderSource headers, DateTimeOffset now)
    {
        if (Number(headers["retry-after-ms"]) is { } milliseconds)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        var retryAfter = headers["retry-after"];
        if (Number(retryAfter) is { } seconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(retryAfter, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date > now ? date - now : TimeSpan.Zero
            : null;
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and <= MaxSeconds // Not an infinity either, which every style of numbers lets through.
            ? number
            : null;
}
