using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>OpenAI's Responses, whole and streamed.</summary>
internal sealed class SimulatorResponses(SimulatedAnswer answer) : ISimulatorScript
{
    private static readonly JsonEncodedText Text = JsonEncodedText.Encode("text");
    private static readonly JsonEncodedText Delta = JsonEncodedText.Encode("delta");

    private int _sequence;

    public int Chunks => answer.Request.Tool is null ? answer.Chunks : 1;

    private bool IsTool => answer.Request.Tool is not null;

    private string ItemId => (IsTool ? "fc_" : "msg_") + answer.Hash;

    /// <summary>A whole response.</summary>
    public static byte[] Whole(SimulatedAnswer answer) =>
        SimulatorJson.Write(writer => new SimulatorResponses(answer).WriteResponse(writer, isDone: true));

    public void WriteChunk(int index, IBufferWriter<byte> buffer)
    {
        if (index == 0)
        {
            WriteEvent(buffer, "response.created", writer =>
            {
                writer.WritePropertyName("response"u8);
                WriteResponse(writer, isDone: false);
            });
            WriteEvent(buffer, "response.output_item.added", writer =>
            {
                writer.WriteNumber("output_index"u8, 0);
                writer.WritePropertyName("item"u8);
                WriteItem(writer, isDone: false);
            });
            if (!IsTool)
            {
                WriteEvent(buffer, "response.content_part.added", writer =>
                {
                    WritePlace(writer);
                    writer.WritePropertyName("part"u8);
                    WritePart(writer, isDone: false);
                });
            }
        }

        WriteEvent(buffer, IsTool ? "response.function_call_arguments.delta" : "response.output_text.delta", writer =>
        {
            WritePlace(writer);
            if (IsTool)
            {
                writer.WriteString(Delta, SimulatedAnswer.ToolArguments);
            }
            else
            {
                SimulatorJson.WriteText(writer, Delta, answer.Text, answer.Text.Piece(index, Chunks));
            }
        });
    }

    public void WriteEnd(IBufferWriter<byte> buffer)
    {
        if (IsTool)
        {
            WriteEvent(buffer, "response.function_call_arguments.done", writer =>
            {
                WritePlace(writer);
                writer.WriteString("arguments"u8, SimulatedAnswer.ToolArguments);
            });
        }
        else
        {
            WriteEvent(buffer, "response.output_text.done", writer =>
            {
                WritePlace(writer);
                SimulatorJson.WriteText(writer, Text, answer.Text, ..);
            });
            WriteEvent(buffer, "response.content_part.done", writer =>
            {
                WritePlace(writer);
                writer.WritePropertyName("part"u8);
                WritePart(writer, isDone: true);
            });
        }

        WriteEvent(buffer, "response.output_item.done", writer =>
        {
            writer.WriteNumber("output_index"u8, 0);
            writer.WritePropertyName("item"u8);
            WriteItem(writer, isDone: true);
        });
        WriteEvent(buffer, answer.IsCut ? "response.incomplete" : "response.completed", writer =>
        {
            writer.WritePropertyName("response"u8);
            WriteResponse(writer, isDone: true);
        });
    }

    public void WriteError(SimulatorProblem problem, IBufferWriter<byte> buffer) =>
        WriteEvent(buffer, "error", writer =>
        {
            writer.WriteString("code"u8, problem.Code ?? problem.Type);
            writer.WriteString("message"u8, problem.Message);
            writer.WriteString("param"u8, problem.Param);
        });

    private void WriteEvent(IBufferWriter<byte> buffer, string type, Action<Utf8JsonWriter> writeMembers)
    {
        buffer.Write("event: "u8);
        Encoding.UTF8.GetBytes(type.AsSpan(), buffer);
        buffer.Write("\ndata: "u8);
        SimulatorJson.Write(buffer, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteNumber("sequence_number"u8, _sequence++);
            writeMembers(writer);
            writer.WriteEndObject();
        });
        buffer.Write("\n\n"u8);
    }

    private void WritePlace(Utf8JsonWriter writer)
    {
        writer.WriteString("item_id"u8, ItemId);
        writer.WriteNumber("output_index"u8, 0);
        if (!IsTool)
        {
            writer.WriteNumber("content_index"u8, 0);
        }
    }

    private void WriteResponse(Utf8JsonWriter writer, bool isDone)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, "resp_" + answer.Hash);
        writer.WriteString("object"u8, "response"u8);
        writer.WriteNumber("created_at"u8, answer.Created);
        writer.WriteString("status"u8, !isDone ? "in_progress"u8 : answer.IsCut ? "incomplete"u8 : "completed"u8);
        writer.WriteNull("error"u8);
        if (isDone && answer.IsCut)
        {
            writer.WriteStartObject("incomplete_details"u8);
            writer.WriteString("reason"u8, "max_output_tokens"u8);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("incomplete_details"u8);
        }

        writer.WriteString("model"u8, answer.Request.Model);
        writer.WriteString("system_fingerprint"u8, SimulatedAnswer.Fingerprint);
        writer.WriteStartArray("output"u8);
        if (isDone)
        {
            WriteItem(writer, isDone: true);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("parallel_tool_calls"u8, true);
        writer.WriteString("tool_choice"u8, IsTool ? "required"u8 : "auto"u8);
        writer.WriteStartArray("tools"u8);
        writer.WriteEndArray();
        WriteUsage(writer, isDone);
        writer.WriteEndObject();
    }

    private void WriteItem(Utf8JsonWriter writer, bool isDone)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, ItemId);
        writer.WriteString("type"u8, IsTool ? "function_call"u8 : "message"u8);
        writer.WriteString("status"u8, !isDone ? "in_progress"u8 : answer.IsCut ? "incomplete"u8 : "completed"u8);
        if (IsTool)
        {
            writer.WriteString("call_id"u8, answer.ToolCallId);
            writer.WriteString("name"u8, answer.Request.Tool);
            writer.WriteString("arguments"u8, isDone ? SimulatedAnswer.ToolArguments : "");
        }
        else
        {
            writer.WriteString("role"u8, "assistant"u8);
            writer.WriteStartArray("content"u8);
            if (isDone)
            {
                WritePart(writer, isDone: true);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WritePart(Utf8JsonWriter writer, bool isDone)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "output_text"u8);
        SimulatorJson.WriteText(writer, Text, answer.Text, isDone ? .. : 0..0);
        writer.WriteStartArray("annotations"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteUsage(Utf8JsonWriter writer, bool isDone)
    {
        if (!isDone)
        {
            writer.WriteNull("usage"u8);
            return;
        }

        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("input_tokens"u8, answer.InputTokens);
        writer.WriteStartObject("input_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens"u8, answer.OutputTokens);
        writer.WriteStartObject("output_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens"u8, answer.InputTokens + answer.OutputTokens);
        writer.WriteEndObject();
    }
}
