using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Anthropic;

public sealed class AnthropicMessageTests
{
    [Fact]
    public void Message_WithCalls_IsTheExpectedCompletion()
    {
        var (answer, fault) = Chat.Read(Chat.Call(Chat.With("")), isStream: false, includeUsage: false, Chat.Fixture("anthropic-messages-tools.response.json"));

        Assert.Null(fault);
        Chat.AssertJson(Encoding.UTF8.GetString(Chat.Fixture("anthropic-messages-tools.expected-openai.json")), JsonNode.Parse(answer));
    }

    [Fact]
    public void Message_CutAnywhere_IsTheSame()
    {
        var call = Chat.Call(Chat.With(""));
        var bytes = Chat.Fixture("anthropic-messages-plain.response.json");
        var (whole, _) = Chat.Read(call, isStream: false, includeUsage: false, bytes);

        Assert.Contains("Rain washes minerals", whole, StringComparison.Ordinal);
        Chat.AssertJson(
            """{"prompt_tokens":1529,"completion_tokens":18,"total_tokens":1547,"prompt_tokens_details":{"cached_tokens":1200,"cache_write_tokens":320}}""",
            JsonNode.Parse(whole)!["usage"]);
        for (var at = 1; at < bytes.Length; at++)
        {
            Assert.Equal(whole, Chat.Read(call, isStream: false, includeUsage: false, bytes[..at], bytes[at..]).Answer);
        }
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("pause_turn", "stop")]
    [InlineData("compaction", "stop")]
    [InlineData("something_new", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("refusal", "content_filter")]
    public void Message_StopReason_BecomesAFinishReason(string native, string expected)
    {
        var choice = Choice($$"""{"id":"m","model":"m","content":[{"type":"text","text":"x"}],"stop_reason":"{{native}}"}""");

        Assert.Equal(expected, (string?)choice["finish_reason"]);
    }

    [Fact]
    public void Message_Refusal_SaysWhy()
    {
        var choice = Choice("""{"id":"m","model":"m","content":[],"stop_reason":"refusal","stop_details":{"explanation":"Not this."}}""");

        Assert.Equal("Not this.", (string?)choice["message"]!["refusal"]);
        Assert.Equal("", (string?)choice["message"]!["content"]);
    }

    [Fact]
    public void Message_WithoutUsage_HasNone()
    {
        var (answer, _) = Read("""{"id":"m","model":"m","content":[],"stop_reason":"end_turn"}""");

        Assert.False(JsonNode.Parse(answer)!.AsObject().ContainsKey("usage"));
    }

    [Fact]
    public void Message_Thinking_IsBesideTheContent()
    {
        var choice = Choice("""{"id":"m","model":"m","content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"text","text":"391"}],"stop_reason":"end_turn"}""");

        Chat.AssertJson(
            """
            {"role":"assistant","content":"391","refusal":null,"reasoning_content":"Hm.","reasoning_details":[
              {"type":"reasoning.text","index":0,"text":"Hm.","signature":"c2ln","format":"anthropic"},
              {"type":"reasoning.encrypted","index":1,"data":"ZGF0YQ==","format":"anthropic"}]}
            """,
            choice["message"]);
    }

    [Fact]
    public void Message_Citations_StandAtTheirText()
    {
        var choice = Choice("""{"id":"m","model":"m","content":[{"type":"text","text":"Well, "},{"type":"text","text":"so","citations":[{"type":"web_search_result_location","url":"https://example.test/a","title":"A"}]}],"stop_reason":"end_turn"}""");

        Chat.AssertJson(
            """[{"type":"url_citation","url_citation":{"url":"https://example.test/a","title":"A","start_index":6,"end_index":8}}]""",
            choice["message"]!["annotations"]);
    }

    [Fact]
    public void Message_NameThatWasRewritten_ComesBackAsItWas()
    {
        var call = Chat.Call(Chat.With("""  "tools":[{"type":"function","function":{"name":"files.read"}}] """));
        var (answer, _) = Chat.Read(call, isStream: false, includeUsage: false, Encoding.UTF8.GetBytes("""{"id":"m","model":"m","content":[{"type":"tool_use","id":"t","name":"files_read","input":{}}],"stop_reason":"tool_use"}"""));

        var function = JsonNode.Parse(answer)!["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!;
        Assert.Equal("files.read", (string?)function["name"]);
        Assert.Equal("{}", (string?)function["arguments"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"content":"x","stop_reason":"end_turn"}""")]
    [InlineData("""{"content":[]}""")]
    [InlineData("{\"content\":[{\"type\":\"text\",\"text\":\"\\ud800\"}],\"stop_reason\":\"end_turn\"}")]
    public void Message_Unreadable_IsAFault(string body)
    {
        var (answer, fault) = Read(body);

        Assert.Equal("malformed_answer", fault?.Code);
        Assert.Equal(502, fault?.Status);
        Assert.Empty(answer);
    }

    [Fact]
    public void Message_ErrorWithStatus200_IsAFault()
    {
        var (answer, fault) = Read("""{"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}}""");

        Assert.Equal(429, fault?.Status);
        Assert.Empty(answer);
    }

    private static (string Answer, Providers.Translation.ChatFault? Fault) Read(string body) =>
        Chat.Read(Chat.Call(Chat.With("")), isStream: false, includeUsage: false, Encoding.UTF8.GetBytes(body));

    private static JsonNode Choice(string body)
    {
        var (answer, fault) = Read(body);
        Assert.Null(fault);
        return JsonNode.Parse(answer)!["choices"]![0]!;
    }
}
