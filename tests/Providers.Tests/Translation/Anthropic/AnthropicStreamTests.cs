using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Anthropic;

public sealed class AnthropicStreamTests
{
    private const string Start = """{"type":"message_start","message":{"id":"msg_1","model":"claude-x","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}""";
    private const string End = """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}""";

    public static TheoryData<string, bool> Fixtures => new()
    {
        { "anthropic-messages-stream", true },
        { "anthropic-messages-stream-tools", false },
        { "anthropic-messages-thinking-stream", true },
    };

    [Theory, MemberData(nameof(Fixtures))]
    public void Stream_Whole_GivesTheExpectedChunks(string name, bool includeUsage)
    {
        var call = Chat.Call(Chat.With("\"stream\":true"));

        var (stream, fault) = Chat.Read(call, isStream: true, includeUsage, Chat.Fixture(name + ".response.sse"));

        Assert.Null(fault);
        Assert.Equal(Chat.Events(Encoding.UTF8.GetString(Chat.Fixture(name + ".expected-openai.sse"))), Chat.Events(stream));
        Assert.EndsWith("data: [DONE]\n\n", stream, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Stream_CutAnywhere_GivesTheSame(string name, bool includeUsage)
    {
        var call = Chat.Call(Chat.With("\"stream\":true"));
        var bytes = Chat.Fixture(name + ".response.sse");
        var (whole, _) = Chat.Read(call, isStream: true, includeUsage, bytes);

        for (var at = 1; at < bytes.Length; at++)
        {
            Assert.Equal(whole, Chat.Read(call, isStream: true, includeUsage, bytes[..at], bytes[at..]).Answer);
        }

        Assert.Equal(whole, Chat.Read(call, isStream: true, includeUsage, [.. bytes.Select(one => new[] { one })]).Answer);
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Stream_EndsBeforeItsReason_FailsWithoutDone(string name, bool includeUsage)
    {
        var call = Chat.Call(Chat.With("\"stream\":true"));
        var bytes = Chat.Fixture(name + ".response.sse");
        var reason = bytes.AsSpan().IndexOf("message_delta"u8);

        var (stream, fault) = Chat.Read(call, isStream: true, includeUsage, bytes[..reason]);

        Assert.Equal("upstream_cut", fault?.Code);
        Assert.DoesNotContain("[DONE]", stream, StringComparison.Ordinal);
        Assert.Equal("upstream_cut", (string?)JsonNode.Parse(Chat.Events(stream)[^1])!["error"]!["code"]);
    }

    [Fact]
    public void Stream_ErrorInside_IsTheLastChunk()
    {
        var call = Chat.Call(Chat.With("\"stream\":true"));

        var (stream, fault) = Chat.Read(call, isStream: true, includeUsage: true, Chat.Fixture("anthropic-messages-stream-error.response.sse"));

        Assert.Equal(529, fault?.Status);
        Chat.AssertJson(
            """{"error":{"message":"Overloaded","type":"overloaded_error","param":null,"code":"overloaded_error"}}""",
            JsonNode.Parse(Chat.Events(stream)[^1]));
        Assert.Contains("\"content\":\"H\"", stream, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", stream, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invalid_request_error", "Bad.", 400, "invalid_request_error", "invalid_request_error")]
    [InlineData("invalid_request_error", "prompt is too long: 9 tokens", 400, "invalid_request_error", "context_length_exceeded")]
    [InlineData("authentication_error", "No.", 401, "authentication_error", "authentication_error")]
    [InlineData("billing_error", "No.", 402, "insufficient_quota", "billing_error")]
    [InlineData("permission_error", "No.", 403, "permission_error", "permission_error")]
    [InlineData("not_found_error", "model: x", 404, "not_found_error", "model_not_found")]
    [InlineData("request_too_large", "No.", 413, "invalid_request_error", "request_too_large")]
    [InlineData("rate_limit_error", "Slow.", 429, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData("timeout_error", "Late.", 504, "timeout_error", "timeout_error")]
    [InlineData("api_error", "Oh.", 500, "server_error", "api_error")]
    [InlineData("new_error", "Oh.", 500, "server_error", "new_error")]
    public void Stream_Error_HasTheStatusOfItsType(string native, string message, int status, string type, string code)
    {
        var (_, fault) = Chat.Read(Chat.Call(Chat.With("")), isStream: true, includeUsage: false, Chat.Sse($$$"""{"type":"error","error":{"type":"{{{native}}}","message":"{{{message}}}"}}"""));

        Assert.Equal(new(status, type, code, message), fault);
    }

    [Fact]
    public void Stream_Ping_BecomesAComment()
    {
        var (stream, _) = Chat.Read(Chat.Call(Chat.With("")), isStream: true, includeUsage: false, Chat.Sse(Start, """{"type":"ping"}""", End));

        Assert.Contains("\n\n: ping\n\n", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_BlocksOfTheServer_ArePassedOver()
    {
        var (stream, fault) = Chat.Read(Chat.Call(Chat.With("")), isStream: true, includeUsage: false, Chat.Sse(
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"srv","name":"web_search","input":{}}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"query\":\"x\"}"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"web_search_tool_result","content":[]}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"So"}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://example.test/a","title":"A"}}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"char_location","document_index":0}}}""",
            """{"type":"content_block_stop","index":2}""",
            End));

        Assert.Null(fault);
        var deltas = Chat.Events(stream).SkipLast(1).Select(text => JsonNode.Parse(text)!["choices"]![0]!["delta"]!.ToJsonString()).ToList();
        Assert.Equal(
            [
                """{"content":"","role":"assistant"}""",
                """{"content":"So"}""",
                """{"annotations":[{"type":"url_citation","url_citation":{"title":"A","url":"https://example.test/a"}}]}""",
                "{}",
            ],
            deltas);
    }

    [Fact]
    public void Stream_CallInTheStart_IsWholeAtOnce()
    {
        var (stream, _) = Chat.Read(Chat.Call(Chat.With("")), isStream: true, includeUsage: false, Chat.Sse(
            """{"type":"message_start","message":{"id":"msg_1","model":"m","content":[{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}],"usage":{}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{}}"""));

        Assert.Contains("\"id\":\"t1\"", stream, StringComparison.Ordinal);
        Assert.Contains("""{"index":0,"function":{"arguments":"{\"a\":1}"}}""", stream, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"tool_calls\"", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_SecondMessage_IsAFaultUnlessItIsTheSame()
    {
        var call = Chat.Call(Chat.With(""));
        var other = Start.Replace("msg_1", "msg_2", StringComparison.Ordinal);

        Assert.Null(Chat.Read(call, isStream: true, includeUsage: false, Chat.Sse(Start, Start, End)).Fault);
        Assert.Equal("malformed_answer", Chat.Read(call, isStream: true, includeUsage: false, Chat.Sse(Start, other, End)).Fault?.Code);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"type\":")]
    [InlineData("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\\ud800\"}}")]
    public void Stream_Unreadable_IsAFault(string data)
    {
        var (stream, fault) = Chat.Read(Chat.Call(Chat.With("")), isStream: true, includeUsage: false, Chat.Sse(Start, data, End));

        Assert.Equal("malformed_answer", fault?.Code);
        Assert.DoesNotContain("[DONE]", stream, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"type":"content_block_start","index":"x","content_block":[]}""")]
    [InlineData("""{"type":"content_block_delta","index":7,"delta":{"type":"text_delta","text":"x"}}""")]
    [InlineData("""{"type":"content_block_stop","index":9}""")]
    [InlineData("""{"type":"something_new","data":{}}""")]
    public void Stream_EventOfNoKnownShape_IsPassedOver(string data)
    {
        var call = Chat.Call(Chat.With(""));

        Assert.Equal(
            Chat.Read(call, isStream: true, includeUsage: false, Chat.Sse(Start, End)),
            Chat.Read(call, isStream: true, includeUsage: false, Chat.Sse(Start, data, End)));
    }

    [Fact]
    public void Stream_UsageOfTheEnd_ReplacesWhatItStates()
    {
        var (stream, _) = Chat.Read(Chat.Call(Chat.With("")), isStream: true, includeUsage: true, Chat.Sse(
            """{"type":"message_start","message":{"id":"m","model":"m","usage":{"input_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":10,"output_tokens":1}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":7,"cache_read_input_tokens":null,"output_tokens":3}}"""));

        Chat.AssertJson(
            """{"prompt_tokens":117,"completion_tokens":3,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":10}}""",
            JsonNode.Parse(Chat.Events(stream)[^2])!["usage"]);
    }

    [Fact]
    public void Stream_ReasoningThatIsNotWanted_StaysOut()
    {
        var call = Chat.Call(Chat.With("""  "reasoning":{"effort":"low","exclude":true} """));

        var (stream, _) = Chat.Read(call, isStream: true, includeUsage: false, Chat.Fixture("anthropic-messages-thinking-stream.response.sse"));

        Assert.DoesNotContain("reasoning_content", stream, StringComparison.Ordinal);
        Assert.Contains("391", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_AnswerTool_BecomesContent()
    {
        var call = Chat.Call(Chat.With("""  "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}} """), "claude-3-haiku-20240307");

        var (stream, _) = Chat.Read(call, isStream: true, includeUsage: false, Chat.Sse(
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Here:"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"json_output","input":{}}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"1}"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{}}"""));

        var choices = Chat.Events(stream).SkipLast(1).Select(text => JsonNode.Parse(text)!["choices"]![0]!).ToList();
        Assert.Equal("{\"a\":1}", string.Concat(choices.Select(choice => (string?)choice["delta"]!["content"])));
        Assert.Equal("stop", (string?)choices[^1]["finish_reason"]);
        Assert.DoesNotContain("tool_calls", stream, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("```json\n{\"a\":1}\n```", "{\"a\":1}")]
    [InlineData("  ```\n{\"a\":1}```\n", "{\"a\":1}")]
    [InlineData("{\"a\":\"```\"}", "{\"a\":\"```\"}")]
    [InlineData("```json\n{\"a\":\"```\"}\n", "{\"a\":\"```\"}")]
    [InlineData("``", "``")]
    public void Stream_FenceAroundJson_IsTakenOff(string text, string expected)
    {
        var call = Chat.Call(Chat.With("""  "response_format":{"type":"json_object"} """));

        for (var at = 0; at < text.Length; at++)
        {
            var (stream, _) = Chat.Read(call, isStream: true, includeUsage: false, Chat.Sse(
                Start,
                """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
                Delta(text[..at]),
                Delta(text[at..]),
                End));

            Assert.Equal(expected, string.Concat(Chat.Events(stream).SkipLast(1).Select(data => (string?)JsonNode.Parse(data)!["choices"]![0]!["delta"]!["content"])));
        }
    }

    private static string Delta(string text) =>
        new JsonObject { ["type"] = "content_block_delta", ["index"] = 0, ["delta"] = new JsonObject { ["type"] = "text_delta", ["text"] = text } }.ToJsonString();
}
