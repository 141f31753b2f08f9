using System.Buffers.Binary;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Makes the ids of exchanges: UUIDs of version 7 (RFC 9562), which sort by time. They are names, not secrets, so the random part comes
/// from a fast generator; the operating system's would cost a system call each. Thread-safe.
/// </summary>
internal static class ExchangeIds
{
    public static Guid Create(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteInt16BigEndian(bytes[6..], (short)(0x7000 | Random.Shared.Next(0x1000)));
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], (Random.Shared.NextInt64() & 0x3FFF_FFFF_FFFF_FFFF) | unchecked((long)0x8000_0000_0000_0000));
        return new(bytes, bigEndian: true);
    }
}
