using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Requests in the format of Anthropic's Messages, to providers of others.</summary>
public sealed class MessagesRequestTests
{
    private const string Pixel = "iVBORw0KGgo=";

    [Fact]
    public void Results_StandBeforeTheRest_AndTheirPicturesFollow()
    {
        var messages = Messages($$$"""
            {"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"tool_use","id":"b","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"text","text":"look"},{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"one"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Pixel}}}"}}]},
             {"type":"tool_result","tool_use_id":"b"}]}
            """);

        Assert.Equal(["user", "assistant", "tool", "tool", "user", "user"], messages.Select(message => (string?)message!["role"]));
        Assert.Equal(("a", "one", "b", ""), ((string?)messages[2]!["tool_call_id"], (string?)messages[2]!["content"], (string?)messages[3]!["tool_call_id"], (string?)messages[3]!["content"]));
        Assert.Equal("data:image/png;base64," + Pixel, (string?)messages[4]!["content"]![0]!["image_url"]!["url"]);
        Assert.Equal("look", (string?)messages[5]!["content"]);
    }

    [Fact]
    public void Documents_AreTextsAndFiles()
    {
        var content = Messages($$$"""
            {"role":"user","content":[{"type":"document","title":"notes","source":{"type":"text","media_type":"text/plain","data":"é"}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{Pixel}}}"}}]}
            """)[0]!["content"]!;

        Assert.Equal("notes\n\né", (string?)content[0]!["text"]);
        InboundStreamTests.AssertJson($$$"""{"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,{{{Pixel}}}"}}""", content[1]);
    }

    [Theory]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":150}", "low")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":400}", "medium")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":900}", "high")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"max\"}", "xhigh")]
    [InlineData("\"output_config\":{\"effort\":\"low\"}", "low")]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", "none")]
    [InlineData("\"stream\":false", null)]
    public void Thinking_IsAnEffort(string members, string? effort) => Assert.Equal(
        effort, (string?)Inbound.Sent(ClientFormat.Messages, $$"""{"max_tokens":1000,{{members}},"messages":[{"role":"user","content":"x"}]}""", model: "gpt-5.4")["reasoning_effort"]);

    [Fact]
    public void ReasoningModel_IsNotToldHowToChooseItsWords()
    {
        using var request = Inbound.Read(ClientFormat.Messages, """{"max_tokens":10,"temperature":0.1,"top_p":0.5,"stop_sequences":["a"],"messages":[{"role":"user","content":"x"}]}""", model: "o4-mini");
        var call = Inbound.Translator("openai").Translate(request);

        InboundStreamTests.AssertJson("""{"model":"o4-mini","messages":[{"role":"user","content":"x"}],"max_completion_tokens":10}""", JsonNode.Parse(call.Body.Span));
        Assert.Equal(["temperature", "top_p", "stop_sequences"], ClientParameters.Named(ClientFormat.Messages, call.Dropped));
    }

    [Fact]
    public void Search_IsTheTargetsOwn_OrLeftOut_OrRefusedWhereItIsAllThatIsWanted()
    {
        const string Search = """{"type":"web_search_20250305","name":"web_search","max_uses":3}""";
        const string Function = """{"name":"f","input_schema":{"type":"object"}}""";

        InboundStreamTests.AssertJson("""[{"googleSearch":{}}]""", Inbound.Sent(ClientFormat.Messages, WithTools(Search), "google-ai-studio")["tools"]);
        var tools = Inbound.Sent(ClientFormat.Messages, WithTools($"{Search},{Function}"))["tools"]!.AsArray();
        Assert.Equal("f", (string?)Assert.Single(tools)!["function"]!["name"]);
        Assert.Equal("tools[0].type", Refuse(WithTools(Search)).Parameter);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"max_tokens":0,"messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"max_tokens":1}""", "messages")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"tool","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]}""", "messages[0].content[0].source.file_id")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"mcp_servers":[{}]}""", "mcp_servers")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"container":"c"}""", "container")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"bash_20250124","name":"bash"}]}""", "tools[0].type")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"tool","name":"f"}}""", "tool_choice.name")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled"}}""", "thinking.budget_tokens")]
    public void Mistake_NamesItsMember(string body, string parameter) => Assert.Equal(parameter, Refuse(body).Parameter);

    [Fact]
    public void LostThinking_GoesNowhereButWhereTextMayGo()
    {
        const string Turns = """
            {"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"tool_use","id":"a","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"y"}]}
            """;

        Assert.Equal("hm", (string?)Messages(Turns, "deepseek")[1]!["reasoning_content"]);
        Assert.Null(Messages(Turns)[1]!["reasoning_content"]);
        Assert.DoesNotContain("hm", Inbound.Sent(ClientFormat.Messages, $$"""{"max_tokens":5000,"messages":[{{Turns}}]}""", "aws-bedrock").ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_OfMistral_AreShortAndTheSameForCallAndResult()
    {
        var messages = Messages("""
            {"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_01","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01","content":"y"}]}
            """, "mistral");

        var id = (string?)messages[1]!["tool_calls"]![0]!["id"];
        Assert.Matches("^[a-zA-Z0-9]{9}$", id);
        Assert.Equal(id, (string?)messages[2]!["tool_call_id"]);
    }

    private static JsonArray Messages(string turns, string provider = "openai") =>
        Inbound.Sent(ClientFormat.Messages, $$"""{"max_tokens":5000,"messages":[{{turns}}]}""", provider)["messages"]!.AsArray();

    private static string WithTools(string tools) => $$"""{"max_tokens":10,"messages":[{"role":"user","content":"x"}],"tools":[{{tools}}]}""";

    private static RefusedRequestException Refuse(string body) => Assert.Throws<RefusedRequestException>(() => Inbound.Call(ClientFormat.Messages, body));
}
