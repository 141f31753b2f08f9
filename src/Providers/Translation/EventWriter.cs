using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Writes server-sent events that have a name and JSON data; whole events only. Not thread-safe.</summary>
internal sealed class EventWriter(IBufferWriter<byte> output) : IDisposable
{
    /// <summary>Takes the data of the event that was begun.</summary>
    public Utf8JsonWriter Json { get; } = new(output, ChunkWriter.AsWritten);

    /// <summary>Begins an event: its data is an object that repeats the name.</summary>
    public Utf8JsonWriter Begin(string name)
    {
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(name, output);
        output.Write("\ndata: "u8);
        Json.Reset();
        return Json;
    }

    /// <summary>Ends the event.</summary>
    public void End()
    {
        Json.Flush();
        output.Write("\n\n"u8);
    }

    public void Dispose() => Json.Dispose();
}
