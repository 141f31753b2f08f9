using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.GoogleAIStudio;

/// <summary>Tools, calls and their results, and the signatures that come back with them.</summary>
public sealed class GeminiToolTests
{
    private const string Signature = "Zml4dHVyZS10aG91Z2h0LXNpZ25hdHVyZQ==";
    private const string Pixel = "data:image/png;base64,iVBORw0KGgo=";

    [Fact]
    public void Tools_FunctionsAndNative_AreGoogles()
    {
        var call = Gemini.Call(With("""
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string"}}}},"cache_control":{"type":"ephemeral"}},
             {"type":"google_search"},{"type":"function","function":{"name":"9 lives","strict":true}},{"type":"code_execution"},{"type":"url_context","url_context":{"x":1}}],"parallel_tool_calls":false
            """));

        Gemini.AssertBody(
            """
            {"contents":[{"role":"user","parts":[{"text":"x"}]}],
             "tools":[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object","properties":{"a":{"type":"string"}}}},{"name":"__lives"}]},
             {"googleSearch":{}},{"codeExecution":{}},{"urlContext":{"x":1}}]}
            """,
            call);
        Assert.Equal(["tools[0].cache_control", "tools[2].function.strict", "parallel_tool_calls"], call.Dropped);
        Assert.Equal("9 lives", call.Names.ToClient("__lives"));
    }

    [Theory]
    [InlineData("""{"type":"custom","custom":{"name":"c"}}""", "tools[0].type")]
    [InlineData("""{"type":"web_search_20250305","name":"web_search"}""", "tools[0].type")]
    public void Tools_OfOthers_AreRefused(string tool, string parameter) =>
        Assert.Equal(parameter, Gemini.Refuse(With($"\"tools\":[{tool}]")).Parameter);

    [Theory]
    [InlineData("\"auto\"", false, """{"mode":"AUTO"}""")]
    [InlineData("\"auto\"", true, """{"mode":"VALIDATED"}""")]
    [InlineData("\"none\"", false, """{"mode":"NONE"}""")]
    [InlineData("\"required\"", true, """{"mode":"ANY"}""")]
    [InlineData("{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", false, """{"mode":"ANY","allowedFunctionNames":["f"]}""")]
    [InlineData("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}}", false, """{"mode":"VALIDATED","allowedFunctionNames":["f"]}""")]
    [InlineData("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}}", false, """{"mode":"ANY","allowedFunctionNames":["f"]}""")]
    [InlineData("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[]}}", false, """{"mode":"NONE"}""")]
    [InlineData("null", false, null)]
    public void Choice_OfEachKind_IsGoogles(string choice, bool isStrict, string? expected)
    {
        var body = Gemini.Call(With($$$"""
            "tools":[{"type":"function","function":{"name":"f","strict":{{{(isStrict ? "true" : "false")}}}}}],"tool_choice":{{{choice}}}
            """)).Body;

        var config = JsonNode.Parse(body.Span)!["toolConfig"]?["functionCallingConfig"];
        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), config), config?.ToJsonString());
    }

    [Theory]
    [InlineData(Gemini.AIStudio, "\"id\":\"c1\",", "\"id\":\"c2\",")]
    [InlineData(Gemini.Vertex, "", "")]
    public void Results_OfOneTurn_AreOneTurn(string provider, string first, string second) => Gemini.AssertBody(
        $$$$"""
        {"contents":[{"role":"user","parts":[{"text":"x"}]},
         {"role":"model","parts":[{"text":"Wait"},{"functionCall":{{{{{first}}}}"name":"f","args":{"a":1}}},{"functionCall":{{{{{second}}}}"name":"g_h","args":{}}}]},
         {"role":"user","parts":[{"functionResponse":{{{{{second}}}}"name":"g_h","response":{"result":"plain"}}},{"functionResponse":{{{{{first}}}}"name":"f","response":{"b":2}}},{"text":"and?"}]}]}
        """,
        Gemini.Call(
            """
            {"messages":[{"role":"user","content":"x"},
             {"role":"assistant","content":"Wait","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g h","arguments":""}}]},
             {"role":"tool","tool_call_id":"c2","content":"plain"},{"role":"tool","tool_call_id":"c1","content":"{\"b\":2}"},{"role":"user","content":"and?"}]}
            """,
            Gemini.Flash,
            provider));

    [Theory]
    [InlineData("\"12\"", "", """{"result":12}""")]
    [InlineData("\"[1]\"", "", """{"result":[1]}""")]
    [InlineData("\"{broken\"", "", """{"result":"{broken"}""")]
    [InlineData("\"\"", "", """{"result":""}""")]
    [InlineData("[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]", "", """{"result":"ab"}""")]
    [InlineData("\"it broke\"", ",\"is_error\":true", """{"error":"it broke"}""")]
    public void Result_OfEachKind_IsAnObject(string content, string more, string expected)
    {
        var response = JsonNode.Parse(Gemini.Call(Result(content, more)).Body.Span)!["contents"]![2]!["parts"]![0]!["functionResponse"]!["response"]!;

        Gemini.AssertJson(expected, response.ToJsonString());
    }

    [Theory]
    [InlineData(Gemini.Newest, """[{"functionResponse":{"id":"c1","name":"f","response":{"result":"see"},"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]}}]""")]
    [InlineData(Gemini.Flash, """[{"functionResponse":{"id":"c1","name":"f","response":{"result":"see"}}},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]""")]
    public void Result_WithImage_StandsWhereTheModelTakesIt(string model, string expected) => Gemini.AssertJson(
        expected,
        JsonNode.Parse(Gemini.Call(Result($$$"""[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"{{{Pixel}}}"}}]"""), model).Body.Span)!["contents"]![2]!["parts"]!.ToJsonString());

    [Fact]
    public void Result_WithSound_IsRefused() => Assert.Equal(
        "messages[2].content[0]", Gemini.Refuse(Result("""[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]""")).Parameter);

    [Fact]
    public void Result_OfNoCall_IsRefused() => Assert.Equal(
        "messages[1].tool_call_id", Gemini.Refuse("""{"messages":[{"role":"user","content":"x"},{"role":"tool","tool_call_id":"c1","content":"y"}]}""").Parameter);

    [Fact]
    public void Signatures_OfTextAndCalls_ComeBackByteEqual()
    {
        var parts = JsonNode.Parse(Gemini.Call(
            $$$$"""
            {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"text","reasoning_details":[{"type":"reasoning.encrypted","index":0,"data":"{{{{Signature}}}}","format":"google"},
             {"type":"reasoning.text","text":"t","signature":"s","format":"anthropic"}],
             "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"A+/{{{{Signature}}}}"}}},
             {"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]}]}
            """,
            Gemini.Newest).Body.Span)!["contents"]![1]!["parts"]!;

        Gemini.AssertJson(
            $$$$"""
            [{"text":"text","thoughtSignature":"{{{{Signature}}}}"},{"functionCall":{"id":"c1","name":"f","args":{}},"thoughtSignature":"A+/{{{{Signature}}}}"},{"functionCall":{"id":"c2","name":"f","args":{}}}]
            """,
            parts.ToJsonString());
    }

    [Fact]
    public void Signature_OfAnAnswer_SurvivesTheWholeWay()
    {
        var answer = Gemini.Candidate($$$"""{"functionCall":{"id":"c1","name":"f","args":{}},"thoughtSignature":"a+/\u003d{{{Signature}}}"}""");
        var message = JsonNode.Parse(Gemini.Read(answer, isStream: false, model: Gemini.Newest).Text)!["choices"]![0]!["message"]!.ToJsonString();

        var body = Gemini.Call($$"""{"messages":[{"role":"user","content":"x"},{{message}},{"role":"tool","tool_call_id":"c1","content":"y"}]}""", Gemini.Newest).Body;

        Assert.Equal($"a+/={Signature}", (string?)JsonNode.Parse(body.Span)!["contents"]![1]!["parts"]![0]!["thoughtSignature"]);
    }

    [Fact]
    public void Signature_WithoutText_StandsAlone() => Gemini.AssertJson(
        $$"""[{"text":"","thoughtSignature":"{{Signature}}"}]""",
        JsonNode.Parse(Gemini.Call(
            $$"""{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"","reasoning_details":[{"data":"{{Signature}}","format":"google"}]}]}""").Body.Span)!["contents"]![1]!["parts"]!.ToJsonString());

    [Theory]
    [InlineData(Gemini.Newest, "skip_thought_signature_validator")]
    [InlineData(Gemini.Flash, null)]
    public void Signature_LostOnTheWay_IsReplacedOnTheFirstCallOfATurn(string model, string? expected)
    {
        const string call = """{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]}""";
        const string results = """{"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"}""";

        var contents = JsonNode.Parse(Gemini.Call($$"""{"messages":[{"role":"user","content":"x"},{{call}},{{results}},{{call}},{{results}}]}""", model).Body.Span)!["contents"]!;

        foreach (var turn in new[] { 1, 3 })
        {
            Assert.Equal(expected, (string?)contents[turn]!["parts"]![0]!["thoughtSignature"]);
            Assert.Null(contents[turn]!["parts"]![1]!["thoughtSignature"]);
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{}}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"const":5}}}""", """{"type":"object","properties":{"a":{"type":"string","enum":["5"]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","integer","null"]}}}""", """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"integer"}],"nullable":true}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"null"}]}}}""", """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"}],"nullable":true}}}""")]
    [InlineData("""{"type":"object","properties":{"a":true,"b":{"type":"array"}},"required":["a","z"],"if":{},"not":{},"default":{}}""", """{"type":"object","properties":{"a":{"type":"boolean"},"b":{"type":"array","items":{"type":"string"}}},"required":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/d"}},"$defs":{"d":{"type":"string","format":"uuid","minLength":2}}}""", """{"type":"object","properties":{"a":{"type":"string","minLength":2}}}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"string","format":"date-time"}}},{"properties":{"b":{"enum":["x",null]}},"required":["b"]}]}""", """{"type":"object","properties":{"a":{"type":"string","format":"date-time"},"b":{"type":"string","enum":["x"],"nullable":true}},"required":["b"]}""")]
    public void Schema_OfAnOlderModel_IsOpenApis(string schema, string? expected)
    {
        var parameters = JsonNode.Parse(Gemini.Call(WithSchema(schema), "gemini-2.0-flash").Body.Span)!["tools"]![0]!["functionDeclarations"]![0]!["parameters"];

        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), parameters), parameters?.ToJsonString());
    }

    [Fact]
    public void Schema_ThatHoldsItself_IsCut()
    {
        const string tree = """{"type":"object","properties":{"next":{"$ref":"#"}}}""";

        var node = JsonNode.Parse(Gemini.Call(WithSchema(tree), "gemini-2.0-flash").Body.Span)!["tools"]![0]!["functionDeclarations"]![0]!["parameters"];

        var depth = 0;
        for (; node!["properties"] is { } properties; node = properties["next"])
        {
            depth++;
        }

        Assert.Equal(6, depth);
        Assert.Equal("""{"type":"object"}""", node.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/x"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"https://a.test/"}}}""")]
    [InlineData("wide")]
    [InlineData("deep")]
    public void Schema_ThatCannotBeResolved_IsRefused(string schema)
    {
        schema = schema switch
        {
            "wide" => """{"type":"object","properties":{"0":{"$ref":"#"}""" + string.Concat(Enumerable.Range(1, 20).Select(index => $$""","{{index}}":{"$ref":"#"}""")) + "}}",
            "deep" => string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 80)) + "{}" + new string('}', 80),
            _ => schema,
        };

        Assert.Equal("tools[0].function.parameters", Gemini.Refuse(WithSchema(schema), "gemini-2.0-flash").Parameter);
    }

    [Fact]
    public void Functions_OfOld_AreTools()
    {
        var call = Gemini.Call("""
            {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"cut o"}},{"role":"function","name":"f","content":"1"}],
             "functions":[{"name":"f"}],"function_call":{"name":"f"}}
            """, Gemini.Flash, Gemini.Vertex);

        Gemini.AssertBody(
            """
            {"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"_raw":"cut o"}}}]},
             {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":1}}}]}],
             "tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}}}
            """,
            call);
        Assert.Empty(call.Dropped);
    }

    private static string With(string members) => $$"""{"messages":[{"role":"user","content":"x"}],{{members}}}""";

    private static string WithSchema(string schema) => With($$$"""
        "tools":[{"type":"function","function":{"name":"f","parameters":{{{schema}}}}}]
        """);

    private static string Result(string content, string more = "") => $$$"""
        {"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"c1","content":{{{content}}}{{{more}}}}]}
        """;
}
