namespace GatewayActors.Storage.Logs;

/// <summary>Ids of entries as they are stored.</summary>
internal static class LogIds
{
    /// <summary>Big-endian, so that the bytes of a UUIDv7 sort by time.</summary>
    public static void Write(Guid id, Span<byte> bytes) => id.TryWriteBytes(bytes, bigEndian: true, out _);

    public static byte[] ToBytes(Guid id) => id.ToByteArray(bigEndian: true);

    public static Guid FromBytes(byte[] bytes) => new(bytes, bigEndian: true);

    /// <summary>Whether an event id is only the entry's own id, which is then not stored a second time.</summary>
    public static bool IsTextOf(string eventId, Guid id)
    {
        Span<char> text = stackalloc char[36];
        return eventId.Length == text.Length && id.TryFormat(text, out _) && text.SequenceEqual(eventId);
    }
}
