using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Anthropic;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Anthropic;

public sealed class ClaudeThinkingTests
{
    private const string Enabled = """{"type":"enabled","budget_tokens":BUDGET}""";
    private const string Adaptive = """{"type":"adaptive","display":"summarized"}""";
    private const string Disabled = """{"type":"disabled"}""";

    [Theory]
    [InlineData("claude-3-haiku-20240307", 30, 4096)]
    [InlineData("claude-3-5-sonnet-20241022", 35, 8192)]
    [InlineData("claude-3-7-sonnet-latest", 37, 64_000)]
    [InlineData("claude-sonnet-4-20250514", 40, 64_000)]
    [InlineData("claude-opus-4-20250514", 40, 32_000)]
    [InlineData("claude-opus-4-1-20250805", 41, 32_000)]
    [InlineData("claude-haiku-4-5", 45, 64_000)]
    [InlineData("claude-sonnet-4-5@20250929", 45, 64_000)]
    [InlineData("us.anthropic.claude-opus-4-6-v1:0", 46, 128_000)]
    [InlineData("claude-opus-4-8", 48, 128_000)]
    [InlineData("claude-opus-5", 50, 128_000)]
    [InlineData("claude-opus-5-20260801", 50, 128_000)]
    [InlineData("claude-something", 50, 128_000)]
    [InlineData("other-model", 0, null)]
    public void Model_Name_TellsItsGeneration(string name, int generation, int? cap)
    {
        Assert.Equal(generation, ClaudeModel.Of(name).Generation);
        Assert.Equal(cap, ClaudeModel.Of(name).OutputCap);
    }

    /// <summary>Model, members, thinking (null for none), effort, max_tokens, dropped.</summary>
    public static TheoryData<string, string, string?, string?, int, string[]> Cases => new()
    {
        { Chat.Old, "", null, null, 16_384, [] },
        { Chat.Old, "\"stream\":true", null, null, 64_000, [] },
        { "other-model", "\"stream\":true", null, null, 4096, [] },
        { "claude-something", "\"stream\":true", null, null, 128_000, [] },
        { Chat.Old, "\"max_tokens\":100000", null, null, 64_000, ["max_tokens"] },
        { Chat.Old, "\"max_tokens\":5,\"max_completion_tokens\":9", null, null, 9, [] },
        { Chat.Old, "\"max_completion_tokens\":70000", null, null, 64_000, ["max_completion_tokens"] },
        { Chat.Old, "\"reasoning_effort\":\"none\"", null, null, 16_384, [] },
        { Chat.Old, "\"reasoning_effort\":\"minimal\",\"max_tokens\":100", Budget(1024), null, 1124, [] },
        { Chat.Old, "\"reasoning_effort\":\"low\",\"max_tokens\":100", Budget(6400), null, 6500, [] },
        { Chat.Old, "\"reasoning_effort\":\"high\",\"max_completion_tokens\":5000", Budget(4999), null, 5000, [] },
        { Chat.Old, "\"reasoning_effort\":\"high\",\"max_completion_tokens\":1000", null, null, 1000, ["reasoning_effort"] },
        { Chat.Old, "\"reasoning_effort\":\"max\",\"max_tokens\":60000", Budget(57_600), null, 64_000, [] },
        { Chat.Old, "\"reasoning_effort\":\"medium\"", Budget(4915), null, 16_384, [] },
        { Chat.Old, "\"reasoning\":{\"max_tokens\":2000},\"max_tokens\":10", Budget(2000), null, 2010, [] },
        { Chat.Old, "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":3000},\"max_tokens\":10", Budget(3000), null, 3010, [] },
        { "claude-3-haiku-20240307", "\"reasoning_effort\":\"low\"", null, null, 4096, ["reasoning_effort"] },
        { "claude-3-haiku-20240307", "\"reasoning_effort\":\"none\"", null, null, 4096, [] },
        { "claude-opus-4-6", "\"reasoning_effort\":\"none\"", null, null, 16_384, [] },
        { "claude-opus-4-6", "\"reasoning_effort\":\"medium\",\"max_tokens\":50", Adaptive, "medium", 50, [] },
        { "claude-opus-4-6", "\"reasoning_effort\":\"xhigh\"", Adaptive, "max", 16_384, [] },
        { "claude-opus-4-7", "\"reasoning_effort\":\"xhigh\"", Adaptive, "xhigh", 16_384, [] },
        { Chat.New, "", null, null, 16_384, [] },
        { Chat.New, "\"reasoning_effort\":\"none\"", Disabled, null, 16_384, [] },
        { Chat.New, "\"reasoning_effort\":\"minimal\"", Adaptive, "low", 16_384, [] },
        { Chat.New, "\"reasoning\":{\"effort\":\"high\",\"exclude\":true}", """{"type":"adaptive"}""", "high", 16_384, [] },
        { Chat.New, "\"reasoning\":{\"max_tokens\":40000}", Adaptive, "medium", 16_384, [] },
        { "claude-fable-5", "\"reasoning_effort\":\"none\"", """{"type":"adaptive"}""", "low", 16_384, ["reasoning_effort"] },
        { Chat.Old, "\"reasoning_effort\":\"low\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"required\"", null, null, 16_384, ["reasoning_effort"] },
        { Chat.New, "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"required\"", Disabled, null, 16_384, [] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Request_Reasoning_IsPutInTheModelsTerms(string model, string members, string? thinking, string? effort, int maxTokens, string[] dropped)
    {
        var call = Chat.Call(Chat.With(members), model);
        var body = call.Body();

        Chat.AssertJson(thinking ?? "null", body["thinking"]);
        Assert.Equal(effort, (string?)body["output_config"]?["effort"]);
        Assert.Equal(maxTokens, (int?)body["max_tokens"]);
        Assert.Equal(dropped, call.Dropped);
    }

    [Fact]
    public void Answer_ReasoningSentBack_IsTheSameByteForByte()
    {
        var request = Chat.With("\"reasoning_effort\":\"low\"");
        var (answer, _) = Chat.Read(Chat.Call(request), isStream: false, includeUsage: false, Encoding.UTF8.GetBytes(
            """{"id":"m","model":"m","content":[{"type":"thinking","thinking":"17\u00b720 – \"ok\"\n","signature":"a+/b=="},{"type":"redacted_thinking","data":"c+/d=="},{"type":"tool_use","id":"t","name":"f","input":{}}],"stop_reason":"tool_use"}"""));
        var message = JsonNode.Parse(answer)!["choices"]![0]!["message"]!;

        var call = Chat.Call(After(message));

        Chat.AssertJson(
            """
            [{"type":"thinking","thinking":"17\u00b720 – \"ok\"\n","signature":"a+/b=="},{"type":"redacted_thinking","data":"c+/d=="},
             {"type":"tool_use","id":"t","name":"f","input":{}}]
            """,
            call.Body()["messages"]![1]!["content"]);
        Assert.NotNull(call.Body()["thinking"]);
        Assert.Empty(call.Dropped);
    }

    [Fact]
    public void Answer_ReasoningOfAStreamSentBack_IsPutTogether()
    {
        // As clients join the chunks: texts one after the other, details as they came.
        var call = Chat.Call(After(JsonNode.Parse(
            """
            {"role":"assistant","content":null,"reasoning_content":"17*20 is 340, 17*3 is 51.",
             "reasoning_details":[{"type":"reasoning.text","index":0,"signature":"c2ln","format":"anthropic"},{"type":"reasoning.encrypted","index":1,"data":"ZGF0YQ==","format":"anthropic"}],
             "tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]}
            """)!));

        Chat.AssertJson("""{"type":"thinking","thinking":"17*20 is 340, 17*3 is 51.","signature":"c2ln"}""", call.Body()["messages"]![1]!["content"]![0]);
        Assert.NotNull(call.Body()["thinking"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"reasoning_content\":\"Hm.\",")]
    [InlineData("\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"Hm.\",\"signature\":\"s\",\"format\":\"bedrock\"}],")]
    [InlineData("\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"Hm.\",\"format\":\"anthropic\"}],")]
    [InlineData("\"reasoning_content\":\"Hm.\",\"reasoning_details\":[{\"signature\":\"s\",\"format\":\"anthropic\"},{\"signature\":\"t\",\"format\":\"anthropic\"}],")]
    public void Request_CallsWithoutTheirThinking_AreAnsweredWithoutIt(string reasoning)
    {
        var message = JsonNode.Parse($$$"""{"role":"assistant",{{{reasoning}}}"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]}""")!;

        var old = Chat.Call(After(message));
        Assert.Null(old.Body()["thinking"]);
        Assert.Equal(["reasoning_effort"], old.Dropped);
        Assert.Equal("tool_use", (string?)old.Body()["messages"]![1]!["content"]![0]!["type"]);
        Chat.AssertJson(Disabled, Chat.Call(After(message), Chat.New).Body()["thinking"]);
    }

    private static string Budget(int tokens) => Enabled.Replace("BUDGET", tokens.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>The request that follows a call of this message.</summary>
    private static string After(JsonNode message) => new JsonObject
    {
        ["reasoning_effort"] = "low",
        ["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"f"}}]"""),
        ["messages"] = new JsonArray(
            JsonNode.Parse("""{"role":"user","content":"a"}"""),
            message.DeepClone(),
            JsonNode.Parse("""{"role":"tool","tool_call_id":"t","content":"1"}""")),
    }.ToJsonString();
}
