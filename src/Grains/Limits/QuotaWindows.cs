using GatewayActors.Abstractions.Limits;

namespace GatewayActors.Grains.Limits;

/// <summary>Where the windows of a rule begin and end, in UTC ticks. They are numbered from the beginning of the calendar.</summary>
internal static class QuotaWindows
{
    /// <summary>Stands for the length of a calendar month, which has none of its own. Stored: never changed.</summary>
    public const long Month = -1;

    /// <summary>The length of a rule's windows.</summary>
    public static long LengthOf(QuotaRule rule) => rule.IsMonthly ? Month : rule.Window.Ticks;

    /// <summary>The window of a moment.</summary>
    public static long IndexOf(long length, long now)
    {
        if (length != Month)
        {
            return now / length;
        }

        var time = new DateTime(now, DateTimeKind.Utc);
        return ((time.Year - 1) * 12) + time.Month - 1;
    }

    /// <summary>When a window begins.</summary>
    public static long StartOf(long length, long index) =>
        length == Month ? new DateTime((int)(index / 12) + 1, (int)(index % 12) + 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks : index * length;
}
