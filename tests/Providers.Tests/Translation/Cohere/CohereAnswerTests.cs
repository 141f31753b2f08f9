using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Cohere;

/// <summary>Answers of Cohere as OpenAI's.</summary>
public sealed class CohereAnswerTests
{
    private const string Start = """{"id":"i","type":"message-start","delta":{"message":{"role":"assistant"}}}""";

    [Fact]
    public void Whole_Fixture_IsOpenAIs()
    {
        var expected = Encoding.UTF8.GetString(Gemini.Fixture("cohere-chat-plain.expected-openai.json"));

        Gemini.AssertJson(expected, CohereChat.Read(Gemini.Fixture("cohere-chat-plain.response.json"), isStream: false).Text);
        Gemini.AssertJson(expected, CohereChat.Read(Gemini.Fixture("cohere-chat-plain.response.json"), isStream: false, byteByByte: true).Text);
    }

    [Fact]
    public void Stream_FixtureCutAnywhere_IsOpenAIs()
    {
        var answer = Gemini.Fixture("cohere-chat-stream-text.response.sse");
        var expected = Gemini.Chunks(Encoding.UTF8.GetString(Gemini.Fixture("cohere-chat-stream-text.expected-openai.sse")));
        var whole = CohereChat.Read(answer, isStream: true).Text;
        var chunks = Gemini.Chunks(whole);

        Assert.Equal(expected.Count, chunks.Count);
        for (var index = 0; index < expected.Count; index++)
        {
            Gemini.AssertJson(expected[index], chunks[index]);
        }

        Assert.Equal(whole, CohereChat.Read(answer, isStream: true, byteByByte: true).Text);
        for (var at = 1; at < answer.Length; at++)
        {
            Assert.Equal(whole, CohereChat.Read(answer, isStream: true, cut: at).Text);
        }
    }

    [Fact]
    public void Stream_ToolsFixture_IsOpenAIs()
    {
        var answer = Gemini.Fixture("cohere-chat-stream.response.sse");
        var whole = CohereChat.Read(answer, isStream: true, usage: true).Text;
        var choices = Gemini.Chunks(whole).ConvertAll(chunk => JsonNode.Parse(chunk)!);

        Assert.Equal(8, choices.Count);
        Assert.Equal("I will look it up.", string.Concat(choices[1..3].Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Gemini.AssertJson(
            """[{"index":0,"id":"lookup_tide_fx01","type":"function","function":{"name":"lookup_tide","arguments":""}}]""",
            choices[3]["choices"]![0]!["delta"]!["tool_calls"]!.ToJsonString());
        Assert.Equal(
            """{"harbour": "Porthleven"}""",
            string.Concat(choices[4..6].Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["tool_calls"]![0]!["function"]!["arguments"])));
        Assert.Equal("tool_calls", (string?)choices[6]["choices"]![0]!["finish_reason"]);
        Gemini.AssertJson("""{"prompt_tokens":31,"completion_tokens":14,"total_tokens":45}""", choices[7]["usage"]!.ToJsonString());
        for (var at = 1; at < answer.Length; at++)
        {
            Assert.Equal(whole, CohereChat.Read(answer, isStream: true, cut: at, usage: true).Text);
        }
    }

    [Theory]
    [InlineData("COMPLETE", "stop")]
    [InlineData("STOP_SEQUENCE", "stop")]
    [InlineData("A_NEW_ONE", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("TOOL_CALL", "tool_calls")]
    public void FinishReason_OfEachKind_IsOpenAIs(string reason, string expected)
    {
        var whole = CohereChat.Read(Encoding.UTF8.GetBytes(Whole("""{"content":[{"type":"text","text":"x"}]}""", reason)), isStream: false).Text;
        var chunks = Gemini.Chunks(CohereChat.Read(CohereChat.Events(Start, $$$"""{"type":"message-end","delta":{"finish_reason":"{{{reason}}}"}}"""), isStream: true).Text);

        Assert.Equal(expected, (string?)JsonNode.Parse(whole)!["choices"]![0]!["finish_reason"]);
        Assert.Equal(expected, (string?)JsonNode.Parse(chunks[^1])!["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("ERROR", "error")]
    [InlineData("ERROR_TOXIC", "error_toxic")]
    [InlineData("TIMEOUT", "timeout")]
    public void FinishReason_OfAnError_IsAFault(string reason, string code)
    {
        var whole = CohereChat.Read(Encoding.UTF8.GetBytes(Whole("""{"content":[]}""", reason)), isStream: false);
        var stream = CohereChat.Read(CohereChat.Events(Start, $$$"""{"type":"message-end","delta":{"finish_reason":"{{{reason}}}","error":"Why"}}"""), isStream: true);

        Assert.Equal((502, "server_error", code, ""), (whole.Fault!.Status, whole.Fault.Type, whole.Fault.Code, whole.Text));
        Assert.Equal((code, "Why"), (stream.Fault!.Code, stream.Fault.Message));
        Assert.DoesNotContain("[DONE]", stream.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_ThinkingPlanAndCalls_AreOpenAIs() => Gemini.AssertJson(
        """
        {"role":"assistant","content":"plan","refusal":null,"reasoning_content":"hm","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},
         {"id":"b","type":"function","function":{"name":"g","arguments":"{\"k\":1}"}}]}
        """,
        Message("""
            {"content":[{"type":"thinking","thinking":"hm"}],"tool_plan":"plan","tool_calls":[{"id":"a","function":{"name":"f","arguments":"null"}},{"id":"b","function":{"name":"g","arguments":"{\"k\":1}"}}]}
            """).ToJsonString());

    [Fact]
    public void Whole_TextBesideCalls_HidesThePlan() => Assert.Equal(
        "text", (string?)Message("""{"content":[{"type":"text","text":"text"}],"tool_plan":"plan","tool_calls":[{"id":"a","function":{"name":"f","arguments":null}}]}""")["content"]);

    [Fact]
    public void Thinking_ExcludedByTheClient_IsHidden()
    {
        const string request = """{"messages":[{"role":"user","content":"x"}],"reasoning":{"exclude":true}}""";
        var whole = Encoding.UTF8.GetBytes(Whole("""{"content":[{"type":"thinking","thinking":"secret"},{"type":"text","text":"x"}]}""", "COMPLETE"));
        var stream = CohereChat.Events(Start, """{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"secret"}}}}""", """{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}""");

        Assert.DoesNotContain("secret", CohereChat.Read(whole, isStream: false, request: request).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", CohereChat.Read(stream, isStream: true, request: request).Text, StringComparison.Ordinal);
        Assert.Contains("\"reasoning_content\":\"secret\"", CohereChat.Read(stream, isStream: true).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_InterleavedCalls_KeepTheirArguments()
    {
        var chunks = Gemini.Chunks(CohereChat.Read(
            CohereChat.Events(
                Start,
                """{"type":"tool-call-start","index":3,"delta":{"message":{"tool_calls":{"id":"a","function":{"name":"f","arguments":"{"}}}}}""",
                """{"type":"tool-call-start","index":7,"delta":{"message":{"tool_calls":{"id":"b","function":{"name":"g"}}}}}""",
                """{"type":"tool-call-delta","index":3,"delta":{"message":{"tool_calls":{"function":{"arguments":"}"}}}}}""",
                """{"type":"tool-call-end","index":3}""",
                """{"type":"tool-call-end","index":7}""",
                """{"type":"citation-start","index":0}""",
                """{"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}}"""),
            isStream: true).Text);
        var calls = chunks.Select(chunk => JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!["tool_calls"]?[0]).Where(call => call is not null).ToList();

        Assert.Equal("{}", string.Concat(calls.Where(call => (int?)call!["index"] == 0).Select(call => (string?)call!["function"]!["arguments"])));
        Assert.Equal("{}", string.Concat(calls.Where(call => (int?)call!["index"] == 1).Select(call => (string?)call!["function"]!["arguments"])));
        Assert.Equal("b", (string?)calls.Single(call => (int?)call!["index"] == 1 && call["id"] is not null)!["id"]);
    }

    [Fact]
    public void Usage_WithoutBilledUnits_IsOfTokens()
    {
        var answer = """{"id":"i","message":{"content":[]},"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":2,"output_tokens":3}}}"""u8.ToArray();

        Gemini.AssertJson("""{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}""", JsonNode.Parse(CohereChat.Read(answer, isStream: false).Text)!["usage"]!.ToJsonString());
        Assert.Null(JsonNode.Parse(CohereChat.Read(Encoding.UTF8.GetBytes(Whole("""{"content":[]}""", "COMPLETE")), isStream: false).Text)!["usage"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"message":{"tool_calls":[{"id":"a"}]}}""")]
    [InlineData("""{"message":{"content":[{"type":"text","text":"\ud800"}]}}""")]
    public void Whole_Malformed_IsAFault(string answer) => Assert.Equal("malformed_answer", CohereChat.Read(Encoding.UTF8.GetBytes(answer), isStream: false).Fault!.Code);

    [Theory]
    [InlineData("{\"type\":\"tool-call-start\",\"index\":0}", "malformed_answer", "The provider's answer cannot be read.")]
    [InlineData("{\"type\":\"tool-call-delta\",\"index\":0}", "malformed_answer", "The provider's answer cannot be read.")]
    [InlineData("{\"message\":\"Overloaded\"}", null, "Overloaded")]
    [InlineData("{\"type\":\"content-delta\",\"index\":0,\"delta\":7}", "upstream_cut", "The provider's answer ended before it was whole.")]
    public void Stream_Broken_IsAFault(string data, string? code, string message)
    {
        var fault = CohereChat.Read(CohereChat.Events(Start, data), isStream: true).Fault!;

        Assert.Equal((code, message), (fault.Code, fault.Message));
    }

    private static string Whole(string message, string reason) => $$"""{"id":"i","message":{{message}},"finish_reason":"{{reason}}"}""";

    private static JsonNode Message(string message) =>
        JsonNode.Parse(CohereChat.Read(Encoding.UTF8.GetBytes(Whole(message, "COMPLETE")), isStream: false).Text)!["choices"]![0]!["message"]!;
}
