using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Writes one response as the events of a stream.</summary>
/// <param name="output">Takes the stream.</param>
internal sealed class ResponseEvents(IBufferWriter<byte> output) : IDisposable
{
    private readonly EventWriter _events = new(output);
    private int _sequence;
    private int _item;
    private string? _itemId;

    public void Write(JsonElement response)
    {
        WriteResponse("response.created", response, isDone: false);
        WriteResponse("response.in_progress", response, isDone: false);
        foreach (var item in response.Items("output"))
        {
            _itemId = item.Text("id");
            WriteItem("response.output_item.added", item, isDone: false);
            WriteParts(item);
            WriteItem("response.output_item.done", item, isDone: true);
            _item++;
        }

        WriteResponse("response.completed", response, isDone: true);
    }

    public void Dispose() => _events.Dispose();

    /// <summary>What a member is before the answer has come to it; false for one that is known from the start.</summary>
    private static bool TryWriteEmpty(Utf8JsonWriter json, JsonProperty member)
    {
        switch (member.Name)
        {
            case "status":
                json.WriteString("status"u8, "in_progress"u8);
                return true;
            case "output" or "content" or "summary" when member.Value.ValueKind == JsonValueKind.Array:
                json.WriteStartArray(member.Name);
                json.WriteEndArray();
                return true;
            case "arguments" or "input" or "text" or "refusal" when member.Value.ValueKind == JsonValueKind.String:
                json.WriteString(member.Name, ""u8);
                return true;
            case "annotations" or "logprobs" when member.Value.ValueKind == JsonValueKind.Array:
                json.WriteStartArray(member.Name);
                json.WriteEndArray();
                return true;
            case "usage" or "completed_at":
                json.WriteNull(member.Name);
                return true;
            default:
                return false;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, string name, JsonElement value, bool isDone)
    {
        json.WritePropertyName(name);
        if (isDone)
        {
            value.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            if (!TryWriteEmpty(json, member))
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private void WriteParts(JsonElement item)
    {
        switch (item.Text("type"))
        {
            case "function_call":
                WriteText("response.function_call_arguments", null, 0, "arguments", item.Text("arguments"), item.Member("name"));
                break;
            case "custom_tool_call":
                WriteText("response.custom_tool_call_input", null, 0, "input", item.Text("input"));
                break;
            case "reasoning":
                WriteSummary(item);
                WriteContent(item);
                break;
            case "message":
                WriteContent(item);
                break;
        }
    }

    private void WriteSummary(JsonElement item)
    {
        var index = 0;
        foreach (var part in item.Items("summary"))
        {
            WritePart("response.reasoning_summary_part.added", "summary_index", index, part, isDone: false);
            WriteText("response.reasoning_summary_text", "summary_index", index, "text", part.Text("text"));
            WritePart("response.reasoning_summary_part.done", "summary_index", index++, part, isDone: true);
        }
    }

    private void WriteContent(JsonElement item)
    {
        var index = 0;
        foreach (var part in item.Items("content"))
        {
            WritePart("response.content_part.added", "content_index", index, part, isDone: false);
            switch (part.Text("type"))
            {
                case "output_text":
                    WriteText("response.output_text", "content_index", index, "text", part.Text("text"), part.Member("logprobs"));
                    break;
                case "refusal":
                    WriteText("response.refusal", "content_index", index, "refusal", part.Text("refusal"));
                    break;
                case "reasoning_text":
                    WriteText("response.reasoning_text", "content_index", index, "text", part.Text("text"));
                    break;
            }

            WriteAnnotations(index, part);
            WritePart("response.content_part.done", "content_index", index++, part, isDone: true);
        }
    }

    private void WriteAnnotations(int index, JsonElement part)
    {
        var number = 0;
        foreach (var annotation in part.Items("annotations"))
        {
            var json = Begin("response.output_text.annotation.added", "content_index", index);
            json.WriteNumber("annotation_index"u8, number++);
            json.WritePropertyName("annotation"u8);
            annotation.WriteTo(json);
            Send();
        }
    }

    /// <summary>All of a text in one piece, and the event that repeats it.</summary>
    /// <param name="name">What its events are called.</param>
    /// <param name="indexName">How its place in the item is called; null where an item has but one.</param>
    /// <param name="index">That place.</param>
    /// <param name="member">How the text is called where it is repeated.</param>
    /// <param name="text">The text.</param>
    /// <param name="beside">The name of a call, or the probabilities of a text's tokens.</param>
    private void WriteText(string name, string? indexName, int index, string member, string? text, JsonElement beside = default)
    {
        var json = Begin(name + ".delta", indexName, index);
        json.WriteString("delta"u8, text ?? "");
        if (name == "response.output_text")
        {
            WriteProbabilities(json, beside);
        }

        Send();
        json = Begin(name + ".done", indexName, index);
        json.WriteString(member, text ?? "");
        if (name == "response.output_text")
        {
            WriteProbabilities(json, beside);
        }
        else if (beside.IsDefined)
        {
            json.WritePropertyName("name"u8);
            beside.WriteTo(json);
        }

        Send();
    }

    private static void WriteProbabilities(Utf8JsonWriter json, JsonElement probabilities)
    {
        json.WritePropertyName("logprobs"u8);
        if (probabilities.ValueKind == JsonValueKind.Array)
        {
            probabilities.WriteTo(json);
        }
        else
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }
    }

    private void WriteResponse(string name, JsonElement response, bool isDone)
    {
        WriteObject(Open(name), "response", response, isDone);
        Send();
    }

    private void WriteItem(string name, JsonElement item, bool isDone)
    {
        var json = Open(name);
        json.WriteNumber("output_index"u8, _item);
        WriteObject(json, "item", item, isDone);
        Send();
    }

    private void WritePart(string name, string indexName, int index, JsonElement part, bool isDone)
    {
        WriteObject(Begin(name, indexName, index), "part", part, isDone);
        Send();
    }

    private Utf8JsonWriter Begin(string name, string? indexName, int index)
    {
        var json = Open(name);
        json.WriteString("item_id"u8, _itemId);
        json.WriteNumber("output_index"u8, _item);
        if (indexName is not null)
        {
            json.WriteNumber(indexName, index);
        }

        return json;
    }

    private Utf8JsonWriter Open(string name)
    {
        var json = _events.Begin(name);
        json.WriteStartObject();
        json.WriteString("type"u8, name);
        json.WriteNumber("sequence_number"u8, _sequence++);
        return json;
    }

    private void Send()
    {
        _events.Json.WriteEndObject();
        _events.End();
    }
}
