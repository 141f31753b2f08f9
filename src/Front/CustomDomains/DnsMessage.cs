using System.Buffers.Binary;
using System.Text;

namespace GatewayActors.Front.CustomDomains;

/// <summary>Questions and answers of the domain name system, as far as TXT records need them (RFC 1035). Pure.</summary>
internal static class DnsMessage
{
    private const ushort Text = 16;
    private const ushort Internet = 1;
    private const int HeaderLength = 12;
    private const int NoSuchName = 3;

    /// <summary>Writes the question for the TXT records of a name.</summary>
    public static byte[] Question(ushort id, string name)
    {
        List<byte> bytes = [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]; // Recursion desired; one question.
        foreach (var label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, 0, (byte)Text, 0, (byte)Internet]);
        return [.. bytes];
    }

    /// <summary>Reads the TXT records of an answer.</summary>
    /// <returns>Null if it is no answer to this question, or one of a server that could not find out.</returns>
    public static IReadOnlyList<string>? Read(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> question)
    {
        // The question is repeated: an answer to another one is none.
        if (answer.Length < question.Length || !answer[..2].SequenceEqual(question[..2]) || (answer[2] & 0x80) == 0
            || !EqualNames(answer[HeaderLength..question.Length], question[HeaderLength..]))
        {
            return null;
        }

        var failure = answer[3] & 0xF;
        if (failure != 0)
        {
            return failure == NoSuchName ? [] : null;
        }

        List<string> texts = [];
        var rest = answer[question.Length..];
        for (var count = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]); count > 0; count--)
        {
            if (!TrySkipName(ref rest) || rest.Length < 10)
            {
                return null;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(rest);
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[8..]);
            if (rest.Length < 10 + length)
            {
                return null;
            }

            if (type == Text && ReadText(rest.Slice(10, length)) is { } text)
            {
                texts.Add(text);
            }

            rest = rest[(10 + length)..];
        }

        return texts;
    }

    private static bool EqualNames(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(one, other);

    // Labels, ended by an empty one or by a pointer to the rest.
    private static bool TrySkipName(ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = bytes[0];
            if (length == 0)
            {
                bytes = bytes[1..];
                return true;
            }

            if ((length & 0xC0) == 0xC0)
            {
                var isWhole = bytes.Length >= 2;
                bytes = isWhole ? bytes[2..] : [];
                return isWhole;
            }

            if (bytes.Length <= length)
            {
                return false;
            }

            bytes = bytes[(length + 1)..];
        }

        return false;
    }

    // A record is one text in pieces of up to 255 bytes.
    private static string? ReadText(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        while (!data.IsEmpty)
        {
            var length = data[0];
            if (data.Length <= length)
            {
                return null;
            }

            text.Append(Encoding.UTF8.GetString(data.Slice(1, length)));
            data = data[(length + 1)..];
        }

        return text.ToString();
    }
}
