using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Answers of providers that speak OpenAI's format, each in its own way.</summary>
public sealed class CompletionsAnswerTests
{
    [Fact]
    public void Content_OfParts_IsThinkingAndText()
    {
        var message = Whole("mistral", Message("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"}]}"""));

        Assert.Equal(("thinking", "hm", "text", "a"), ((string?)message["content"]![0]!["type"], (string?)message["content"]![0]!["thinking"], (string?)message["content"]![1]!["type"], (string?)message["content"]![1]!["text"]));
    }

    [Theory]
    [InlineData("stop", "end_turn")]
    [InlineData("length", "max_tokens")]
    [InlineData("model_length", "max_tokens")]
    [InlineData("tool_calls", "tool_use")]
    [InlineData("content_filter", "refusal")]
    [InlineData("anything", "end_turn")]
    public void FinishReason_OfEachKind_IsAnthropics(string reason, string expected) =>
        Assert.Equal(expected, (string?)Whole("openai", Message("""{"content":"a"}""", reason))["stop_reason"]);

    [Fact]
    public void Calls_WithoutAReason_AreCalls() => Assert.Equal(
        "tool_use", (string?)Whole("groq", Message("""{"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{"k":1}}}]}""", "stop"))["stop_reason"]);

    [Theory]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":5,"total_tokens":125,"completion_tokens_details":{"reasoning_tokens":20}}""", 100, 0, 25)]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":25,"total_tokens":125,"completion_tokens_details":{"reasoning_tokens":20}}""", 100, 0, 25)]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":40}}""", 60, 40, 5)]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":5,"prompt_cache_hit_tokens":30}""", 70, 30, 5)]
    public void Usage_IsWithoutTheCache_AndWithReasoning(string usage, int input, int cached, int output)
    {
        var made = Whole("openai", $$"""{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{{usage}}}""")["usage"]!;

        Assert.Equal((input, cached, output), ((int)made["input_tokens"]!, (int)made["cache_read_input_tokens"]!, (int)made["output_tokens"]!));
    }

    [Fact]
    public void Details_OfARouter_ComeBackAsTheyCame()
    {
        const string Detail = """{"type":"reasoning.encrypted","data":"ZGF0YQ==","format":"openai-responses-v1","id":"rs_1","index":0}""";
        var message = Whole("openrouter", Message($$"""{"reasoning":"hm","content":"a","reasoning_details":[{{Detail}}]}"""));

        var sent = Inbound.Sent(
            ClientFormat.Messages,
            $$"""{"max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":{{message["content"]!.ToJsonString()}}},{"role":"user","content":"y"}]}""",
            "openrouter")["messages"]![1]!;

        InboundStreamTests.AssertJson($"[{Detail}]", sent["reasoning_details"]);
        Assert.Equal("hm", (string?)sent["reasoning"]);
    }

    [Fact]
    public void Arguments_ThatAreNoJson_AreNotLost()
    {
        var content = Whole("openai", Message("""{"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"cut"}}]}""", "length"))["content"]!;

        Assert.Equal(("{\"cut", "{}"), ((string?)content[0]!["text"], content[1]!["input"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("{}", "malformed_answer", 502)]
    [InlineData("[]", "malformed_answer", 502)]
    [InlineData("{\"choices\":[]}", "malformed_answer", 502)]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"\\ud800\"}}]}", "malformed_answer", 502)]
    [InlineData("{\"error\":{\"message\":\"no\",\"code\":402}}", null, 402)]
    [InlineData("{\"choices\":[{\"message\":{},\"finish_reason\":\"error\"}]}", "error", 502)]
    public void Answer_ThatIsNone_IsAFault(string answer, string? code, int status)
    {
        var fault = Inbound.Answer(ClientFormat.Messages, "openai", Encoding.UTF8.GetBytes(answer), comesAsStream: false).Fault!;

        Assert.Equal((code, status), (fault.Code, fault.Status));
    }

    private static string Message(string message, string reason = "stop") => $$"""{"id":"c","model":"m","choices":[{"index":0,"message":{{message}},"finish_reason":"{{reason}}"}]}""";

    private static JsonNode Whole(string provider, string answer) =>
        JsonNode.Parse(Inbound.Answer(ClientFormat.Messages, provider, Encoding.UTF8.GetBytes(answer), comesAsStream: false).Text)!;
}
