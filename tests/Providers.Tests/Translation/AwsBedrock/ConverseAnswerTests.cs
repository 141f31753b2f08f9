using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.AwsBedrock;
using GatewayActors.Providers.Tests.Translation.Anthropic;
using GatewayActors.Providers.Tests.Usage;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.AwsBedrock;

public sealed class ConverseAnswerTests
{
    private const string Model = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

    private static readonly Chat.Origin Origin = new("3b2f5a10-0000-4000-8000-00000000c0df", Model);

    [Fact]
    public void Answer_Whole_IsTheExpectedCompletion()
    {
        var (answer, fault) = Chat.Read(Call(), Origin with { Id = "3b2f5a10-0000-4000-8000-00000000c0de" }, isStream: false, includeUsage: false, Chat.Fixture("bedrock-converse-plain.response.json"));

        Assert.Null(fault);
        Chat.AssertJson(Encoding.UTF8.GetString(Chat.Fixture("bedrock-converse-plain.expected-openai.json")), JsonNode.Parse(answer));
    }

    [Fact]
    public void Stream_Whole_GivesTheExpectedChunks()
    {
        var (stream, fault) = Stream(Chat.Fixture("bedrock-converse-stream.response.eventstream"));

        Assert.Null(fault);
        Assert.Equal(Chat.Events(Encoding.UTF8.GetString(Chat.Fixture("bedrock-converse-stream.expected-openai.sse"))), Chat.Events(stream));
    }

    [Theory]
    [InlineData("bedrock-converse-stream")]
    [InlineData("bedrock-converse-stream-reasoning")]
    [InlineData("bedrock-converse-stream-exception")]
    public void Stream_CutAnywhere_GivesTheSame(string name)
    {
        var bytes = Chat.Fixture(name + ".response.eventstream");
        var whole = Stream(bytes);

        for (var at = 1; at < bytes.Length; at++)
        {
            Assert.Equal(whole, Stream(bytes[..at], bytes[at..]));
        }

        Assert.Equal(whole, Stream([.. bytes.Select(one => new[] { one })]));
    }

    [Fact]
    public void Stream_Reasoning_IsBesideTheContent()
    {
        var (stream, fault) = Stream(Chat.Fixture("bedrock-converse-stream-reasoning.response.eventstream"));

        Assert.Null(fault);
        Assert.Equal(
            [
                """{"content":"","role":"assistant"}""",
                """{"reasoning_content":"17*20=340; "}""",
                """{"reasoning_content":"17*3=51."}""",
                """{"reasoning_details":[{"format":"bedrock","index":0,"signature":"Zml4dHVyZS1zaWduYXR1cmUtbm90LWEtcmVhbC1vbmUtMDEyMzQ1Njc4OQ==","type":"reasoning.text"}]}""",
                """{"content":"391"}""",
                "{}",
            ],
            Deltas(stream));
    }

    [Fact]
    public void Stream_ExceptionInside_IsTheLastChunk()
    {
        var (stream, fault) = Stream(Chat.Fixture("bedrock-converse-stream-exception.response.eventstream"));

        Assert.Equal(429, fault?.Status);
        Chat.AssertJson(
            """{"error":{"message":"Too many tokens, please wait before trying again.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}""",
            JsonNode.Parse(Chat.Events(stream)[^1]));
    }

    [Fact]
    public void Stream_AnyByteChanged_NeverPassesAsWhole()
    {
        var bytes = Chat.Fixture("bedrock-converse-stream.response.eventstream");
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0x20;

            var (stream, fault) = Stream(changed);

            Assert.True(fault is { Status: 502 }, $"The byte at {at} was changed and nobody noticed.");
            Assert.DoesNotContain("[DONE]", stream, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Stream_CutOff_NeverPassesAsWhole()
    {
        var bytes = Chat.Fixture("bedrock-converse-stream.response.eventstream");
        var lastFrame = LastFrame(bytes);
        for (var length = 1; length < bytes.Length; length++)
        {
            if (length != lastFrame) // Between the reason and the usage the answer is whole.
            {
                Assert.Equal("upstream_cut", Stream(bytes[..length]).Fault?.Code);
            }
        }

        Assert.Null(Stream(bytes[..lastFrame]).Fault);
    }

    [Theory]
    [InlineData("validationException", "Bad.", 400, "invalid_request_error", "validationException")]
    [InlineData("validationException", "Input is too long for the model.", 400, "invalid_request_error", "context_length_exceeded")]
    [InlineData("modelStreamErrorException", "Oh.", 502, "server_error", "modelStreamErrorException")]
    [InlineData("modelTimeoutException", "Late.", 408, "timeout_error", "modelTimeoutException")]
    [InlineData("serviceUnavailableException", "Oh.", 503, "server_error", "serviceUnavailableException")]
    [InlineData("internalServerException", "Oh.", 500, "server_error", "internalServerException")]
    public void Stream_Exception_HasTheStatusOfItsType(string native, string message, int status, string type, string code) =>
        Assert.Equal(new(status, type, code, message), Stream(Frame([(":message-type", "exception"), (":exception-type", native)], $$"""{"message":"{{message}}"}""")).Fault);

    [Fact]
    public void Stream_ErrorFrame_IsAFault() =>
        Assert.Equal(new(500, "server_error", "InternalError", "Oh."), Stream(Frame([(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "Oh.")], "")).Fault);

    [Fact]
    public void Stream_RedactedReasoning_IsJoinedByItsBytes()
    {
        var (stream, _) = Stream(
            Event("messageStart", """{"role":"assistant"}"""),
            Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"YQ=="}}}"""),
            Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"Yg=="}}}"""),
            Event("contentBlockStop", """{"contentBlockIndex":0}"""),
            Event("metadata", """{"usage":{"inputTokens":1,"outputTokens":2}}"""),
            Event("messageStop", """{"stopReason":"end_turn"}"""));

        Assert.Contains("""{"reasoning_details":[{"data":"YWI=","format":"bedrock","index":0,"type":"reasoning.encrypted"}]}""", Deltas(stream));
        Assert.Equal(3, (int?)JsonNode.Parse(Chat.Events(stream)[^2])!["usage"]!["total_tokens"]); // although it came before the reason
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("something_new", "stop")]
    [InlineData("malformed_tool_use", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("content_filtered", "content_filter")]
    [InlineData("guardrail_intervened", "content_filter")]
    public void Answer_StopReason_BecomesAFinishReason(string native, string expected)
    {
        var (answer, _) = Whole($$$"""{"output":{"message":{"content":[{"text":"x"}]}},"stopReason":"{{{native}}}"}""");

        Assert.Equal(expected, (string?)JsonNode.Parse(answer)!["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("malformed_model_output")]
    [InlineData("malformed_tool_use")]
    public void Answer_MalformedWithNothingToUse_IsAFault(string reason)
    {
        var (answer, fault) = Whole($$$"""{"output":{"message":{"content":[]}},"stopReason":"{{{reason}}}"}""");

        Assert.Equal(502, fault?.Status);
        Assert.Equal(reason, fault?.Code);
        Assert.Empty(answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"message":"Oh."}""")]
    [InlineData("""{"output":{"message":{"content":"x"}},"stopReason":"end_turn"}""")]
    public void Answer_Unreadable_IsAFault(string body) => Assert.Equal("malformed_answer", Whole(body).Fault?.Code);

    [Fact]
    public void Answer_ReasoningAndCalls_KeepTheirPlaces()
    {
        var (answer, _) = Whole("""{"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"s"}}},{"reasoningContent":{"redactedContent":"ZA=="}},{"text":"So"},{"toolUse":{"toolUseId":"t","name":"f","input":{"a":1}}}]}},"stopReason":"tool_use"}""");

        Chat.AssertJson(
            """
            {"role":"assistant","content":"So","refusal":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],"reasoning_content":"Hm.",
             "reasoning_details":[{"type":"reasoning.text","index":0,"text":"Hm.","signature":"s","format":"bedrock"},{"type":"reasoning.encrypted","index":1,"data":"ZA==","format":"bedrock"}]}
            """,
            JsonNode.Parse(answer)!["choices"]![0]!["message"]);
    }

    private static ChatCall Call() => ConverseRequestTests.Call(Chat.With(""), Model);

    private static (string Answer, ChatFault? Fault) Stream(params ReadOnlySpan<byte[]> pieces) => Chat.Read(Call(), Origin, isStream: true, includeUsage: true, pieces);

    private static (string Answer, ChatFault? Fault) Whole(string body) => Chat.Read(Call(), Origin, isStream: false, includeUsage: false, Encoding.UTF8.GetBytes(body));

    private static List<string> Deltas(string stream) =>
        [.. Chat.Events(stream).Where(text => text != "[DONE]").Select(text => JsonNode.Parse(text)!["choices"]!.AsArray()).Where(choices => choices.Count > 0).Select(choices => choices[0]!["delta"]!.ToJsonString())];

    private static int LastFrame(byte[] bytes)
    {
        var at = 0;
        while (true)
        {
            var next = at + (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (next == bytes.Length)
            {
                return at;
            }

            at = next;
        }
    }

    internal static byte[] Event(string type, string payload) => Frame([(":message-type", "event"), (":event-type", type)], payload);

    private static byte[] Frame((string Name, string Value)[] headers, string payload)
    {
        var frame = Frames.Make(headers, Encoding.UTF8.GetBytes(payload));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Checksum(frame.AsSpan(0, 8)));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Checksum(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    /// <summary>Bit by bit, so that it shares nothing with what it tests.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ (0xEDB88320 & (uint)-(int)(sum & 1));
            }
        }

        return ~sum;
    }
}
