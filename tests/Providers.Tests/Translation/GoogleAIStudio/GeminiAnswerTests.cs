using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.GoogleAIStudio;

/// <summary>Answers of Gemini as OpenAI's.</summary>
public sealed class GeminiAnswerTests
{
    private const string Searching = """{"messages":[{"role":"user","content":"?"}],"tools":[{"type":"google_search"}]}""";

    [Theory]
    [InlineData("gemini-generate-plain")]
    [InlineData("gemini-generate-tools")]
    public void Whole_Fixture_IsOpenAIs(string name)
    {
        var expected = Encoding.UTF8.GetString(Gemini.Fixture(name + ".expected-openai.json"));

        Gemini.AssertJson(expected, Gemini.Read(Gemini.Fixture(name + ".response.json"), isStream: false).Text);
        Gemini.AssertJson(expected, Gemini.Read(Gemini.Fixture(name + ".response.json"), isStream: false, piece: 1).Text);
    }

    [Fact]
    public void Stream_FixtureCutAnywhere_IsOpenAIs()
    {
        var answer = Gemini.Fixture("gemini-generate-stream.response.sse");
        var expected = Gemini.Chunks(Encoding.UTF8.GetString(Gemini.Fixture("gemini-generate-stream.expected-openai.sse")));
        var whole = Gemini.Read(answer, isStream: true).Text;
        var chunks = Gemini.Chunks(whole);

        Assert.Equal(expected.Count, chunks.Count);
        for (var index = 0; index < expected.Count; index++)
        {
            Gemini.AssertJson(expected[index], chunks[index]);
        }

        Assert.Equal(whole, Gemini.Read(answer, isStream: true, piece: 1).Text);
        for (var at = 0; at <= answer.Length; at++)
        {
            Assert.Equal(whole, Gemini.ReadCut(answer, isStream: true, at).Text);
        }
    }

    [Fact]
    public void Stream_CallWithoutId_GetsOneAndItsSignature()
    {
        var chunks = Gemini.Chunks(Gemini.Read(Gemini.Fixture("gemini-generate-stream-tools.response.sse"), isStream: true).Text).ConvertAll(chunk => JsonNode.Parse(chunk)!);
        var call = chunks[1]["choices"]![0]!["delta"]!["tool_calls"]![0]!;

        Assert.Equal(5, chunks.Count);
        Assert.Equal("assistant", (string?)chunks[0]["choices"]![0]!["delta"]!["role"]);
        Assert.Matches("^call_[A-Za-z0-9]{24}$", (string?)call["id"]);
        Assert.Equal("lookup_tide", (string?)call["function"]!["name"]);
        Assert.Equal("Zml4dHVyZS10aG91Z2h0LXNpZ25hdHVyZQ==", (string?)call["extra_content"]!["google"]!["thought_signature"]);
        Assert.Equal("""{"harbour":"Porthleven"}""", (string?)chunks[2]["choices"]![0]!["delta"]!["tool_calls"]![0]!["function"]!["arguments"]);
        Assert.Equal("tool_calls", (string?)chunks[3]["choices"]![0]!["finish_reason"]);
        Assert.Equal(112, (int?)chunks[4]["usage"]!["total_tokens"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Blocked_Prompt_IsFiltered(bool isStream)
    {
        var answer = Gemini.Fixture("gemini-generate-blocked.response.json");
        if (isStream)
        {
            var compact = Encoding.UTF8.GetBytes(JsonNode.Parse(answer)!.ToJsonString());
            var chunks = Gemini.Chunks(Gemini.Read(Gemini.Events(compact), isStream).Text);
            Assert.Equal("content_filter", (string?)JsonNode.Parse(chunks[1])!["choices"]![0]!["finish_reason"]);
            Assert.Equal(3, chunks.Count);
            return;
        }

        Gemini.AssertJson(
            """
            {"id":"FxGemBlock","object":"chat.completion","created":1760000000,"model":"gemini-2.5-flash",
             "choices":[{"index":0,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"content_filter"}],
             "usage":{"prompt_tokens":6,"completion_tokens":0,"total_tokens":6,"prompt_tokens_details":{"cached_tokens":0}}}
            """,
            Gemini.Read(answer, isStream).Text);
    }

    [Theory]
    [InlineData("STOP", "stop")]
    [InlineData("FINISH_REASON_UNSPECIFIED", "stop")]
    [InlineData("OTHER", "stop")]
    [InlineData("LANGUAGE", "stop")]
    [InlineData("NO_IMAGE", "stop")]
    [InlineData("IMAGE_OTHER", "stop")]
    [InlineData("A_NEW_ONE", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("RECITATION", "content_filter")]
    [InlineData("BLOCKLIST", "content_filter")]
    [InlineData("PROHIBITED_CONTENT", "content_filter")]
    [InlineData("SPII", "content_filter")]
    [InlineData("IMAGE_SAFETY", "content_filter")]
    [InlineData("IMAGE_PROHIBITED_CONTENT", "content_filter")]
    [InlineData("IMAGE_RECITATION", "content_filter")]
    [InlineData("MALFORMED_FUNCTION_CALL", "stop")]
    [InlineData("UNEXPECTED_TOOL_CALL", "stop")]
    [InlineData("TOO_MANY_TOOL_CALLS", "stop")]
    public void FinishReason_WithText_IsOpenAIs(string reason, string expected) =>
        Assert.Equal(expected, FinishReason("""{"text":"x"}""", reason));

    [Theory]
    [InlineData("STOP", "tool_calls")]
    [InlineData("FUNCTION_CALL", "tool_calls")] // Not Google's, but of servers that speak its format.
    [InlineData("OTHER", "stop")]
    [InlineData("MALFORMED_FUNCTION_CALL", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("SAFETY", "content_filter")]
    public void FinishReason_WithCall_IsOpenAIs(string reason, string expected) =>
        Assert.Equal(expected, FinishReason("""{"functionCall":{"name":"f"}}""", reason));

    [Theory]
    [InlineData("MALFORMED_FUNCTION_CALL", "malformed_function_call")]
    [InlineData("UNEXPECTED_TOOL_CALL", "unexpected_tool_call")]
    [InlineData("TOO_MANY_TOOL_CALLS", "too_many_tool_calls")]
    public void FinishReason_OfAMistakeWithoutParts_IsAFault(string reason, string code)
    {
        var answer = Gemini.Candidate("", reason);
        var (text, fault) = Gemini.Read(answer, isStream: false);

        Assert.Equal((502, "server_error", code, ""), (fault!.Status, fault.Type, fault.Code, text));
        Assert.Equal(code, Gemini.Read(Gemini.Events(answer), isStream: true).Fault!.Code);
    }

    [Fact]
    public void Stream_UsageAfterTheReason_IsTold()
    {
        var text = Gemini.Read(
            Gemini.Events(
                Gemini.Candidate("""{"text":"x"}"""),
                """{"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"toolUsePromptTokenCount":4,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1},{"modality":"AUDIO","tokenCount":2}]}}"""u8.ToArray(),
                """{"usageMetadata":{"trafficType":"ON_DEMAND"}}"""u8.ToArray()),
            isStream: true).Text;

        var usage = JsonNode.Parse(Gemini.Chunks(text)[^1])!["usage"]!;
        Gemini.AssertJson("""{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":2}}""", usage.ToJsonString());
    }

    [Fact]
    public void Stream_WithoutUsageAsked_HasNone() =>
        Assert.DoesNotContain("usage", Gemini.Read(Gemini.Fixture("gemini-generate-stream.response.sse"), isStream: true, usage: false).Text, StringComparison.Ordinal);

    [Fact]
    public void Stream_SeveralCallsAndTexts_AreNumberedInOrder()
    {
        var text = Gemini.Read(
            Gemini.Events(
                Gemini.Candidate("""{"functionCall":{"id":"a","name":"f","args":{}}},{"text":"between"}""", reason: null),
                Gemini.Candidate("""{"executableCode":{"code":"1"}},{"functionCall":{"id":"b","name":"g","args":{"k":[1,2.50]}}}""")),
            isStream: true, usage: false).Text;
        var chunks = Gemini.Chunks(text).ConvertAll(chunk => JsonNode.Parse(chunk)!["choices"]![0]!);

        Assert.Equal(7, chunks.Count);
        Assert.Equal((0, "a"), ((int?)chunks[1]["delta"]!["tool_calls"]![0]!["index"], (string?)chunks[1]["delta"]!["tool_calls"]![0]!["id"]));
        Assert.Equal("{}", (string?)chunks[2]["delta"]!["tool_calls"]![0]!["function"]!["arguments"]);
        Assert.Equal("between", (string?)chunks[3]["delta"]!["content"]);
        Assert.Equal((1, "b"), ((int?)chunks[4]["delta"]!["tool_calls"]![0]!["index"], (string?)chunks[4]["delta"]!["tool_calls"]![0]!["id"]));
        Assert.Equal("""{"k":[1,2.50]}""", (string?)chunks[5]["delta"]!["tool_calls"]![0]!["function"]!["arguments"]);
        Assert.Equal("tool_calls", (string?)chunks[6]["finish_reason"]);
    }

    [Fact]
    public void Whole_SeveralCandidates_AreChoices()
    {
        var answer = """{"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":"MAX_TOKENS"},{"index":0,"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}"""u8.ToArray();

        var choices = JsonNode.Parse(Gemini.Read(answer, isStream: false).Text)!["choices"]!;

        Assert.Equal(("a", "stop"), ((string?)choices[0]!["message"]!["content"], (string?)choices[0]!["finish_reason"]));
        Assert.Equal(("b", "length"), ((string?)choices[1]!["message"]!["content"], (string?)choices[1]!["finish_reason"]));
    }

    [Fact]
    public void Whole_Image_IsADataUrl()
    {
        var message = Message(Gemini.Candidate("""{"thought":true,"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"text":"See"},{"inlineData":{"mimeType":"image/png","data":"BBBB"}}"""));

        Gemini.AssertJson("""[{"type":"image_url","image_url":{"url":"data:image/png;base64,BBBB"}}]""", message["images"]!.ToJsonString());
        Assert.Equal("See", (string?)message["content"]);
    }

    [Fact]
    public void Whole_Sources_AreAnnotationsWithPlacesInCharacters()
    {
        var answer = Gemini.Candidate(
            """{"text":"再见 said it."}""",
            more: ""","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.test/","title":"A"}},{"web":{"uri":"https://b.test/"}},{"web":{}}],"groundingSupports":[{"segment":{"startIndex":7,"endIndex":15},"groundingChunkIndices":[0,2,9]}]}""");

        Gemini.AssertJson(
            """[{"type":"url_citation","url_citation":{"url":"https://a.test/","title":"A","start_index":3,"end_index":11}},{"type":"url_citation","url_citation":{"url":"https://b.test/"}}]""",
            Message(answer, Searching)["annotations"]!.ToJsonString());
    }

    [Fact]
    public void Stream_Sources_ComeBeforeTheEnd()
    {
        var chunks = Gemini.Chunks(Gemini.Read(
            Gemini.Events(
                Gemini.Candidate("""{"text":"x"}""", reason: null, more: ""","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://old.test/"}}]}"""),
                Gemini.Candidate("""{"text":"y"}""", more: ""","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://new.test/"}}]}""")),
            isStream: true, request: Searching, usage: false).Text);

        Assert.Equal(5, chunks.Count);
        Assert.Contains("https://new.test/", chunks[3], StringComparison.Ordinal);
        Assert.Contains("finish_reason\":\"stop", chunks[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, "RESOURCE_EXHAUSTED", "rate_limit_error")]
    [InlineData(503, "UNAVAILABLE", "server_error")]
    [InlineData(504, "DEADLINE_EXCEEDED", "timeout_error")]
    [InlineData(400, "INVALID_ARGUMENT", "invalid_request_error")]
    [InlineData(401, "UNAUTHENTICATED", "authentication_error")]
    [InlineData(403, "PERMISSION_DENIED", "permission_error")]
    [InlineData(404, "NOT_FOUND", "not_found_error")]
    public void Stream_Error_BreaksItOff(int status, string code, string type)
    {
        var error = Encoding.UTF8.GetBytes($$$"""{"error":{"code":{{{status}}},"message":"Why","status":"{{{code}}}"}}""");
        var (text, fault) = Gemini.Read(Gemini.Events(Gemini.Candidate("""{"text":"x"}""", reason: null), error, Gemini.Candidate("""{"text":"never"}""")), isStream: true);

        Assert.Equal((status, type, code, "Why"), (fault!.Status, fault.Type, fault.Code, fault.Message));
        Assert.EndsWith($$$"""data: {"error":{"message":"Why","type":"{{{type}}}","param":null,"code":"{{{code}}}"}}""" + "\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("never", text, StringComparison.Ordinal);
        Assert.Equal(status, Gemini.Read(Gemini.Events(error), isStream: true).Fault!.Status);
        Assert.Equal(status, Gemini.Read(error, isStream: false).Fault!.Status);
    }

    [Fact]
    public void Stream_EndWithoutReason_IsCut()
    {
        var (text, fault) = Gemini.Read(Gemini.Events(Gemini.Candidate("""{"text":"x"}""", reason: null)), isStream: true);

        Assert.Equal("upstream_cut", fault!.Code);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[1]")]
    [InlineData("""{"candidates":[{"index":99999999,"content":{"parts":[{"text":"x"}]}}]}""")]
    [InlineData("""{"candidates":[{"index":-1,"content":{"parts":[{"text":"x"}]}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"functionCall":{}}]}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"\ud800"}]}}]}""")]
    public void Whole_Malformed_IsAFault(string answer) =>
        Assert.Equal("malformed_answer", Gemini.Read(Encoding.UTF8.GetBytes(answer), isStream: false).Fault!.Code);

    [Fact]
    public void Whole_WithoutCandidates_IsAFault() =>
        Assert.Equal("no_candidates", Gemini.Read("""{"usageMetadata":{"promptTokenCount":1}}"""u8.ToArray(), isStream: false).Fault!.Code);

    [Theory]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"\ud800"}]}}]}""")]
    [InlineData("""{"candidates":[{""")]
    public void Stream_Malformed_IsAFault(string slice) =>
        Assert.Equal("malformed_answer", Gemini.Read(Gemini.Events(Gemini.Candidate("""{"text":"x"}""", reason: null), Encoding.UTF8.GetBytes(slice)), isStream: true).Fault!.Code);

    [Theory]
    [InlineData("""{"candidates":"x","usageMetadata":[1],"promptFeedback":3}""")]
    [InlineData("""{"candidates":[1,null,{"content":{"parts":[1,null,"x",{"text":7}]}}]}""")]
    public void Stream_OddTypes_AreCutAtMost(string slice) =>
        Assert.Equal("upstream_cut", Gemini.Read(Gemini.Events(Encoding.UTF8.GetBytes(slice)), isStream: true).Fault!.Code);

    [Fact]
    public void Answer_RenamedFunction_HasTheClientsName()
    {
        const string request = """{"messages":[{"role":"user","content":"?"}],"tools":[{"type":"function","function":{"name":"look up/tide"}}]}""";
        var message = Message(Gemini.Candidate("""{"functionCall":{"name":"look_up_tide"}}"""), request);

        Assert.Equal("look up/tide", (string?)message["tool_calls"]![0]!["function"]!["name"]);
        Assert.Equal("{}", (string?)message["tool_calls"]![0]!["function"]!["arguments"]);
    }

    [Theory]
    [InlineData("```json\\n{\\\"a\\\":1}\\n```", """{"a":1}""")]
    [InlineData("{\\\"a\\\":1}", """{"a":1}""")]
    [InlineData("``", "``")]
    public void Answer_OnlyAskedForJsonInWords_LosesItsFence(string answer, string expected)
    {
        const string request = """{"messages":[{"role":"user","content":"?"}],"response_format":{"type":"json_object"},"tools":[{"type":"function","function":{"name":"f"}}]}""";
        Assert.Equal(expected, (string?)Message(Gemini.Candidate($$"""{"text":"{{answer}}"}"""), request)["content"]);

        var pieces = answer.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal)
            .Select(character => Gemini.Candidate(new JsonObject { ["text"] = character.ToString() }.ToJsonString(), reason: null))
            .Append(Gemini.Candidate("""{"text":""}"""));
        var stream = Gemini.Read(Gemini.Events([.. pieces]), isStream: true, request: request, usage: false).Text;
        Assert.Equal(expected, string.Concat(Gemini.Chunks(stream).Select(chunk => (string?)JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!["content"])));
    }

    private static string? FinishReason(string parts, string reason)
    {
        var answer = Gemini.Candidate(parts, reason);
        var whole = JsonNode.Parse(Gemini.Read(answer, isStream: false).Text)!["choices"]![0]!["finish_reason"];
        var chunks = Gemini.Chunks(Gemini.Read(Gemini.Events(answer), isStream: true, usage: false).Text);
        var streamed = JsonNode.Parse(chunks[^1])!["choices"]![0]!["finish_reason"];

        Assert.Equal((string?)whole, (string?)streamed);
        return (string?)whole;
    }

    private static JsonNode Message(byte[] answer, string request = """{"messages":[{"role":"user","content":"?"}]}""") =>
        JsonNode.Parse(Gemini.Read(answer, isStream: false, request: request).Text)!["choices"]![0]!["message"]!;
}
