using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Cohere;

/// <summary>Requests to Cohere.</summary>
public sealed class CohereRequestTests
{
    private const string Pixel = "data:image/png;base64,iVBORw0KGgo=";
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},{"type":"function","function":{"name":"g"}}]
        """;

    [Fact]
    public void Conversation_OfEachRole_IsCoheres()
    {
        var call = CohereChat.Call(
            """
            {"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"developer","content":"A"},{"role":"user","name":"ann","content":[{"type":"text","text":"1"},{"type":"text","text":"2","cache_control":{"type":"ephemeral"}}]},
             {"role":"assistant","content":"plan","reasoning_content":"r","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"cut o"}},
             {"id":"c3","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]},{"role":"system","content":"B"},{"role":"assistant","content":"3"}]}
            """);

        Assert.Equal("v2/chat", call.Path);
        Gemini.AssertJson(
            """
            {"model":"command-a-03-2025","stream":true,"messages":[{"role":"system","content":"A"},{"role":"user","content":[{"type":"text","text":"1"},{"type":"text","text":"2"}]},
             {"role":"assistant","tool_plan":"plan","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{\"_raw\":\"cut o\"}"}},
             {"id":"c3","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"xy"},{"role":"system","content":"B"},{"role":"assistant","content":"3"}]}
            """,
            Encoding.UTF8.GetString(call.Body.Span));
        Assert.Equal(["messages[1].name", "messages[1].content[1].cache_control", "messages[2].reasoning_content"], call.Dropped);
    }

    [Fact]
    public void Parts_ImagesAndTextFiles_AreCoheres()
    {
        var body = Body($$$"""
            {"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"{{{Pixel}}}","detail":"low"}},{"type":"image_url","image_url":{"url":"https://a.test/b.png"} },
             {"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,5YaN6KeB"} }]}]}
            """);

        Gemini.AssertJson(
            $$"""
            [{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"{{Pixel}}","detail":"low"} },{"type":"image_url","image_url":{"url":"https://a.test/b.png"} }]}]
            """,
            body["messages"]!.ToJsonString());
        Gemini.AssertJson("""[{"data":{"text":"再见","title":"a.txt"}}]""", body["documents"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}""", "messages[0].content[0]")]
    [InlineData("""{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}]}""", "messages[0].content[0]")]
    [InlineData("""{"role":"user","content":[{"type":"file","file":{"file_id":"f1"}}]}""", "messages[0].content[0]")]
    [InlineData("""{"role":"user","content":[{"type":"file","file":{"file_data":"data:text/plain;base64,/w=="}}]}""", "messages[0].content[0].file.file_data")]
    [InlineData("""{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://a.test/"}}]}""", "messages[0].content[0]")]
    [InlineData("""{"role":"tool","tool_call_id":"c","content":[{"type":"image_url","image_url":{"url":"https://a.test/"}}]}""", "messages[0].content[0]")]
    public void Parts_ThatCohereDoesNotTake_AreRefused(string message, string parameter) =>
        Assert.Equal(parameter, CohereChat.Refuse($$"""{"messages":[{{message}}]}""").Parameter);

    [Theory]
    [InlineData("\"temperature\":1.7,\"top_p\":1,\"top_k\":900,\"seed\":5", """{"temperature":1,"p":0.99,"k":500,"seed":5}""", null)]
    [InlineData("\"temperature\":0.5,\"top_p\":0", """{"temperature":0.5,"p":0.01}""", null)]
    [InlineData("\"frequency_penalty\":1.5,\"presence_penalty\":0.5", """{"frequency_penalty":1,"presence_penalty":0.5}""", null)]
    [InlineData("\"frequency_penalty\":-1", "{}", "frequency_penalty")]
    [InlineData("\"seed\":-1", "{}", "seed")]
    [InlineData("\"user\":\"u\"", "{}", "user")]
    [InlineData("\"max_tokens\":5,\"stop\":\"a\",\"modalities\":[\"text\"]", """{"max_tokens":5,"stop_sequences":["a"]}""", null)]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", """{"max_tokens":6}""", null)]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", """{"response_format":{"type":"json_object"}}""", null)]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\"}}}", """{"response_format":{"type":"json_object","json_schema":{"type":"object"}}}""", null)]
    [InlineData("\"extra_body\":{\"cohere\":{\"safety_mode\":\"NONE\",\"citation_options\":{\"mode\":\"OFF\"}}}", """{"safety_mode":"NONE","citation_options":{"mode":"OFF"}}""", null)]
    [InlineData("\"extra_body\":{\"cohere\":{\"x\":1}}", "{}", "extra_body.cohere.x")]
    [InlineData("\"extra_body\":{\"google\":{}}", "{}", "extra_body.google")]
    [InlineData("\"reasoning_effort\":\"low\"", "{}", "reasoning_effort")]
    public void Settings_OfEachKind_AreCoheres(string members, string expected, string? dropped)
    {
        var call = CohereChat.Call(With(members));

        Gemini.AssertJson(expected, Rest(call.Body));
        Assert.Equal(dropped is null ? [] : [dropped], call.Dropped);
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]", "stop")]
    [InlineData("\"modalities\":[\"audio\"]", "modalities")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"tools\":[{\"type\":\"google_search\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"other\"}}", "tool_choice")]
    public void Settings_ThatCohereDoesNotTake_AreRefused(string members, string parameter) => Assert.Equal(parameter, CohereChat.Refuse(With(members)).Parameter);

    [Theory]
    [InlineData("none", """{"thinking":{"type":"disabled"}}""")]
    [InlineData("minimal", """{"thinking":{"type":"enabled","token_budget":1024}}""")]
    [InlineData("low", """{"thinking":{"type":"enabled","token_budget":3276}}""")]
    [InlineData("medium", """{"thinking":{"type":"enabled","token_budget":9830}}""")]
    [InlineData("high", """{"thinking":{"type":"enabled","token_budget":19660}}""")]
    [InlineData("xhigh", """{"thinking":{"type":"enabled","token_budget":29491}}""")]
    public void Thinking_ByEffort_IsABudget(string effort, string expected) =>
        Gemini.AssertJson(expected, Rest(CohereChat.Call(With($"\"reasoning_effort\":\"{effort}\""), CohereChat.Thinker).Body));

    [Theory]
    [InlineData("\"max_tokens\":100", """{"thinking":{"type":"enabled","token_budget":3276},"max_tokens":3376}""", null)]
    [InlineData("\"max_completion_tokens\":2000", """{"thinking":{"type":"enabled","token_budget":1999},"max_tokens":2000}""", null)]
    [InlineData("\"max_completion_tokens\":200", """{"thinking":{"type":"disabled"},"max_tokens":200}""", "reasoning_effort")]
    public void Thinking_WithALimit_CountsIntoIt(string limit, string expected, string? dropped)
    {
        var call = CohereChat.Call(With("\"reasoning_effort\":\"low\"," + limit), CohereChat.Thinker);

        Gemini.AssertJson(expected, Rest(call.Body));
        Assert.Equal(dropped is null ? [] : [dropped], call.Dropped);
    }

    [Theory]
    [InlineData("null", "f,g", null)]
    [InlineData("\"auto\"", "f,g", null)]
    [InlineData("\"none\"", "f,g", "NONE")]
    [InlineData("\"required\"", "f,g", "REQUIRED")]
    [InlineData("{\"type\":\"function\",\"function\":{\"name\":\"g\"}}", "g", "REQUIRED")]
    [InlineData("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"g\"}}]}}", "g", null)]
    [InlineData("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}}", "f", "REQUIRED")]
    [InlineData("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[]}}", "", null)]
    public void Choice_OfEachKind_LeavesTheOthersOut(string choice, string names, string? expected)
    {
        var body = Body(With($"{Tools},\"tool_choice\":{choice}"));

        Assert.Equal(names, string.Join(',', (body["tools"]?.AsArray() ?? []).Select(tool => (string?)tool!["function"]!["name"])));
        Assert.Equal(expected, (string?)body["tool_choice"]);
        Assert.Equal(names.Contains('f', StringComparison.Ordinal) ? true : null, (bool?)body["strict_tools"]);
    }

    [Fact]
    public void Tools_WithoutParameters_GetThem() => Gemini.AssertJson(
        """
        [{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}},{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}]
        """,
        Body(With(Tools))["tools"]!.ToJsonString());

    [Fact]
    public void Format_BesideTools_IsAnInstruction()
    {
        var body = Body(With(Tools + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"object\",\"title\":\"Unmistakable\"}}}"));

        Assert.Null(body["response_format"]);
        Assert.Equal("system", (string?)body["messages"]![0]!["role"]);
        Assert.Contains("Unmistakable", (string?)body["messages"]![0]!["content"], StringComparison.Ordinal);
        Assert.Equal("user", (string?)body["messages"]![1]!["role"]);
    }

    private static string With(string members) => $$"""{"messages":[{"role":"user","content":"x"}],{{members}}}""";

    private static JsonNode Body(string request) => JsonNode.Parse(CohereChat.Call(request).Body.Span)!;

    /// <summary>The body without its model and conversation.</summary>
    private static string Rest(ReadOnlyMemory<byte> body)
    {
        var all = JsonNode.Parse(body.Span)!.AsObject();
        all.Remove("model");
        all.Remove("messages");
        return all.ToJsonString();
    }
}
