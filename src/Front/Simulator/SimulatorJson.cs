using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>Writes JSON the way providers do: without needless escapes.</summary>
internal static class SimulatorJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Makes a document.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        Write(buffer, write);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Appends a document.</summary>
    public static void Write(IBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        using var writer = CreateWriter(buffer);
        write(writer);
    }

    /// <summary>Makes a writer.</summary>
    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> buffer) => new(buffer, Options);

    /// <summary>Writes a part of a text as a member, or as a value where there is no name.</summary>
    public static void WriteText(Utf8JsonWriter writer, JsonEncodedText? name, SimulatedText text, Range range)
    {
        var (_, length) = range.GetOffsetAndLength(text.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            text.CopyTo(range, bytes);
            if (name is { } member)
            {
                writer.WritePropertyName(member);
            }

            writer.WriteStringValue(bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
