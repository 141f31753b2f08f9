using System.Globalization;

namespace GatewayActors.Front.Tests.Dlp.Quality;

/// <summary>What programs and people write all the time, and no detector should see anything in.</summary>
internal static class CommonNumbers
{
    public static string Make(Random random) => random.Next(14) switch
    {
        0 => $"order {random.Digits(random.Next(5, 9))} was shipped",
        1 => $"ts={1_600_000_000_000L + random.NextInt64(200_000_000_000L)}",
        2 => $"at {1_600_000_000L + random.NextInt64(200_000_000L)} s",
        3 => $"commit {random.From("0123456789abcdef", 40)}",
        4 => $"id: {NewUuid(random)}",
        5 => $"version {random.Next(20)}.{random.Next(50)}.{random.Next(9)}-beta.{random.Next(9)}",
        6 => $"pi is {random.NextDouble().ToString("R", CultureInfo.InvariantCulture)}",
        7 => $"{random.Next(1, 28)}/{random.Next(1, 12)}/{random.Next(2000, 2030)} {random.Next(24):00}:{random.Next(60):00}:{random.Next(60):00}",
        8 => $"[{string.Join(", ", Enumerable.Range(0, 12).Select(_ => random.Next(100)))}]",
        9 => $"total 1,{random.Digits(3)},{random.Digits(3)}.{random.Digits(2)} EUR",
        10 => $"sha256:{random.From("0123456789abcdef", 64)}",
        11 => $"0x{random.From("0123456789ABCDEF", 16)}",
        12 => $"msg_{random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24)}",
        _ => $"{random.Next(1, 999)} x {random.Next(1, 999)} = {random.Next(1000, 99999)}",
    };

    private static string NewUuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString("D");
    }
}
