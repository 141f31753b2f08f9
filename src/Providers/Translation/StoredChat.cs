using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>
/// Turns whole answers of OpenAI's chat completions from a stream into one object and back, for answers that are kept in one form and asked
/// for in the other. Fields it does not know stay. Pure.
/// </summary>
public static class StoredChat
{
    private static ReadOnlySpan<byte> Done => "[DONE]"u8;

    /// <summary>The completion that a stream adds up to.</summary>
    /// <param name="stream">A stream from its first to its last event.</param>
    /// <param name="needsUsage">Whether nobody expects one without its usage, as those do who did not ask for a stream.</param>
    /// <returns>Null if it is not one whole completion.</returns>
    public static ReadOnlyMemory<byte>? ToCompletion(ReadOnlySpan<byte> stream, bool needsUsage = true)
    {
        var completion = new MergedJson();
        var choices = new SortedDictionary<int, MergedJson>();
        if (!TryMerge(stream, completion, choices) || (needsUsage && completion["usage"] is not { IsNull: false }) || choices.Count == 0
            || choices.Values.Any(choice => choice["finish_reason"] is not { IsNull: false }))
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(stream.Length);
        using (var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten))
        {
            json.WriteStartObject();
            foreach (var (name, value) in completion.Members)
            {
                switch (name)
                {
                    case "object":
                        json.WriteString("object"u8, "chat.completion"u8);
                        break;
                    case "choices":
                        WriteChoices(json, choices);
                        break;
                    case "obfuscation":
                        break; // Of each chunk, against being read by its length.
                    default:
                        json.WritePropertyName(name);
                        value.Write(json);
                        break;
                }
            }

            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    /// <summary>A stream that adds up to a completion: for every choice one chunk with all of it and one that ends it.</summary>
    /// <param name="completion">The completion.</param>
    /// <param name="includeUsage">Whether the last chunk has the usage.</param>
    /// <returns>Null if it is not one whole completion, or lacks the usage that is to be included.</returns>
    public static ReadOnlyMemory<byte>? ToStream(ReadOnlySpan<byte> completion, bool includeUsage)
    {
        try
        {
            using var document = JsonDocument.Parse(completion.ToArray());
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("choices"u8, out var choices) || choices.ValueKind != JsonValueKind.Array
                || choices.GetArrayLength() == 0 || !choices.EnumerateArray().All(IsWhole)
                || (includeUsage && !(root.TryGetProperty("usage"u8, out var usage) && usage.ValueKind == JsonValueKind.Object)))
            {
                return null;
            }

            var output = new ArrayBufferWriter<byte>(completion.Length * 2);
            new CompletionChunks(root, includeUsage, output).Write(choices);
            return output.WrittenMemory;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The same stream with the chunk of its usage, or without it.</summary>
    /// <returns>Null if it is not one whole completion, or lacks the usage that is to be included.</returns>
    public static ReadOnlyMemory<byte>? WithUsage(ReadOnlyMemory<byte> stream, bool includeUsage)
    {
        var events = new SseEvents();
        if (!events.TryAppend(stream.Span))
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(stream.Length);
        var hasUsage = false;
        var hasUsageBesides = false; // Some providers state it in a chunk that has a choice, asked or not.
        try
        {
            while (events.TryTake(out var data) || events.TryTakeLast(out data))
            {
                if (!data.Span.SequenceEqual(Done) && HasUsage(data, out var isAlone))
                {
                    hasUsage |= isAlone;
                    hasUsageBesides |= !isAlone;
                    if (isAlone)
                    {
                        continue;
                    }
                }

                output.Write("data: "u8);
                output.Write(data.Span);
                output.Write("\n\n"u8);
            }
        }
        catch (JsonException)
        {
            return null;
        }

        if (includeUsage)
        {
            return hasUsage || hasUsageBesides ? stream : default(ReadOnlyMemory<byte>?); // Not null alone, which becomes an empty one.
        }

        return hasUsage ? output.WrittenMemory : stream;
    }

    /// <summary>Adds the chunks of a stream up.</summary>
    private static bool TryMerge(ReadOnlySpan<byte> stream, MergedJson completion, SortedDictionary<int, MergedJson> choices)
    {
        var events = new SseEvents();
        if (!events.TryAppend(stream))
        {
            return false;
        }

        try
        {
            while (events.TryTake(out var data) || events.TryTakeLast(out data))
            {
                if (data.Span.SequenceEqual(Done))
                {
                    return true;
                }

                using var chunk = JsonDocument.Parse(data);
                if (!TryMerge(chunk.RootElement, completion, choices))
                {
                    return false;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }

        return false; // It did not say that it is whole.
    }

    private static bool TryMerge(JsonElement chunk, MergedJson completion, SortedDictionary<int, MergedJson> choices)
    {
        if (chunk.ValueKind != JsonValueKind.Object || chunk.TryGetProperty("error"u8, out _))
        {
            return false;
        }

        completion.AddMembers(chunk);
        foreach (var choice in chunk.TryGetProperty("choices"u8, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default)
        {
            var index = choice.TryGetProperty("index"u8, out var number) && number.TryGetInt32(out var value) ? value : 0;
            if (!choices.TryGetValue(index, out var merged))
            {
                choices.Add(index, merged = new());
            }

            merged.Add(choice);
        }

        return true;
    }

    private static void WriteChoices(Utf8JsonWriter json, SortedDictionary<int, MergedJson> choices)
    {
        json.WriteStartArray("choices"u8);
        foreach (var (index, choice) in choices)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, index);
            WriteMessage(json, choice["delta"]);
            foreach (var (name, value) in choice.Members)
            {
                if (name is not ("index" or "delta" or "message")) // The last is Perplexity's: all of the message up to here, once more.
                {
                    json.WritePropertyName(name);
                    value.Write(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, MergedJson? delta)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        var content = delta?["content"];
        var hasCalls = delta?["tool_calls"] is not null || delta?["function_call"] is not null;
        json.WritePropertyName("content"u8);
        if (content is null || (content.IsEmptyText && hasCalls))
        {
            json.WriteNullValue(); // As a completion has it: a stream begins with an empty text all the same.
        }
        else
        {
            content.Write(json);
        }

        foreach (var (name, value) in delta?.Members ?? [])
        {
            if (name is not ("role" or "content"))
            {
                json.WritePropertyName(name);
                value.Write(json, without: name == "tool_calls" ? "index" : null);
            }
        }

        json.WriteEndObject();
    }

    private static bool IsWhole(JsonElement choice) =>
        choice.ValueKind == JsonValueKind.Object
        && choice.TryGetProperty("message"u8, out var message) && message.ValueKind == JsonValueKind.Object
        && choice.TryGetProperty("finish_reason"u8, out var reason) && reason.ValueKind == JsonValueKind.String;

    /// <summary>Whether a chunk states the usage, and nothing else.</summary>
    private static bool HasUsage(ReadOnlyMemory<byte> data, out bool isAlone)
    {
        using var chunk = JsonDocument.Parse(data);
        isAlone = chunk.RootElement.Member("choices") is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() == 0;
        return chunk.RootElement.Member("usage").IsObject;
    }
}
