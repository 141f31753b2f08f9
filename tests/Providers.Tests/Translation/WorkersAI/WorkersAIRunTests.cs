using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.WorkersAI;

/// <summary>Chat completions at models of Workers AI that are called by themselves.</summary>
public sealed class WorkersAIRunTests
{
    private static readonly Translated Model = new("workers-ai", "@hf/nousresearch/hermes-2-pro-mistral-7b");

    [Theory]
    [InlineData("@cf/meta/llama-3.3-70b-instruct-fp8-fast", false)]
    [InlineData("@cf/openai/gpt-oss-120b", false)]
    [InlineData("@hf/nousresearch/hermes-2-pro-mistral-7b", true)]
    [InlineData("@cf/mistral/mistral-7b-instruct-v0.2-lora", true)]
    [InlineData("@cf/meta/llama-guard-3-8b", true)]
    public void ChatTranslatorOf_Model_IsThereWhereTheOpenAIEndpointLacksIt(string model, bool isTranslated) =>
        Assert.Equal(isTranslated, Map.Catalog.Find("workers-ai")!.ChatTranslatorOf(model) is not null);

    [Fact]
    public void Translate_FullRequest_IsTheModelsOwn()
    {
        var call = Model.Call(
            """
            {"model":"x","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Tide "},{"type":"text","text":"now?"}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"tide","arguments":"{\"h\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"high"}],
             "max_completion_tokens":99,"temperature":1.5,"top_p":0,"top_k":99,"seed":7,"frequency_penalty":-1,"presence_penalty":1,"stop":["x"],"logit_bias":{"1":2},"reasoning_effort":"high",
             "stream":true,"stream_options":{"include_usage":true},"parallel_tool_calls":false,"prompt_cache_key":"k","n":1,
             "tools":[{"type":"function","function":{"name":"tide","strict":true,"parameters":{"type":"object"}}},{"type":"function","function":{"name":"other"}}],
             "tool_choice":{"type":"function","function":{"name":"tide"}},
             "response_format":{"type":"json_schema","json_schema":{"name":"T","schema":{"type":"object"},"strict":true}},
             "extra_body":{"workers-ai":{"lora":"l","other":1},"google":{}}}
            """);

        Assert.Equal("run/@hf/nousresearch/hermes-2-pro-mistral-7b", call.Path);
        Assert.Equal("x-session-affinity", Assert.Single(call.Headers).Key);
        Assert.Equal(
            "logit_bias,stop,reasoning_effort,parallel_tool_calls,tools[0].function.strict,extra_body.workers-ai.other,extra_body.google", string.Join(',', call.Dropped));
        Gemini.AssertBody(
            """
            {"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Tide now?"},
              {"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"tide","arguments":"{\"h\":1}"}}]},
              {"role":"tool","content":"high","tool_call_id":"c1","name":"tide"}],
             "stream":true,"max_tokens":99,"temperature":1.5,"top_p":0.001,"frequency_penalty":-1,"presence_penalty":1,"top_k":50,"seed":7,
             "tools":[{"type":"function","function":{"name":"tide","description":"","parameters":{"type":"object"}}},
                      {"type":"function","function":{"name":"other","description":"","parameters":{"type":"object","properties":{}}}}],
             "tool_choice":{"type":"function","function":{"name":"tide"}},
             "response_format":{"type":"json_schema","json_schema":{"title":"T","type":"object"}},"lora":"l"}
            """,
            call);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":2}""", "n")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://e.example/a.png"}}]}]}""", "messages[0].content[0]")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"modalities":["audio"]}""", "modalities")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"custom","custom":{"name":"c"}}]}""", "tools[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tool_choice":"required"}""", "tool_choice")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"tool","tool_call_id":"no","content":"y"}]}""", "messages[1].tool_call_id")]
    public void Translate_CannotBeSaid_IsRefusedByName(string request, string parameter) => Assert.Equal(parameter, Model.Refuse(request).Parameter);

    [Theory]
    [InlineData("none", null, 0)]
    [InlineData("auto", "auto", 2)]
    [InlineData("required", "required", 2)]
    public void Translate_ToolChoice_IsTold(string choice, string? expected, int tools)
    {
        var body = Model.Body($$$"""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}],"tool_choice":"{{{choice}}}"}""");

        Assert.Equal((expected, tools), ((string?)body["tool_choice"], body["tools"]?.AsArray().Count ?? 0));
    }

    [Fact]
    public void Whole_Fixture_IsOpenAIs()
    {
        var fixture = new Translated("workers-ai", "@hf/x/y");
        var expected = JsonNode.Parse(Gemini.Fixture("workers-ai-run-plain.expected-openai.json"))!;
        (expected["id"], expected["model"]) = ("made", "@hf/x/y");

        Gemini.AssertJson(expected.ToJsonString(), fixture.Read(Gemini.Fixture("workers-ai-run-plain.response.json"), isStream: false).Text);
    }

    [Fact]
    public void Stream_FixtureCutAnywhere_IsOpenAIs()
    {
        var expected = Gemini.Chunks(Encoding.UTF8.GetString(Gemini.Fixture("workers-ai-run-stream.expected-openai.sse")));

        var chunks = new Translated("workers-ai", "@hf/x/y").Chunks(Gemini.Fixture("workers-ai-run-stream.response.sse"));

        Assert.Equal(expected.Count, chunks.Count);
        for (var index = 0; index < expected.Count; index++)
        {
            var wanted = JsonNode.Parse(expected[index])!;
            (wanted["id"], wanted["model"]) = ("made", "@hf/x/y");
            Gemini.AssertJson(wanted.ToJsonString(), chunks[index].ToJsonString());
        }
    }

    [Fact]
    public void Whole_CallsWithoutIds_GetThem()
    {
        var answer = JsonNode.Parse(Model.Read(Gemini.Fixture("workers-ai-run-tools.response.json"), isStream: false).Text)!;
        var choice = answer["choices"]![0]!;
        var call = choice["message"]!["tool_calls"]![0]!;

        Assert.Equal(("tool_calls", "lookup_tide", """{"harbour":"Porthleven"}"""), ((string?)choice["finish_reason"], (string?)call["function"]!["name"], (string?)call["function"]!["arguments"]));
        Assert.StartsWith("call_", (string?)call["id"], StringComparison.Ordinal);
        Assert.Null((string?)choice["message"]!["content"]);
    }

    [Theory]
    [InlineData("""{"result":{"response":{"a":1}},"success":true}""", """{"a":1}""", "stop")]
    [InlineData("""{"result":{"response":5},"success":true}""", "5", "stop")]
    [InlineData("""{"response":"bare"}""", "bare", "stop")]
    [InlineData("""{"result":{"choices":[{"message":{"content":"hi","reasoning":"hm"},"finish_reason":"length"}]},"success":true}""", "hi", "length")]
    public void Whole_OtherShapes_AreRead(string answer, string content, string finish)
    {
        var (message, reason) = Model.Message(answer);

        Assert.Equal((content, finish), ((string?)message["content"], reason));
    }

    [Fact]
    public void Stream_NativeWholeCalls_AreOpenAIs()
    {
        var chunks = Model.Chunks(Translated.Events(
            """{"response":""}""", """{"tool_calls":[{"name":"a","arguments":{"x":1}},{"name":"b","arguments":"{}"}]}""", """{"usage":{"prompt_tokens":3,"completion_tokens":4}}""", "[DONE]"), usage: true);

        Assert.Equal("tool_calls", Translated.Finish(chunks));
        var calls = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).SelectMany(choice => choice!["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal("""{"x":1}""", string.Concat(calls.Where(call => (int)call!["index"]! == 0).Select(call => (string?)call!["function"]!["arguments"])));
        Assert.Equal("b", (string?)calls.First(call => (int)call!["index"]! == 1)!["function"]!["name"]);
        Assert.Equal(7, (int?)chunks[^1]["usage"]!["total_tokens"]);
    }

    [Fact]
    public void Stream_OpenAIsChunksOnTheModelsPath_AreOpenAIs()
    {
        var chunks = Model.Chunks(Translated.Events(
            """{"id":"u","model":"m","choices":[{"delta":{"role":"assistant","reasoning_content":"hm"}}]}""",
            """{"choices":[{"delta":{"content":"hi"}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\""}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":null,"function":{"name":null,"arguments":":1}"}}]}}]}""",
            """{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}""",
            "[DONE]"));

        Assert.Equal(("hm", "hi", "tool_calls"), (Translated.Deltas(chunks, "reasoning_content"), Translated.Deltas(chunks, "content"), Translated.Finish(chunks)));
        var calls = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).SelectMany(choice => choice!["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal("""{"a":1}""", string.Concat(calls.Select(call => (string?)call!["function"]!["arguments"])));
        Assert.Equal("u", (string?)chunks[0]["id"]);
    }

    [Theory]
    [InlineData("""{"success":false,"errors":[{"code":5007,"message":"No such model"}],"result":{}}""", "5007")]
    [InlineData("""{"result":{},"success":true}""", "malformed_answer")]
    [InlineData("[]", "malformed_answer")]
    public void Whole_IsAnError_IsAFault(string answer, string code) => Assert.Equal((502, code), Model.Read(Encoding.UTF8.GetBytes(answer), isStream: false).Fault is { } fault ? (fault.Status, fault.Code) : default);

    [Fact]
    public void Stream_StatesAnErrorOrIsCut_HasNoEnd()
    {
        var error = Model.Read(Translated.Events("""{"response":"a"}""", """{"errors":[{"code":3040,"message":"full"}]}"""), isStream: true);
        var cut = Model.Read(Translated.Events("""{"response":"a"}"""), isStream: true);

        Assert.Equal(("3040", "full"), (error.Fault!.Code, error.Fault.Message));
        Assert.DoesNotContain("[DONE]", error.Text + cut.Text, StringComparison.Ordinal);
        Assert.NotNull(cut.Fault);
    }
}
