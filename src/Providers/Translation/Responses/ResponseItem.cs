using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Writes the items of a response.</summary>
internal static class ResponseItem
{
    private const int IdCharacters = 24;
    private const string IdAlphabet = "0123456789abcdef";

    public static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString(IdAlphabet, IdCharacters);

    /// <summary>An item as JSON.</summary>
    public static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten))
        {
            write(json);
        }

        return output.WrittenMemory;
    }

    /// <param name="json">Takes it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="text">What may be read of it; null for nothing.</param>
    /// <param name="encrypted">What must come back; null for nothing.</param>
    public static void WriteReasoning(Utf8JsonWriter json, string id, string? text, string? encrypted)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteStartArray("summary"u8);
        if (text is not null)
        {
            WriteSummary(json, text);
        }

        json.WriteEndArray();
        if (encrypted is not null)
        {
            json.WriteString("encrypted_content"u8, encrypted);
        }

        json.WriteEndObject();
    }

    public static void WriteSummary(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "summary_text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    /// <param name="json">Takes it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="part">Its part; null while it has just begun.</param>
    public static void WriteMessage(Utf8JsonWriter json, string id, ResponseText? part)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("status"u8, part is null ? "in_progress"u8 : "completed"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteStartArray("content"u8);
        part?.Write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <param name="json">Takes it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="call">The call.</param>
    /// <param name="input">The free text of a tool that takes one; null for arguments.</param>
    /// <param name="isDone">Whether it is whole.</param>
    public static void WriteCall(Utf8JsonWriter json, string id, BlockCall call, string? input, bool isDone)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, input is null ? "function_call"u8 : "custom_tool_call"u8);
        json.WriteString("status"u8, isDone ? "completed"u8 : "in_progress"u8);
        if (input is null)
        {
            json.WriteString("arguments"u8, isDone ? call.Arguments : "");
        }
        else
        {
            json.WriteString("input"u8, input);
        }

        json.WriteString("call_id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteEndObject();
    }

    /// <summary>The free text of a call whose tool takes one: what stands in its one argument, or all of it where the model wrote no JSON.</summary>
    public static string InputOf(BlockCall call) => call.ParseArguments()?.Text(ResponseTools.Input) ?? call.Arguments;

    /// <param name="json">Takes it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="url">The picture, as a data URL.</param>
    public static void WriteImage(Utf8JsonWriter json, string id, string url)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "image_generation_call"u8);
        json.WriteString("status"u8, "completed"u8);
        json.WriteString("result"u8, url[(url.IndexOf(',', StringComparison.Ordinal) + 1)..]);
        json.WriteEndObject();
    }
}
