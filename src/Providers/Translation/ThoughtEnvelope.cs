using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>
/// What belongs to a model's reasoning and must come back as it is, put into the one opaque text that other formats have for it. So it
/// survives a client that knows nothing of its maker.
/// </summary>
internal static class ThoughtEnvelope
{
    /// <summary>What every envelope begins with; no provider's own begins so.</summary>
    public const string Prefix = "gw1.";

    private const string OfCall = "call"; // of the next call rather than of the reasoning

    /// <summary>An envelope for reasoning of which nothing but its text must come back.</summary>
    public static string Empty { get; } = Seal(static _ => { });

    /// <summary>Puts a detail in.</summary>
    /// <param name="detail">The detail.</param>
    /// <param name="text">The text that its signature covers, where the client may lose it; else null.</param>
    public static string Seal(ChatReasoningDetail detail, string? text) => Seal(json =>
    {
        json.WriteString("type"u8, detail.Data is null ? "reasoning.text"u8 : "reasoning.encrypted"u8);
        json.WriteString("format"u8, detail.Format);
        Write(json, "text", text);
        Write(json, "signature", detail.Signature);
        Write(json, "data", detail.Data);
    });

    /// <summary>Puts in what Google wants back with the next call.</summary>
    public static string SealCall(string signature) => Seal(json => json.WriteString(OfCall, signature));

    /// <summary>Takes out what was put in; undefined if it is no envelope, or a broken one.</summary>
    public static JsonElement Open(string? envelope)
    {
        if (envelope?.StartsWith(Prefix, StringComparison.Ordinal) != true)
        {
            return default;
        }

        try
        {
            var opened = JsonElement.Parse(Convert.FromBase64String(envelope[Prefix.Length..]));
            return opened.IsObject ? opened : default;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return default;
        }
    }

    /// <summary>What Google wants back with the next call; null if this is something else.</summary>
    public static string? CallSignature(JsonElement opened) => opened.Text(OfCall);

    private static string Seal(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer, ChunkWriter.AsWritten))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Prefix + Convert.ToBase64String(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
