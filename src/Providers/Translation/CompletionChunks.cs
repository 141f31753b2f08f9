using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Writes one completion as a stream of chunks.</summary>
/// <param name="completion">The completion.</param>
/// <param name="includeUsage">Whether the last chunk has the usage.</param>
/// <param name="output">Takes the stream.</param>
internal sealed class CompletionChunks(JsonElement completion, bool includeUsage, IBufferWriter<byte> output)
{
    private bool _hasBegun;

    public void Write(JsonElement choices)
    {
        foreach (var choice in choices.EnumerateArray())
        {
            WriteChunk(json => WriteWhole(json, choice));
            WriteChunk(json => WriteEnd(json, choice));
        }

        if (includeUsage)
        {
            WriteChunk(null);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    /// <param name="choice">Writes the members of its one choice; null for none, which the chunk of the usage has.</param>
    private void WriteChunk(Action<Utf8JsonWriter>? choice)
    {
        output.Write("data: "u8);
        using (var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten))
        {
            json.WriteStartObject();
            WriteTop(json);
            json.WriteStartArray("choices"u8);
            if (choice is not null)
            {
                json.WriteStartObject();
                choice(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (includeUsage && choice is not null)
            {
                json.WriteNull("usage"u8);
            }
            else if (choice is null)
            {
                json.WritePropertyName("usage"u8);
                completion.GetProperty("usage"u8).WriteTo(json);
            }

            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
        _hasBegun = true;
    }

    /// <summary>What stands in every chunk; what is long stands in the first.</summary>
    private void WriteTop(Utf8JsonWriter json)
    {
        foreach (var member in completion.EnumerateObject())
        {
            switch (member.Name)
            {
                case "choices" or "usage":
                    break;
                case "object":
                    json.WriteString("object"u8, "chat.completion.chunk"u8);
                    break;
                default:
                    if (!_hasBegun || member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                    {
                        member.WriteTo(json);
                    }

                    break;
            }
        }
    }

    private static void WriteWhole(Utf8JsonWriter json, JsonElement choice)
    {
        WriteIndex(json, choice);
        json.WriteStartObject("delta"u8);
        foreach (var member in choice.GetProperty("message"u8).EnumerateObject())
        {
            if (member.Name == "tool_calls" && member.Value.ValueKind == JsonValueKind.Array)
            {
                WriteCalls(json, member.Value);
            }
            else
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
        foreach (var member in choice.EnumerateObject())
        {
            if (member.Name is not ("index" or "message" or "finish_reason"))
            {
                member.WriteTo(json);
            }
        }

        json.WriteNull("finish_reason"u8);
    }

    private static void WriteEnd(Utf8JsonWriter json, JsonElement choice)
    {
        WriteIndex(json, choice);
        json.WriteStartObject("delta"u8);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WritePropertyName("finish_reason"u8);
        choice.GetProperty("finish_reason"u8).WriteTo(json);
    }

    private static void WriteIndex(Utf8JsonWriter json, JsonElement choice) =>
        json.WriteNumber("index"u8, choice.TryGetProperty("index"u8, out var index) && index.TryGetInt32(out var number) ? number : 0);

    /// <summary>In a stream a call has a number, by which its pieces find together.</summary>
    private static void WriteCalls(Utf8JsonWriter json, JsonElement calls)
    {
        json.WriteStartArray("tool_calls"u8);
        var number = 0;
        foreach (var call in calls.EnumerateArray())
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, number++);
            foreach (var member in call.EnumerateObject())
            {
                if (member.Name != "index")
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
