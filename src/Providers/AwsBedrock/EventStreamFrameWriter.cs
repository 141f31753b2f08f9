using System.Buffers.Binary;
using System.Text;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Writes frames of AWS event streams. Pure.</summary>
public static class EventStreamFrameWriter
{
    private const int PreludeBytes = 12;
    private const int ChecksumBytes = 4;
    private const byte TextType = 7;

    /// <summary>The frame of an exception, which ends a stream.</summary>
    /// <param name="type">Its type, such as <c>validationException</c>.</param>
    /// <param name="payload">JSON with its message.</param>
    public static byte[] Exception(string type, ReadOnlySpan<byte> payload) =>
        Write([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], payload);

    /// <summary>The frame of an event.</summary>
    /// <param name="type">Its type, such as <c>contentBlockDelta</c>.</param>
    /// <param name="payload">JSON.</param>
    public static byte[] Event(string type, ReadOnlySpan<byte> payload) =>
        Write([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], payload);

    private static byte[] Write(ReadOnlySpan<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        List<byte> head = [];
        foreach (var (name, value) in headers)
        {
            head.Add((byte)name.Length);
            head.AddRange(Encoding.ASCII.GetBytes(name));
            head.Add(TextType);
            head.Add((byte)(value.Length >> 8));
            head.Add((byte)value.Length);
            head.AddRange(Encoding.ASCII.GetBytes(value));
        }

        var frame = new byte[PreludeBytes + head.Count + payload.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)head.Count);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), EventStreamFrames.Checksum(frame.AsSpan(0, 8)));
        head.CopyTo(frame, PreludeBytes);
        payload.CopyTo(frame.AsSpan(PreludeBytes + head.Count));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - ChecksumBytes), EventStreamFrames.Checksum(frame.AsSpan(0, frame.Length - ChecksumBytes)));
        return frame;
    }
}
