using System.Buffers.Binary;
using System.Text;

namespace GatewayActors.Providers.Tests.Usage;

/// <summary>Makes frames of AWS event streams; the checksums are zero, nobody here checks them.</summary>
internal static class Frames
{
    public static byte[] Make((string Name, string Value)[] headers, ReadOnlySpan<byte> payload)
    {
        var head = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            head.WriteByte((byte)name.Length);
            head.Write(Encoding.UTF8.GetBytes(name));
            head.WriteByte(7);
            head.WriteByte((byte)(value.Length >> 8));
            head.WriteByte((byte)value.Length);
            head.Write(Encoding.UTF8.GetBytes(value));
        }

        var frame = new byte[16 + head.Length + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), (int)head.Length);
        head.ToArray().CopyTo(frame, 12);
        payload.CopyTo(frame.AsSpan(12 + (int)head.Length));
        return frame;
    }
}
