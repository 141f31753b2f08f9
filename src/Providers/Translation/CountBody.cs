using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Puts a translated request into one that asks for its tokens.</summary>
internal static class CountBody
{
    /// <summary>Writes some of a request's members.</summary>
    /// <param name="request">The request in the provider's format.</param>
    /// <param name="holders">The objects that it stands in, the outermost first.</param>
    /// <param name="members">What counts of it.</param>
    public static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> request, string[] holders, params string[] members) =>
        Write(holders, json =>
        {
            using var document = JsonDocument.Parse(request);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (members.Contains(member.Name))
                {
                    member.WriteTo(json);
                }
            }
        });

    /// <summary>Writes all of a request, and a member more.</summary>
    /// <inheritdoc cref="Write(ReadOnlyMemory{byte}, string[], string[])"/>
    public static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> request, string[] holders, KeyValuePair<string, string> added) =>
        Write(holders, json =>
        {
            json.WriteString(added.Key, added.Value);
            using var document = JsonDocument.Parse(request);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                member.WriteTo(json);
            }
        });

    private static ReadOnlyMemory<byte> Write(string[] holders, Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        json.WriteStartObject();
        foreach (var holder in holders)
        {
            json.WriteStartObject(holder);
        }

        write(json);
        for (var depth = 0; depth <= holders.Length; depth++)
        {
            json.WriteEndObject();
        }

        json.Flush();
        return output.WrittenMemory;
    }
}
