using GatewayActors.Abstractions.Analytics;
using Microsoft.Data.Sqlite;

namespace GatewayActors.Storage.Sqlite.Logs;

/// <summary>What SQLite does not know about histograms of durations. An empty one comes back as NULL.</summary>
internal static class DurationFunctions
{
    /// <summary>Of two stored histograms, their sum.</summary>
    public const string Merge = "durations_merge";

    /// <summary>Of two stored histograms, the first without what the second has counted.</summary>
    public const string Subtract = "durations_subtract";

    /// <summary>Of many stored histograms, their sum.</summary>
    public const string Sum = "durations_sum";

    /// <summary>Of many durations in µs, their histogram; NULL is none.</summary>
    public const string Count = "durations_count";

    public static void Register(SqliteConnection connection)
    {
        connection.CreateFunction<byte[], byte[], byte[]>(Merge, MergeTwo, isDeterministic: true);
        connection.CreateFunction<byte[], byte[], byte[]>(Subtract, SubtractSecond, isDeterministic: true);
        connection.CreateAggregate<byte[], DurationHistogram?, byte[]>(
            Sum,
            null,
            (sum, stored) =>
            {
                sum ??= new();
                sum.Add(stored);
                return sum;
            },
            sum => sum?.ToBytes() ?? [],
            isDeterministic: true);
        connection.CreateAggregate<long?, DurationHistogram?, byte[]>(
            Count,
            null,
            (sum, duration) =>
            {
                sum ??= new();
                if (duration is { } microseconds)
                {
                    sum.Add(microseconds);
                }

                return sum;
            },
            sum => sum?.ToBytes() ?? [],
            isDeterministic: true);
    }

    private static byte[] MergeTwo(byte[] left, byte[] right)
    {
        var sum = new DurationHistogram();
        sum.Add(left);
        sum.Add(right);
        return sum.ToBytes();
    }

    private static byte[] SubtractSecond(byte[] first, byte[] second)
    {
        var rest = new DurationHistogram();
        rest.Add(first);
        rest.Subtract(second);
        return rest.ToBytes();
    }
}
