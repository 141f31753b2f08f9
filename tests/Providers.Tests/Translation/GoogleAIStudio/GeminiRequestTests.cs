using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.GoogleAIStudio;

/// <summary>Requests to Gemini: conversations, sampling, thinking, formats and what has no place.</summary>
public sealed class GeminiRequestTests
{
    private const string Pixel = "data:image/png;base64,iVBORw0KGgo=";

    [Theory]
    [InlineData("gemini-2.5-flash", Gemini.AIStudio, "v1beta/models/gemini-2.5-flash:generateContent")]
    [InlineData("models/gemini-2.5-flash", Gemini.AIStudio, "v1beta/models/gemini-2.5-flash:generateContent")]
    [InlineData("tunedModels/my-model", Gemini.AIStudio, "v1beta/tunedModels/my-model:generateContent")]
    [InlineData("a b?c", Gemini.AIStudio, "v1beta/models/a%20b%3Fc:generateContent")]
    [InlineData("google/gemini-2.5-pro", Gemini.Vertex, "v1/publishers/google/models/gemini-2.5-pro:generateContent")]
    [InlineData("gemini-2.5-pro", Gemini.Vertex, "v1/publishers/google/models/gemini-2.5-pro:generateContent")]
    [InlineData("publishers/google/models/gemini-2.5-pro", Gemini.Vertex, "v1/publishers/google/models/gemini-2.5-pro:generateContent")]
    public void Path_ByModel_IsGoogles(string model, string provider, string path)
    {
        Assert.Equal(path, Gemini.Call("""{"messages":[{"role":"user","content":"x"}]}""", model, provider).Path);
        Assert.Equal(
            path.Replace(":generateContent", ":streamGenerateContent?alt=sse", StringComparison.Ordinal),
            Gemini.Call("""{"messages":[{"role":"user","content":"x"}],"stream":true}""", model, provider).Path);
    }

    [Theory]
    [InlineData("a/../b", Gemini.AIStudio)]
    [InlineData("", Gemini.AIStudio)]
    [InlineData("anthropic/claude-sonnet-4-5", Gemini.Vertex)]
    [InlineData("google/", Gemini.Vertex)]
    public void Model_NotGoogles_IsRefused(string model, string provider) =>
        Assert.Equal("model", Gemini.Refuse("""{"messages":[{"role":"user","content":"x"}]}""", model, provider).Parameter);

    [Fact]
    public void Conversation_OfTurns_IsMergedAndHoisted() => Gemini.AssertBody(
        """
        {"systemInstruction":{"parts":[{"text":"A"},{"text":"B"},{"text":"C"}]},
         "contents":[{"role":"user","parts":[{"text":"1"},{"text":"2"}]},{"role":"model","parts":[{"text":"3"},{"text":"no"}]},{"role":"user","parts":[{"text":"4"}]}]}
        """,
        Gemini.Call("""
            {"messages":[{"role":"system","content":"A"},{"role":"developer","content":[{"type":"text","text":"B"},{"type":"text","text":""}]},
             {"role":"user","content":"1"},{"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"2"}]},{"role":"assistant","content":"3"},
             {"role":"assistant","content":null,"refusal":"no"},{"role":"system","content":"C"},{"role":"user","content":"4"}]}
            """));

    [Theory]
    [InlineData("""[{"role":"assistant","content":"a"}]""", """[{"role":"user","parts":[{"text":"."}]},{"role":"model","parts":[{"text":"a"}]}]""")]
    [InlineData("""[{"role":"user","content":""}]""", """[{"role":"user","parts":[{"text":"."}]}]""")]
    public void Conversation_WithoutUserFirst_GetsOne(string messages, string contents) =>
        Gemini.AssertBody($$"""{"contents":{{contents}}}""", Gemini.Call($$"""{"messages":{{messages}}}"""));

    [Fact]
    public void Gemma_Instructions_StandBeforeTheUsersText() => Gemini.AssertBody(
        """{"contents":[{"role":"user","parts":[{"text":"A"},{"text":"1"}]}]}""",
        Gemini.Call("""{"messages":[{"role":"system","content":"A"},{"role":"user","content":"1"}]}""", "gemma-3-27b-it"));

    [Fact]
    public void Parts_OfEachKind_AreGoogles()
    {
        var call = Gemini.Call($$$"""
            {"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"{{{Pixel}}}","detail":"high"}},
             {"type":"image_url","image_url":{"url":"{{{Pixel}}}","detail":"low"}},{"type":"image_url","image_url":{"url":"https://youtu.be/abc"}},
             {"type":"input_audio","input_audio":{"data":"AAAA","format":"mp3"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERg=="}},
             {"type":"file","file":{"file_id":"files/abc"}}]}]}
            """);

        Gemini.AssertBody(
            """
            {"contents":[{"role":"user","parts":[{"text":"x"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}},
             {"fileData":{"fileUri":"https://youtu.be/abc"}},{"inlineData":{"mimeType":"audio/mp3","data":"AAAA"}},{"inlineData":{"mimeType":"application/pdf","data":"JVBERg=="}},
             {"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}}]}],"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_HIGH"}}
            """,
            call);
        Assert.Equal(["messages[0].content[5].file.filename"], call.Dropped);
    }

    [Theory]
    [InlineData("https://a.test/x.webp?s=1", "image/webp")]
    [InlineData("gs://bucket/clip.mp4", "video/mp4")]
    [InlineData("https://a.test/x", "image/jpeg")]
    public void Vertex_Url_IsPassedWithItsType(string url, string type) => Gemini.AssertBody(
        $$$"""{"contents":[{"role":"user","parts":[{"fileData":{"mimeType":"{{{type}}}","fileUri":"{{{url}}}"}}]}]}""",
        Gemini.Call($$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]}""", Gemini.Flash, Gemini.Vertex));

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://a.test/x.png"}}""", Gemini.AIStudio, ".image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://generativelanguage.googleapis.com.evil.test/x"}}""", Gemini.AIStudio, ".image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"http://a.test/x.png"}}""", Gemini.Vertex, ".image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:;base64,AAAA"}}""", Gemini.AIStudio, "")]
    public void Image_ThatGoogleDoesNotTake_IsRefused(string part, string provider, string member) =>
        Assert.Equal("messages[0].content[0]" + member, Gemini.Refuse($$"""{"messages":[{"role":"user","content":[{{part}}]}]}""", Gemini.Flash, provider).Parameter);

    [Fact]
    public void System_WithImage_IsRefused() => Assert.Equal(
        "messages[0].content[0]",
        Gemini.Refuse($$$"""{"messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"{{{Pixel}}}"}}]}]}""").Parameter);

    [Theory]
    [InlineData("\"temperature\":1.5,\"top_p\":0.9,\"top_k\":40", """{"temperature":1.5,"topP":0.9,"topK":40}""")]
    [InlineData("\"frequency_penalty\":0.5,\"presence_penalty\":-2", """{"frequencyPenalty":0.5,"presencePenalty":-2}""")]
    [InlineData("\"frequency_penalty\":0,\"presence_penalty\":0", null)]
    [InlineData("\"seed\":4294967299", """{"seed":3}""")]
    [InlineData("\"seed\":-5", """{"seed":-5}""")]
    [InlineData("\"max_tokens\":10", """{"maxOutputTokens":10}""")]
    [InlineData("\"max_tokens\":10,\"max_completion_tokens\":20", """{"maxOutputTokens":20}""")]
    [InlineData("\"stop\":[\"a\",\"\"]", """{"stopSequences":["a"]}""")]
    [InlineData("\"stop\":\"a\",\"n\":3", """{"stopSequences":["a"],"candidateCount":3}""")]
    [InlineData("\"n\":1,\"modalities\":[\"text\"],\"stream\":true,\"stream_options\":{\"include_usage\":true},\"store\":false,\"logit_bias\":{}", null)]
    [InlineData("\"modalities\":[\"text\",\"image\"]", """{"responseModalities":["TEXT","IMAGE"]}""")]
    [InlineData("\"response_format\":{\"type\":\"text\"}", null)]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", """{"responseMimeType":"application/json"}""")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\"}}}", """{"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}}""")]
    public void Settings_OfEachKind_AreGoogles(string members, string? expected)
    {
        var call = Gemini.Call(With(members));

        AssertConfig(expected, call.Body);
        Assert.Empty(call.Dropped);
    }

    [Theory]
    [InlineData("\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]", "stop")]
    [InlineData("\"n\":9", "n")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"modalities\":[7]", "modalities")]
    [InlineData("\"extra_body\":{\"google\":7}", "extra_body.google")]
    [InlineData("\"extra_body\":{\"google\":{\"thinking_config\":7}}", "extra_body.google.thinking_config")]
    [InlineData("\"extra_body\":{\"google\":{\"thinking_config\":{\"x\":7}}}", "extra_body.google.thinking_config")]
    [InlineData("\"extra_body\":{\"google\":{\"cached_content\":{}}}", "extra_body.google.cached_content")]
    [InlineData("\"google\":{\"safetySettings\":{}}", "google.safetySettings")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    public void Settings_ThatGoogleDoesNotTake_AreRefused(string members, string parameter) =>
        Assert.Equal(parameter, Gemini.Refuse(With(members)).Parameter);

    [Theory]
    [InlineData("gemini-2.5-flash", "\"reasoning_effort\":\"none\"", """{"thinkingBudget":0}""")]
    [InlineData("gemini-2.5-pro", "\"reasoning_effort\":\"none\"", """{"thinkingBudget":128}""")]
    [InlineData("gemini-2.5-flash", "\"reasoning_effort\":\"minimal\"", """{"thinkingBudget":1024,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash-lite", "\"reasoning_effort\":\"minimal\"", """{"thinkingBudget":512,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "\"reasoning_effort\":\"low\"", """{"thinkingBudget":1024,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "\"reasoning_effort\":\"medium\"", """{"thinkingBudget":8192,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "\"reasoning_effort\":\"high\"", """{"thinkingBudget":24576,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "\"reasoning_effort\":\"xhigh\"", """{"thinkingBudget":24576,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-pro", "\"reasoning_effort\":\"max\"", """{"thinkingBudget":32768,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-pro", "\"reasoning\":{\"max_tokens\":5000,\"exclude\":true}", """{"thinkingBudget":5000}""")]
    [InlineData("gemini-2.5-pro", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":5000}", """{"thinkingBudget":5000,"includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", "\"reasoning_effort\":\"none\"", """{"thinkingLevel":"minimal"}""")]
    [InlineData("gemini-3.1-pro-preview", "\"reasoning_effort\":\"none\"", """{"thinkingLevel":"low"}""")]
    [InlineData("gemini-3.1-pro-preview", "\"reasoning_effort\":\"minimal\"", """{"thinkingLevel":"low","includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", "\"reasoning_effort\":\"medium\"", """{"thinkingLevel":"medium","includeThoughts":true}""")]
    [InlineData("gemini-flash-latest", "\"reasoning_effort\":\"max\"", """{"thinkingLevel":"high","includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", "\"reasoning\":{\"max_tokens\":1000}", """{"thinkingLevel":"low","includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", "\"reasoning\":{\"max_tokens\":9000}", """{"thinkingLevel":"medium","includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", "\"reasoning\":{\"max_tokens\":30000}", """{"thinkingLevel":"high","includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "\"reasoning_effort\":\"low\",\"extra_body\":{\"google\":{\"thinking_config\":{\"thinking_budget\":7,\"include_thoughts\":false}}}", """{"thinkingBudget":7,"includeThoughts":false}""")]
    public void Thinking_ByModel_IsBudgetOrLevel(string model, string members, string expected)
    {
        var call = Gemini.Call(With(members), model);

        AssertConfig($$"""{"thinkingConfig":{{expected}}}""", call.Body);
        Assert.Empty(call.Dropped);
    }

    [Theory]
    [InlineData("\"max_tokens\":2000,\"reasoning_effort\":\"medium\"", """{"maxOutputTokens":10192,"thinkingConfig":{"thinkingBudget":8192,"includeThoughts":true}}""", null)]
    [InlineData("\"max_tokens\":65000,\"reasoning_effort\":\"medium\"", """{"maxOutputTokens":65536,"thinkingConfig":{"thinkingBudget":8192,"includeThoughts":true}}""", null)]
    [InlineData("\"max_completion_tokens\":9000,\"reasoning_effort\":\"medium\"", """{"maxOutputTokens":9000,"thinkingConfig":{"thinkingBudget":8192,"includeThoughts":true}}""", null)]
    [InlineData("\"max_completion_tokens\":5000,\"reasoning_effort\":\"medium\"", """{"maxOutputTokens":5000,"thinkingConfig":{"thinkingBudget":4999,"includeThoughts":true}}""", null)]
    [InlineData("\"max_completion_tokens\":1000,\"reasoning_effort\":\"low\"", """{"maxOutputTokens":1000,"thinkingConfig":{"thinkingBudget":0}}""", "reasoning_effort")]
    [InlineData("\"max_completion_tokens\":100000", """{"maxOutputTokens":65536}""", "max_completion_tokens")]
    public void Thinking_WithALimit_CountsIntoIt(string members, string expected, string? dropped)
    {
        var call = Gemini.Call(With(members));

        AssertConfig(expected, call.Body);
        Assert.Equal(dropped is null ? [] : [dropped], call.Dropped);
    }

    [Theory]
    [InlineData("gemini-2.0-flash", "\"reasoning_effort\":\"low\"", "reasoning_effort")]
    [InlineData("gemma-3-27b-it", "\"reasoning\":{\"effort\":\"low\"}", "reasoning")]
    [InlineData("gemini-2.5-flash-image", "\"thinking\":{\"type\":\"adaptive\"}", "thinking")]
    public void Thinking_OfAModelWithout_IsDropped(string model, string members, string dropped)
    {
        var call = Gemini.Call(With(members), model);

        AssertConfig(null, call.Body);
        Assert.Equal([dropped], call.Dropped);
    }

    [Fact]
    public void Format_OfAnOlderModel_IsOpenApis() => AssertConfig(
        """{"responseMimeType":"application/json","responseSchema":{"type":"object","properties":{"a":{"type":"string","nullable":true}},"required":["a"]}}""",
        Gemini.Call(
            With("""
                "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"$schema":"x","type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"],"additionalProperties":false}}}
                """),
            "gemini-2.0-flash").Body);

    [Theory]
    [InlineData("gemini-2.5-flash", true)]
    [InlineData("gemma-3-27b-it", true)]
    [InlineData("gemini-3-flash-preview", false)]
    public void Format_BesideFunctions_IsAnInstructionWhereItMustBe(string model, bool isInstruction)
    {
        var body = Encoding.UTF8.GetString(Gemini.Call(
            With("""
                "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","title":"Unmistakable"}}},"tools":[{"type":"function","function":{"name":"f"}}]
                """),
            model).Body.Span);

        Assert.Equal(isInstruction, body.Contains("no code fence", StringComparison.Ordinal));
        Assert.Equal(!isInstruction, body.Contains("responseJsonSchema", StringComparison.Ordinal));
        Assert.Contains("Unmistakable", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_WithoutAPlace_AreDroppedByName()
    {
        var call = Gemini.Call("""
            {"messages":[{"role":"user","name":"ann","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":"y","reasoning_content":"z",
             "cache_control":{"type":"ephemeral"}},{"role":"user","content":"z"}],"user":"u","logprobs":true,"top_logprobs":2,"logit_bias":{"1":2},"metadata":{"a":"b"},"store":true,"verbosity":"low",
             "web_search_options":{"user_location":{}},"unknown":1,"service_tier":"scale","extra_body":{"google":{"x":1},"other":{}},"user2":null}
            """);

        Assert.Equal(
            ["user", "logprobs", "top_logprobs", "logit_bias", "store", "verbosity", "web_search_options", "unknown", "service_tier", "extra_body.google.x", "extra_body.other", "messages[0].name",
             "messages[0].content[0].cache_control", "messages[1].cache_control", "messages[1].reasoning_content", "metadata"],
            call.Dropped);
        Gemini.AssertBody("""{"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"text":"y"}]},{"role":"user","parts":[{"text":"z"}]}]}""", call);
    }

    [Fact]
    public void Extras_OfGoogles_AreTopLevel()
    {
        var call = Gemini.Call(With("""
            "extra_body":{"google":{"cached_content":"cachedContents/1","safety_settings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}]}},"service_tier":"flex"
            """));

        Gemini.AssertBody(
            """
            {"contents":[{"role":"user","parts":[{"text":"x"}]}],"cachedContent":"cachedContents/1","safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}],"serviceTier":"flex"}
            """,
            call);
        Assert.Empty(call.Dropped);
        Assert.Empty(call.Headers);
    }

    [Fact]
    public void Vertex_MetadataAndTier_AreLabelsAndAHeader()
    {
        var call = Gemini.Call(
            With("\"metadata\":{\"Team Name\":\"Über A\",\"1x\":\"y\",\"n\":3,\"" + new string('k', 70) + "\":\"v\"},\"service_tier\":\"priority\""), Gemini.Flash, Gemini.Vertex);

        Gemini.AssertBody(
            $$$"""{"contents":[{"role":"user","parts":[{"text":"x"}]}],"labels":{"team_name":"_ber_a","{{{new string('k', 63)}}}":"v"}}""",
            call);
        Assert.Equal(["metadata.1x", "metadata.n"], call.Dropped);
        Assert.Equal([new("X-Vertex-AI-LLM-Shared-Request-Type", "priority")], call.Headers);
    }

    [Fact]
    public void Body_HalfASurrogatePair_IsRefused() =>
        Assert.Contains("Unicode", Gemini.Refuse("""{"messages":[{"role":"user","content":"\ud800"}]}""").Message, StringComparison.Ordinal);

    private static string With(string members) => $$"""{"messages":[{"role":"user","content":"x"}],{{members}}}""";

    private static void AssertConfig(string? expected, ReadOnlyMemory<byte> body)
    {
        var config = JsonNode.Parse(body.Span)!["generationConfig"];
        if (expected is null)
        {
            Assert.Null(config);
        }
        else
        {
            Gemini.AssertJson(expected, config!.ToJsonString());
        }
    }
}
