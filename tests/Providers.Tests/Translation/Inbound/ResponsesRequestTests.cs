using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Requests in the format of OpenAI's Responses, to providers of others.</summary>
public sealed class ResponsesRequestTests
{
    [Fact]
    public void CustomTool_IsAFunctionAndBack()
    {
        const string Request = """{"input":"x","tools":[{"type":"custom","name":"apply_patch","description":"Edits"}]}""";
        var function = Inbound.Sent(ClientFormat.Responses, Request)["tools"]![0]!["function"]!;
        Assert.Equal(("apply_patch", "input"), ((string?)function["name"], (string?)function["parameters"]!["required"]![0]));

        var stream = Inbound.Events(
            Inbound.Chunk("""{"tool_calls":[{"index":0,"id":"c1","function":{"name":"apply_patch","arguments":"{\"inp"}}]}"""),
            Inbound.Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"ut\":\"*** Begin\\n\"}"}}]}"""),
            Inbound.Chunk("{}", "tool_calls"));
        var text = Inbound.Answer(ClientFormat.Responses, "openai", stream, comesAsStream: true, request: Request).Text;

        var output = StreamGrammar.Assemble(ClientFormat.Responses, text)["output"]!;
        InboundStreamTests.AssertJson("""[{"id":"ctc_made","type":"custom_tool_call","status":"completed","input":"*** Begin\n","call_id":"c1","name":"apply_patch"}]""", output);
        Assert.Contains("response.custom_tool_call_input.done", text, StringComparison.Ordinal);
        Assert.DoesNotContain("function_call_arguments", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_RepeatsTheRequest()
    {
        const string Request = """{"input":"x","instructions":"Be brief.","temperature":0.5,"metadata":{"k":"v"},"tools":[{"type":"function","name":"f"}]}""";
        var whole = JsonNode.Parse(Inbound.Answer(ClientFormat.Responses, "openai", Inbound.Fixture("openai-chat-plain.response.json"), comesAsStream: false, request: Request).Text)!;

        Assert.Equal(("Be brief.", 0.5, "v", "f"), ((string?)whole["instructions"], (double?)whole["temperature"], (string?)whole["metadata"]!["k"], (string?)whole["tools"]![0]!["name"]));
        Assert.Equal((1.0, "auto", true, false, "disabled"), ((double?)whole["top_p"], (string?)whole["tool_choice"], (bool?)whole["parallel_tool_calls"], (bool?)whole["store"], (string?)whole["truncation"]));
        Assert.Equal(("resp_made", "response", "completed"), ((string?)whole["id"], (string?)whole["object"], (string?)whole["status"]));
    }

    [Fact]
    public void Limit_MakesItIncomplete()
    {
        var text = Inbound.Answer(ClientFormat.Responses, "openai", Inbound.Events(Inbound.Chunk("""{"content":"a"}"""), Inbound.Chunk("{}", "length")), comesAsStream: true).Text;

        var response = StreamGrammar.Assemble(ClientFormat.Responses, text);
        Assert.Equal(("incomplete", "max_output_tokens"), ((string?)response["status"], (string?)response["incomplete_details"]!["reason"]));
    }

    [Fact]
    public void Refusal_IsAPartOfItsOwn()
    {
        var text = Inbound.Answer(ClientFormat.Responses, "openai", Inbound.Events(Inbound.Chunk("""{"refusal":"I won't."}"""), Inbound.Chunk("{}", "stop")), comesAsStream: true).Text;

        InboundStreamTests.AssertJson("""[{"type":"refusal","refusal":"I won't."}]""", StreamGrammar.Assemble(ClientFormat.Responses, text)["output"]![0]!["content"]);
    }

    [Theory]
    [InlineData("""{"input":"x","previous_response_id":"resp_1"}""", "previous_response_id", "unsupported_parameter")]
    [InlineData("""{"input":"x","conversation":"c"}""", "conversation", "unsupported_parameter")]
    [InlineData("""{"input":"x","prompt":{"id":"p"}}""", "prompt", "unsupported_parameter")]
    [InlineData("""{"input":"x","background":true}""", "background", "unsupported_parameter")]
    [InlineData("""{"input":[{"type":"item_reference","id":"rs_1"}]}""", "input[0]", "unsupported_parameter")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]}""", "input[0].content[0].file_id", "unsupported_parameter")]
    [InlineData("""{"input":[]}""", "input", null)]
    [InlineData("""{"instructions":"x"}""", "input", null)]
    [InlineData("""{"input":[{"role":"robot","content":"x"}]}""", "input[0].role", null)]
    [InlineData("""{"input":"x","tools":[{"type":"code_interpreter"}]}""", "tools[0].type", null)]
    [InlineData("""{"input":"x","tools":[{"type":"function"}]}""", "tools[0].name", null)]
    [InlineData("""{"input":"x","text":{"format":{"type":"xml"}}}""", "text.format.type", null)]
    [InlineData("""{"input":"x","tool_choice":{"type":"function","name":"f"}}""", "tool_choice.name", null)]
    public void Mistake_NamesItsMember(string body, string parameter, string? code)
    {
        var refused = Assert.Throws<RefusedRequestException>(() => Inbound.Call(ClientFormat.Responses, body));

        Assert.Equal((parameter, code), (refused.Parameter, refused.Code));
    }

    [Fact]
    public void ItemsOfOneTurn_AreOneMessage()
    {
        var messages = Inbound.Sent(ClientFormat.Responses, """
            {"input":[{"role":"user","content":"x"},{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},{"role":"assistant","content":[{"type":"output_text","text":"a"}]},
             {"type":"function_call","call_id":"c","name":"f","arguments":""},{"type":"function_call_output","call_id":"c","output":"r"}]}
            """, "deepseek")["messages"]!;

        InboundStreamTests.AssertJson(
            """
            [{"role":"user","content":"x"},{"role":"assistant","content":"a","reasoning_content":"hm","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c","content":"r"}]
            """,
            messages);
    }
}
