namespace GatewayActors.Storage;

/// <summary>Times as they are stored: microseconds since 1970 in UTC.</summary>
internal static class Timestamps
{
    /// <summary>One minute in stored units.</summary>
    public const long Minute = 60_000_000;

    /// <summary>One hour in stored units.</summary>
    public const long Hour = 3_600_000_000;

    // Floor division, so that times before 1970 keep their order too.
    public static long ToMicroseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) is var ticks && ticks >= 0
            ? ticks / TimeSpan.TicksPerMicrosecond
            : (ticks - (TimeSpan.TicksPerMicrosecond - 1)) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The begin of the minute, hour, … of a time.</summary>
    public static long Floor(long microseconds, long unit) => microseconds - (((microseconds % unit) + unit) % unit);

    /// <summary>A duration in milliseconds, in stored units.</summary>
    public static long Microseconds(double milliseconds) => (long)Math.Round(milliseconds * 1_000);

    public static long? Microseconds(double? milliseconds) => milliseconds is { } value ? Microseconds(value) : null;

    public static double Milliseconds(long microseconds) => microseconds / 1_000d;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
