using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Streams of all providers as clients of Responses and Messages get them.</summary>
public sealed class InboundStreamTests
{
    public static TheoryData<ClientFormat, string, string> Streams()
    {
        (string, string)[] streams =
        [
            ("anthropic", "anthropic-messages-stream.response.sse"), ("anthropic", "anthropic-messages-stream-tools.response.sse"),
            ("anthropic", "anthropic-messages-thinking-stream.response.sse"), ("aws-bedrock", "bedrock-converse-stream.response.eventstream"),
            ("aws-bedrock", "bedrock-converse-stream-reasoning.response.eventstream"), ("cohere", "cohere-chat-stream.response.sse"), ("cohere", "cohere-chat-stream-text.response.sse"),
            ("google-ai-studio", "gemini-generate-stream.response.sse"), ("google-ai-studio", "gemini-generate-stream-tools.response.sse"), ("groq", "groq-chat-stream.response.sse"),
            ("openai", "openai-chat-stream.response.sse"), ("openai", "openai-chat-stream-no-usage.response.sse"), ("openai", "openai-chat-stream-tools.response.sse"),
            ("openrouter", "openrouter-chat-stream.response.sse"), ("openai", "azure-chat-stream.response.sse"),
        ];
        var data = new TheoryData<ClientFormat, string, string>();
        foreach (var (provider, fixture) in streams)
        {
            data.Add(ClientFormat.Messages, provider, fixture);
            data.Add(ClientFormat.Responses, provider, fixture);
        }

        return data;
    }

    [Theory, MemberData(nameof(Streams))]
    public void Stream_CutAnywhere_IsTheSameAndKeepsTheOrder(ClientFormat format, string provider, string fixture)
    {
        var stream = Inbound.Fixture(fixture);
        var (whole, fault) = Inbound.Answer(format, provider, stream, comesAsStream: true);

        Assert.Null(fault);
        StreamGrammar.Assemble(format, whole);
        Assert.Equal(whole, Inbound.Answer(format, provider, stream, comesAsStream: true, byteByByte: true).Text);
        for (var at = 1; at < stream.Length; at++)
        {
            Assert.Equal(whole, Inbound.Answer(format, provider, stream, comesAsStream: true, cut: at).Text);
        }
    }

    [Theory, MemberData(nameof(Streams))]
    public void Stream_ToAClientThatWantsNone_IsTheSameAnswer(ClientFormat format, string provider, string fixture)
    {
        var stream = Inbound.Fixture(fixture);
        var streamed = StreamGrammar.Assemble(format, Inbound.Answer(format, provider, stream, comesAsStream: true).Text);
        var whole = JsonNode.Parse(Inbound.Answer(format, provider, stream, comesAsStream: true, wantsStream: false).Text);

        Assert.True(JsonNode.DeepEquals(streamed, whole), $"{streamed.ToJsonString()}\n{whole!.ToJsonString()}");
    }

    [Fact]
    public void Messages_OfATwoCallStream_AreTwoBlocks()
    {
        var message = StreamGrammar.Assemble(ClientFormat.Messages, Inbound.Answer(ClientFormat.Messages, "openai", Inbound.Fixture("openai-chat-stream-tools.response.sse"), comesAsStream: true).Text);

        Assert.Equal("tool_use", (string?)message["stop_reason"]);
        AssertJson(
            """
            [{"type":"tool_use","id":"call_Ha7bTide0001","name":"lookup_tide","input":{"harbour":"Porthleven"}},
             {"type":"tool_use","id":"call_Ha7bTide0002","name":"lookup_tide","input":{"harbour":"Fowey","hour":9}}]
            """,
            message["content"]);
        AssertJson("""{"input_tokens":74,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":41,"output_tokens_details":{"thinking_tokens":0}}""", message["usage"]);
    }

    [Fact]
    public void Responses_OfAThinkingStream_AreReasoningThenText()
    {
        var response = StreamGrammar.Assemble(ClientFormat.Responses, Inbound.Answer(ClientFormat.Responses, "anthropic", Inbound.Fixture("anthropic-messages-thinking-stream.response.sse"), comesAsStream: true).Text);

        var output = (JsonArray)response["output"]!;
        Assert.Equal(["reasoning", "reasoning", "message"], output.Select(item => (string?)item!["type"]));
        Assert.Equal("17*20 is 340, 17*3 is 51.", (string?)output[0]!["summary"]![0]!["text"]);
        Assert.StartsWith("gw1.", (string?)output[0]!["encrypted_content"], StringComparison.Ordinal);
        Assert.Equal("391", (string?)output[2]!["content"]![0]!["text"]);
        Assert.Equal(("completed", 89, 35), ((string?)response["status"], (int)response["usage"]!["total_tokens"]!, (int)response["usage"]!["output_tokens_details"]!["reasoning_tokens"]!));
    }

    [Theory]
    [InlineData(ClientFormat.Messages)]
    [InlineData(ClientFormat.Responses)]
    public void Calls_ThatInterleave_ComeOneAfterTheOther(ClientFormat format)
    {
        var stream = Inbound.Events(
            Inbound.Chunk("""{"role":"assistant","content":"a"}"""),
            Inbound.Chunk("""{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{\"k\":"}}]}"""),
            Inbound.Chunk("""{"tool_calls":[{"index":1,"id":"y","function":{"name":"g","arguments":"{"}}]}"""),
            Inbound.Chunk("""{"content":"b"}"""),
            Inbound.Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"""),
            Inbound.Chunk("""{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]}"""),
            Inbound.Chunk("""{"content":"c"}"""),
            Inbound.Chunk("{}", "tool_calls"));

        var answer = StreamGrammar.Assemble(format, Inbound.Answer(format, "openai", stream, comesAsStream: true).Text).ToJsonString();

        foreach (var part in (string[])[format == ClientFormat.Messages ? "{\"k\":1}" : "{\\u0022k\\u0022:1}", "\"a\"", "\"bc\"", "\"x\"", "\"y\""])
        {
            Assert.Contains(part, answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Calls_OneAfterTheOther_GoOutAsTheyCome()
    {
        var stream = Inbound.Events(
            Inbound.Chunk("""{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}}]}"""),
            Inbound.Chunk("""{"tool_calls":[{"index":1,"id":"y","function":{"name":"g","arguments":"{\"k\":"}}]}"""));

        var text = Inbound.Answer(ClientFormat.Messages, "openai", stream, comesAsStream: true).Text;

        Assert.Contains("\"id\":\"y\"", text, StringComparison.Ordinal); // although nobody has said that the first is whole
        Assert.Contains("\"partial_json\":\"{\\\"k\\\":\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClientFormat.Messages, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"The provider's answer ended before it was whole.\"}}\n\n")]
    [InlineData(ClientFormat.Responses, "\"status\":\"failed\",\"background\":false,\"error\":{\"code\":\"server_error\",\"message\":\"The provider's answer ended before it was whole.\"}")]
    public void Stream_CutOff_EndsWithAnError(ClientFormat format, string expected)
    {
        var (text, fault) = Inbound.Answer(format, "openai", Inbound.Events(Inbound.Chunk("""{"content":"a"}""")), comesAsStream: true);

        Assert.Equal("upstream_cut", fault!.Code);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain("message_stop", text, StringComparison.Ordinal);
        Assert.DoesNotContain("response.completed", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_ErrorInTheMiddle_IsTold()
    {
        var (text, fault) = Inbound.Answer(
            ClientFormat.Messages, "anthropic", Inbound.Fixture("anthropic-messages-stream-error.response.sse"), comesAsStream: true);

        Assert.Equal("overloaded_error", fault!.Type);
        Assert.EndsWith("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n", text, StringComparison.Ordinal);
    }

    internal static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected} but was {actual?.ToJsonString()}.");
}
