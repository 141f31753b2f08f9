using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>Chat completions, whole and streamed.</summary>
internal sealed class SimulatorChat : ISimulatorScript
{
    private static readonly JsonEncodedText Content = JsonEncodedText.Encode("content");

    private readonly SimulatedAnswer _answer;
    private readonly byte[] _prefix;
    private readonly byte[] _suffix;
    private Utf8JsonWriter? _textWriter;

    /// <summary>A streamed completion.</summary>
    public SimulatorChat(SimulatedAnswer answer)
    {
        _answer = answer;

        // What all chunks share is written once: this runs in load tests.
        _prefix = [.. "data: "u8, .. SimulatorJson.Write(WriteHead)];
        _suffix = answer.Request.IncludeUsage ? ",\"usage\":null}\n\n"u8.ToArray() : "}\n\n"u8.ToArray();
    }

    public int Chunks => _answer.Request.Tool is null ? _answer.Chunks : 1;

    private string FinishReason => _answer switch
    {
        { Request.Tool: not null } => "tool_calls",
        { IsCut: true } => "length",
        _ => "stop",
    };

    /// <summary>A whole completion.</summary>
    public static byte[] Whole(SimulatedAnswer answer)
    {
        var chat = new SimulatorChat(answer);
        return SimulatorJson.Write(writer =>
        {
            writer.WriteStartObject();
            chat.WriteIdentity(writer, "chat.completion");
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            writer.WriteStartObject("message"u8);
            writer.WriteString("role"u8, "assistant"u8);
            if (answer.Request.Tool is null)
            {
                SimulatorJson.WriteText(writer, Content, answer.Text, ..);
            }
            else
            {
                writer.WriteNull(Content);
                chat.WriteToolCall(writer, SimulatedAnswer.ToolArguments, isDelta: false);
            }

            writer.WriteNull("refusal"u8);
            writer.WriteEndObject();
            writer.WriteNull("logprobs"u8);
            writer.WriteString("finish_reason"u8, chat.FinishReason);
            writer.WriteEndObject();
            writer.WriteEndArray();
            chat.WriteUsage(writer);
            writer.WriteEndObject();
        });
    }

    public void WriteChunk(int index, IBufferWriter<byte> buffer)
    {
        if (index == 0)
        {
            WriteChoice(buffer, finishReason: null, writer =>
            {
                writer.WriteString("role"u8, "assistant"u8);
                if (_answer.Request.Tool is null)
                {
                    writer.WriteString(Content, ""u8);
                }
                else
                {
                    writer.WriteNull(Content);
                    WriteToolCall(writer, "", isDelta: true);
                }
            });
        }

        if (_answer.Request.Tool is null)
        {
            WriteText(index, buffer);
            return;
        }

        WriteChoice(buffer, finishReason: null, writer =>
        {
            writer.WriteStartArray("tool_calls"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            writer.WriteStartObject("function"u8);
            writer.WriteString("arguments"u8, SimulatedAnswer.ToolArguments);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
        });
    }

    public void WriteEnd(IBufferWriter<byte> buffer)
    {
        WriteChoice(buffer, FinishReason, static _ => { });
        if (_answer.Request.IncludeUsage)
        {
            buffer.Write("data: "u8);
            SimulatorJson.Write(buffer, writer =>
            {
                writer.WriteStartObject();
                WriteIdentity(writer, "chat.completion.chunk");
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                WriteUsage(writer);
                writer.WriteEndObject();
            });
            buffer.Write("\n\n"u8);
        }

        buffer.Write("data: [DONE]\n\n"u8);
    }

    public void WriteError(SimulatorProblem problem, IBufferWriter<byte> buffer)
    {
        buffer.Write("data: "u8);
        SimulatorJson.Write(buffer, problem.Write);
        buffer.Write("\n\n"u8);
    }

    /// <summary>The start of a chunk's object, left open.</summary>
    private void WriteHead(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteIdentity(writer, "chat.completion.chunk");
    }

    private void WriteIdentity(Utf8JsonWriter writer, string kind)
    {
        writer.WriteString("id"u8, "chatcmpl-" + _answer.Hash[..24]);
        writer.WriteString("object"u8, kind);
        writer.WriteNumber("created"u8, _answer.Created);
        writer.WriteString("model"u8, _answer.Request.Model);
        writer.WriteString("system_fingerprint"u8, SimulatedAnswer.Fingerprint);
    }

    private void WriteChoice(IBufferWriter<byte> buffer, string? finishReason, Action<Utf8JsonWriter> writeDelta)
    {
        buffer.Write(_prefix);
        buffer.Write(",\"choices\":["u8);
        SimulatorJson.Write(buffer, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            writer.WriteStartObject("delta"u8);
            writeDelta(writer);
            writer.WriteEndObject();
            writer.WriteNull("logprobs"u8);
            writer.WriteString("finish_reason"u8, finishReason);
            writer.WriteEndObject();
        });
        buffer.Write("]"u8);
        buffer.Write(_suffix);
    }

    /// <summary>As <see cref="WriteChoice"/>, for the one chunk that a load test makes by the million.</summary>
    private void WriteText(int index, IBufferWriter<byte> buffer)
    {
        buffer.Write(_prefix);
        buffer.Write(",\"choices\":[{\"index\":0,\"delta\":{\"content\":"u8);
        _textWriter ??= SimulatorJson.CreateWriter(buffer);
        _textWriter.Reset(buffer);
        SimulatorJson.WriteText(_textWriter, name: null, _answer.Text, _answer.Text.Piece(index, Chunks));
        _textWriter.Flush();
        buffer.Write("},\"logprobs\":null,\"finish_reason\":null}]"u8);
        buffer.Write(_suffix);
    }

    private void WriteToolCall(Utf8JsonWriter writer, string arguments, bool isDelta)
    {
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        if (isDelta)
        {
            writer.WriteNumber("index"u8, 0);
        }

        writer.WriteString("id"u8, _answer.ToolCallId);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, _answer.Request.Tool);
        writer.WriteString("arguments"u8, arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteUsage(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, _answer.InputTokens);
        writer.WriteNumber("completion_tokens"u8, _answer.OutputTokens);
        writer.WriteNumber("total_tokens"u8, _answer.InputTokens + _answer.OutputTokens);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
