using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.OpenAI;

/// <summary>Chat completions at models of OpenAI's that only Responses serves.</summary>
public sealed class OpenAIChatToResponsesTests
{
    private const string Created = """{"type":"response.created","response":{"id":"resp_1","model":"gpt-5-pro-2025-10-06","status":"in_progress"}}""";

    private static readonly Translated Model = new("openai", "gpt-5-pro");

    [Theory]
    [InlineData("gpt-5-pro", true)]
    [InlineData("gpt-5-pro-2025-10-06", true)]
    [InlineData("o1-pro", true)]
    [InlineData("gpt-5.1-codex-max", true)]
    [InlineData("codex-mini-latest", true)]
    [InlineData("o3-deep-research-2025-06-26", true)]
    [InlineData("gpt-4o-mini", false)]
    [InlineData("gpt-5-mini-2025-08-07", false)]
    [InlineData("o3", false)]
    [InlineData("ft:gpt-4o-mini:me::1", false)]
    public void ChatTranslatorOf_Model_IsThereWhereChatCompletionsLackIt(string model, bool isTranslated) =>
        Assert.Equal(isTranslated, Map.Catalog.Find("openai")!.ChatTranslatorOf(model) is not null);

    [Fact]
    public void Translate_FullRequest_IsThatOfResponses()
    {
        var call = Model.Call(
            """
            {"model":"x","messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":"In English."},
              {"role":"user","content":[{"type":"text","text":"Tide?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}},{"type":"file","file":{"file_id":"f1"}}]},
              {"role":"assistant","content":"Looking.","reasoning_details":[{"type":"reasoning.encrypted","data":"enc","format":"openai"},{"type":"reasoning.text","text":"t","signature":"s","format":"anthropic"}],
               "tool_calls":[{"id":"c1","type":"function","function":{"name":"tide","arguments":"{\"h\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"high"},{"role":"developer","content":"Now answer."}],
             "max_tokens":5,"temperature":0.3,"top_p":1,"stop":"x","seed":7,"frequency_penalty":1,"logit_bias":{"1":2},"reasoning_effort":"high","verbosity":"low","stream":true,
             "metadata":{"k":"v"},"user":"u","service_tier":"flex","parallel_tool_calls":false,
             "tools":[{"type":"function","function":{"name":"tide","description":"d","parameters":{"type":"object"}}},{"type":"function","function":{"name":"other","strict":true}},{"type":"web_search"}],
             "tool_choice":{"type":"function","function":{"name":"tide"}},
             "response_format":{"type":"json_schema","json_schema":{"name":"T","schema":{"type":"object"},"strict":true}}}
            """);

        Assert.Equal("responses", call.Path);
        Assert.Equal("frequency_penalty,logit_bias,seed,stop,temperature", string.Join(',', call.Dropped.Order(StringComparer.Ordinal)));
        Gemini.AssertBody(
            """
            {"model":"gpt-5-pro","stream":true,"instructions":"Be brief.\n\nIn English.",
             "input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Tide?"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"},{"type":"input_file","file_id":"f1"}]},
               {"type":"reasoning","summary":[],"encrypted_content":"enc"},
               {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Looking."}]},
               {"type":"function_call","call_id":"c1","name":"tide","arguments":"{\"h\":1}"},
               {"type":"function_call_output","call_id":"c1","output":"high"},
               {"type":"message","role":"developer","content":[{"type":"input_text","text":"Now answer."}]}],
             "tools":[{"type":"function","name":"tide","description":"d","parameters":{"type":"object"},"strict":false},
               {"type":"function","name":"other","parameters":{"type":"object","properties":{}},"strict":true},{"type":"web_search"}],
             "parallel_tool_calls":false,"tool_choice":{"type":"function","name":"tide"},
             "max_output_tokens":16,"reasoning":{"effort":"high","summary":"auto"},
             "text":{"verbosity":"low","format":{"type":"json_schema","name":"T","schema":{"type":"object"},"strict":true}},
             "metadata":{"k":"v"},"user":"u","service_tier":"flex","store":false,"include":["reasoning.encrypted_content"]}
            """,
            call);
    }

    [Fact]
    public void Translate_SchemaOfMessages_GetsTheNameThatItMustHave()
    {
        var body = Encoding.UTF8.GetBytes("""{"max_tokens":100,"messages":[{"role":"user","content":"x"}],"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}}""");
        var translator = Map.Catalog.Find("openai")!.ChatTranslatorOf("gpt-5-pro")!;
        using var request = ClientRequest.Read(ClientFormat.Messages, body, "gpt-5-pro", translator);

        Gemini.AssertJson("""{"format":{"type":"json_schema","name":"answer","schema":{"type":"object"}}}""", JsonNode.Parse(translator.Translate(request).Body.Span)!["text"]!.ToJsonString());
    }

    [Fact]
    public void Translate_Messages_JoinsSystemBlocksByBlankLinesAndNamesWhatIsLeftOut()
    {
        var body = Encoding.UTF8.GetBytes("""{"max_tokens":100,"top_k":5,"system":[{"type":"text","text":"Be brief."},{"type":"text","text":"In English."}],"messages":[{"role":"user","content":"x"}]}""");
        var translator = Map.Catalog.Find("openai")!.ChatTranslatorOf("gpt-5-pro")!;
        using var request = ClientRequest.Read(ClientFormat.Messages, body, "gpt-5-pro", translator);

        var call = translator.Translate(request);

        Assert.Equal("Be brief.\n\nIn English.", (string?)JsonNode.Parse(call.Body.Span)!["instructions"]);
        Assert.Equal(["top_k"], call.Dropped);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"top_k":5}""", "top_k")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"top_k":null}""", "")]
    public void Translate_TopK_IsNamedOnce(string request, string dropped) => Assert.Equal(dropped, string.Join(',', Model.Call(request).Dropped));

    [Fact]
    public void Translate_AllowedTools_AreTold() => Gemini.AssertJson(
        """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"a"}]}""",
        Model.Body("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"a"}}]}}}""")["tool_choice"]!.ToJsonString());

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":2}""", "n")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}""", "messages[0].content[0]")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"modalities":["audio","text"]}""", "modalities")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"custom","custom":{"name":"c"}}]}""", "tools[0].type")]
    public void Translate_CannotBeSaid_IsRefusedByName(string request, string parameter) => Assert.Equal(parameter, Model.Refuse(request).Parameter);

    [Fact]
    public void Whole_Fixture_IsOpenAIsChat() => Gemini.AssertJson(
        """
        {"id":"resp_Fx0001","object":"chat.completion","created":1760000000,"model":"gpt-5-mini-2025-08-07",
         "choices":[{"index":0,"message":{"role":"assistant","content":"Minerals wash in and stay behind.","refusal":null},"logprobs":null,"finish_reason":"stop"}],
         "usage":{"prompt_tokens":12,"completion_tokens":79,"total_tokens":91,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"completion_tokens_details":{"reasoning_tokens":64}}}
        """,
        Model.Read(Gemini.Fixture("openai-responses-plain.response.json"), isStream: false).Text);

    [Fact]
    public void Stream_FixtureCutAnywhere_IsOpenAIsChat()
    {
        var chunks = Model.Chunks(Gemini.Fixture("openai-responses-stream.response.sse"), usage: true);

        Assert.Equal(["", "Minerals wash in", " and stay behind."], chunks.Take(3).Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"]));
        Assert.Equal("stop", Translated.Finish(chunks));
        Assert.Equal(91, (int?)chunks[^1]["usage"]!["total_tokens"]);
        Assert.All(chunks, chunk => Assert.Equal("resp_Fx0001", (string?)chunk["id"]));
    }

    [Fact]
    public void Stream_ReasoningAndTwoCalls_AreOpenAIsChat()
    {
        var chunks = Model.Chunks(Translated.Events(
            Created,
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs"}}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"First"}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"then – 再"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs","encrypted_content":"enc"}}""",
            """{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"c1","name":"a","arguments":""}}""",
            """{"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"c2","name":"b","arguments":""}}""",
            """{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"x\""}""",
            """{"type":"response.function_call_arguments.delta","output_index":1,"delta":":1}"}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","call_id":"c1"}}""",
            """{"type":"response.output_item.done","output_index":2,"item":{"type":"function_call","call_id":"c2"}}""",
            """{"type":"response.completed","response":{"status":"completed","usage":{"input_tokens":1,"output_tokens":2}}}"""));

        Assert.Equal(("First\n\nthen – 再", "tool_calls"), (Translated.Deltas(chunks, "reasoning_content"), Translated.Finish(chunks)));
        var deltas = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).Select(choice => choice!["delta"]!).ToList();
        Gemini.AssertJson("""[{"type":"reasoning.encrypted","index":0,"data":"enc","format":"openai"}]""", deltas.Single(delta => delta["reasoning_details"] is not null)["reasoning_details"]!.ToJsonString());
        var calls = deltas.SelectMany(delta => delta["tool_calls"]?.AsArray() ?? []).ToLookup(call => (int)call!["index"]!);
        Assert.Equal("""c1 a {"x":1}""", $"{calls[0].First()!["id"]} {calls[0].First()!["function"]!["name"]} {string.Concat(calls[0].Select(call => (string?)call!["function"]!["arguments"]))}");
        Assert.Equal("c2 b {}", $"{calls[1].First()!["id"]} {calls[1].First()!["function"]!["name"]} {string.Concat(calls[1].Select(call => (string?)call!["function"]!["arguments"]))}");
    }

    [Theory]
    [InlineData("max_output_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    public void Incomplete_Reason_IsTheFinishReason(string reason, string finish)
    {
        var response = $$$"""{"status":"incomplete","incomplete_details":{"reason":"{{{reason}}}"},"output":[]}""";
        var chunks = Model.Chunks(Translated.Events(Created, $$$"""{"type":"response.incomplete","response":{{{response}}}}"""));

        Assert.Equal((finish, finish), (Model.Message(response).Finish, Translated.Finish(chunks)));
    }

    [Fact]
    public void Refusal_IsOne()
    {
        var (message, _) = Model.Message("""{"status":"completed","output":[{"type":"message","content":[{"type":"refusal","refusal":"No."}]}]}""");
        var chunks = Model.Chunks(Translated.Events(Created, """{"type":"response.refusal.delta","delta":"No."}""", """{"type":"response.completed","response":{"status":"completed"}}"""));

        Assert.Equal(("No.", "No."), ((string?)message["refusal"], Translated.Deltas(chunks, "refusal")));
    }

    [Fact]
    public void Reasoning_ThatTheClientDoesNotWant_IsNotShown()
    {
        const string Request = """{"messages":[{"role":"user","content":"x"}],"reasoning":{"effort":"low","exclude":true}}""";
        const string Answer = """{"status":"completed","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"enc"},{"type":"message","content":[{"type":"output_text","text":"x"}]}]}""";

        Assert.Null(Model.Message(Answer, Request).Message["reasoning_content"]);
        Assert.Equal("hm", (string?)Model.Message(Answer).Message["reasoning_content"]);
        Assert.Null(Model.Body(Request)["reasoning"]!["summary"]);
    }

    [Theory]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"slow"}}}""", 429, "rate_limit_exceeded")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"slow"}}}""", 502, "server_error")]
    [InlineData("""{"type":"error","code":"server_error","message":"slow"}""", 502, "server_error")]
    public void Failed_IsAFault(string happening, int status, string code)
    {
        var (text, fault) = Model.Read(Translated.Events(Created, happening), isStream: true);

        Assert.Equal((status, code, "slow"), (fault!.Status, fault.Code, fault.Message));
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    public void Whole_IsNoAnswer_IsAFault(string answer) => Assert.Equal("malformed_answer", Model.Read(Encoding.UTF8.GetBytes(answer), isStream: false).Fault?.Code);

    [Fact]
    public void Whole_Citations_AreAnnotations() => Assert.Equal(
        "https://e.example",
        (string?)Model.Message("""{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"x","annotations":[{"type":"url_citation","url":"https://e.example","title":"t","start_index":0,"end_index":1}]}]}]}""")
            .Message["annotations"]![0]!["url_citation"]!["url"]);

    [Fact]
    public void Stream_CutOff_HasNoEnd() =>
        Assert.DoesNotContain("[DONE]", Model.Read(Translated.Events(Created, """{"type":"response.output_text.delta","delta":"a"}"""), isStream: true).Text, StringComparison.Ordinal);
}
