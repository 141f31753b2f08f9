using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Writes one message as the events of a stream.</summary>
/// <param name="output">Takes the stream.</param>
internal sealed class MessageEvents(IBufferWriter<byte> output) : IDisposable
{
    private readonly EventWriter _events = new(output);

    public void Write(JsonElement message)
    {
        WriteStart(message);
        var index = 0;
        foreach (var block in message.Items("content"))
        {
            WriteBlock(index++, block);
        }

        WriteEnd(message);
    }

    public void Dispose() => _events.Dispose();

    /// <summary>What is known before anything is said.</summary>
    private void WriteStart(JsonElement message)
    {
        var json = Begin("message_start");
        json.WriteStartObject("message"u8);
        foreach (var member in message.EnumerateObject())
        {
            switch (member.Name)
            {
                case "content":
                    json.WriteStartArray("content"u8);
                    json.WriteEndArray();
                    break;
                case "stop_reason" or "stop_sequence":
                    json.WriteNull(member.Name);
                    break;
                case "usage":
                    WriteUsage(json, member.Value);
                    break;
                case "stop_details" or "context_management":
                    break; // Known at the end.
                default:
                    member.WriteTo(json);
                    break;
            }
        }

        json.WriteEndObject();
        Send();
    }

    private static void WriteUsage(Utf8JsonWriter json, JsonElement usage)
    {
        json.WriteStartObject("usage"u8);
        foreach (var member in usage.EnumerateObject())
        {
            if (member.NameEquals("output_tokens"u8))
            {
                json.WriteNumber("output_tokens"u8, 1); // As it is at the start of every stream; what counts is what the end says.
            }
            else
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private void WriteBlock(int index, JsonElement block)
    {
        var json = Begin("content_block_start", index);
        json.WriteStartObject("content_block"u8);
        foreach (var member in block.EnumerateObject())
        {
            if (IsText(block, member))
            {
                json.WriteString(member.Name, ""u8);
            }
            else if (IsInput(block, member))
            {
                json.WriteStartObject("input"u8);
                json.WriteEndObject();
            }
            else if (!IsCitations(block, member))
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
        Send();
        foreach (var member in block.EnumerateObject())
        {
            WriteDeltas(index, block, member);
        }

        Begin("content_block_stop", index);
        Send();
    }

    private void WriteDeltas(int index, JsonElement block, JsonProperty member)
    {
        if (IsText(block, member))
        {
            var json = BeginDelta(index, member.Name + "_delta");
            member.WriteTo(json);
            SendDelta();
        }
        else if (IsInput(block, member))
        {
            BeginDelta(index, "input_json_delta").WriteString("partial_json"u8, member.Value.GetRawText());
            SendDelta();
        }
        else if (IsCitations(block, member))
        {
            foreach (var citation in member.Value.EnumerateArray())
            {
                var json = BeginDelta(index, "citations_delta");
                json.WritePropertyName("citation"u8);
                citation.WriteTo(json);
                SendDelta();
            }
        }
    }

    private void WriteEnd(JsonElement message)
    {
        var json = Begin("message_delta");
        json.WriteStartObject("delta"u8);
        foreach (var member in message.EnumerateObject())
        {
            if (member.Name is "stop_reason" or "stop_sequence" or "stop_details")
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
        foreach (var member in message.EnumerateObject())
        {
            if (member.Name is "usage" or "context_management")
            {
                member.WriteTo(json);
            }
        }

        Send();
        Begin("message_stop");
        Send();
    }

    private static bool IsText(JsonElement block, JsonProperty member) => (block.Text("type"), member.Name) is ("text", "text") or ("thinking", "thinking" or "signature")
        && member.Value.ValueKind == JsonValueKind.String;

    private static bool IsInput(JsonElement block, JsonProperty member) => member.NameEquals("input"u8) && member.Value.ValueKind == JsonValueKind.Object
        && block.Text("type")?.EndsWith("tool_use", StringComparison.Ordinal) == true;

    private static bool IsCitations(JsonElement block, JsonProperty member) =>
        block.Text("type") == "text" && member.NameEquals("citations"u8) && member.Value.ValueKind == JsonValueKind.Array;

    private Utf8JsonWriter BeginDelta(int index, string type)
    {
        var json = Begin("content_block_delta", index);
        json.WriteStartObject("delta"u8);
        json.WriteString("type"u8, type);
        return json;
    }

    private void SendDelta()
    {
        _events.Json.WriteEndObject();
        Send();
    }

    private Utf8JsonWriter Begin(string name, int? index = null)
    {
        var json = _events.Begin(name);
        json.WriteStartObject();
        json.WriteString("type"u8, name);
        if (index is { } number)
        {
            json.WriteNumber("index"u8, number);
        }

        return json;
    }

    private void Send()
    {
        _events.Json.WriteEndObject();
        _events.End();
    }
}
