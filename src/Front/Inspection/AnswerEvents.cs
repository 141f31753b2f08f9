using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Inspection;

/// <summary>
/// Cuts an answer into what can be read by itself: events, frames, lines or documents; and reads their texts. Bytes come cut anywhere. Not
/// thread-safe.
/// </summary>
internal sealed class AnswerEvents(string? contentType, AnswerTexts texts)
{
    private const int FramePrelude = 12;
    private const int FrameChecksum = 4;

    private readonly Framing _framing =
        BodyCapture.IsEventStream(contentType) ? Framing.Events
        : contentType?.StartsWith("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase) == true ? Framing.Frames
        : contentType is null || contentType.Contains("json", StringComparison.OrdinalIgnoreCase) ? Framing.Documents
        : Framing.Text;

    private readonly JsonPieces _documents = new();

    /// <summary>Whether something in it could not be read, and so was not inspected.</summary>
    public bool IsUnreadable { get; private set; }

    /// <summary>Reads what is whole.</summary>
    /// <param name="bytes">The bytes that no earlier call has read.</param>
    /// <param name="isEnd">Whether nothing follows.</param>
    /// <returns>How many of them were read; they end an event.</returns>
    public int Read(ReadOnlySpan<byte> bytes, bool isEnd) => _framing switch
    {
        Framing.Events => ReadEvents(bytes, isEnd),
        Framing.Frames => ReadFrames(bytes, isEnd),
        Framing.Documents => ReadDocuments(bytes, isEnd),
        Framing.Text => ReadText(bytes, isEnd),
    };

    private int ReadEvents(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var read = 0;
        while (EndOfEvent(bytes[read..], isEnd) is > 0 and var length)
        {
            ReadEvent(bytes.Slice(read, length));
            read += length;
        }

        return read;
    }

    /// <summary>How long the first event is, with the blank line that ends it; 0 if it is not all here.</summary>
    private static int EndOfEvent(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var at = 0;
        var isBlank = true;
        while (at < bytes.Length)
        {
            var end = bytes[at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                break;
            }

            isBlank = end == 0;
            at += end + 1;
            if (bytes[at - 1] == (byte)'\r')
            {
                if (at == bytes.Length && !isEnd)
                {
                    return 0; // Its line feed may still be on the way.
                }

                if (at < bytes.Length && bytes[at] == (byte)'\n')
                {
                    at++;
                }
            }

            if (isBlank)
            {
                return at;
            }
        }

        return isEnd ? bytes.Length : 0;
    }

    private void ReadEvent(ReadOnlySpan<byte> lines)
    {
        var data = new ArrayBufferWriterOfLines();
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOfAny((byte)'\n', (byte)'\r');
            data.Take(end < 0 ? lines : lines[..end]);
            lines = end < 0 ? [] : lines[(end + 1)..];
        }

        var bytes = data.ToArray();
        if (bytes.Length > 0 && !bytes.AsSpan().SequenceEqual("[DONE]"u8))
        {
            ReadJson(bytes);
        }
    }

    private int ReadFrames(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var read = 0;
        while (bytes.Length - read >= FramePrelude)
        {
            var frame = bytes[read..];
            var total = BinaryPrimitives.ReadUInt32BigEndian(frame);
            var headers = BinaryPrimitives.ReadUInt32BigEndian(frame[4..]);
            if (total < FramePrelude + FrameChecksum || headers > total - FramePrelude - FrameChecksum)
            {
                IsUnreadable = true;
                return bytes.Length;
            }

            if (frame.Length < total)
            {
                break;
            }

            ReadJson(frame[(FramePrelude + (int)headers)..((int)total - FrameChecksum)].ToArray());
            read += (int)total;
        }

        IsUnreadable |= isEnd && read < bytes.Length;
        return isEnd ? bytes.Length : read;
    }

    private int ReadDocuments(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var read = 0;
        while (_documents.Take(bytes[read..], isEnd, out var document) is > 0 and var length)
        {
            if (!document.Equals(default))
            {
                ReadJson(bytes.Slice(read, length)[document].ToArray());
            }

            read += length;
        }

        return read;
    }

    private int ReadText(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var length = bytes.Length;
        if (!isEnd)
        {
            // Not in the middle of a character.
            while (length > 0 && length > bytes.Length - 4 && (bytes[length - 1] & 0xC0) == 0x80)
            {
                length--;
            }

            if (length > 0 && (bytes[length - 1] & 0xC0) == 0xC0)
            {
                length--;
            }
        }

        texts.Add(Encoding.UTF8.GetString(bytes[..length]));
        return length;
    }

    private void ReadJson(byte[] bytes)
    {
        using var document = JsonTexts.TryParse(bytes);
        if (document is null)
        {
            texts.Add(Encoding.UTF8.GetString(bytes)); // Whatever it is, it goes to the client.
            return;
        }

        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("bytes"u8, out var inner) && inner.ValueKind == JsonValueKind.String && inner.TryGetBytesFromBase64(out var decoded))
        {
            ReadJson(decoded); // Bedrock's frames of models that are called in their own format.
            return;
        }

        texts.Add(root);
    }

    private enum Framing
    {
        Events,
        Frames,
        Documents,
        Text,
    }

    /// <summary>The data of one event.</summary>
    private ref struct ArrayBufferWriterOfLines()
    {
        private readonly List<byte> _data = [];
        private bool _hasData;

        public void Take(ReadOnlySpan<byte> line)
        {
            if (line.StartsWith("\uFEFF"u8))
            {
                line = line[3..];
            }

            if (!line.StartsWith("data"u8) || (line.Length > 4 && line[4] != (byte)':'))
            {
                return;
            }

            if (_hasData)
            {
                _data.Add((byte)'\n');
            }

            var value = line.Length > 4 ? line[5..] : [];
            _data.AddRange(value is [(byte)' ', ..] ? value[1..] : value);
            _hasData = true;
        }

        public readonly byte[] ToArray() => [.. _data];
    }
}
