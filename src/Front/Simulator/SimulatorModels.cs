using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>The models that the simulator lists. Requests may name any other as well.</summary>
internal static class SimulatorModels
{
    private const long Created = 1_700_000_000;

    private static readonly string[] Names = ["simulator-small", "simulator-large", "simulator-embedding"];

    /// <summary>The body of <c>GET models</c>.</summary>
    public static byte[] List() => SimulatorJson.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var name in Names)
        {
            Write(writer, name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>The body of <c>GET models/{id}</c>; null for an id that is not listed.</summary>
    public static byte[]? Find(string id) =>
        Array.IndexOf(Names, id) < 0 ? null : SimulatorJson.Write(writer => Write(writer, id));

    private static void Write(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, name);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, Created);
        writer.WriteString("owned_by"u8, SimulatedAnswer.Fingerprint);
        writer.WriteEndObject();
    }
}
