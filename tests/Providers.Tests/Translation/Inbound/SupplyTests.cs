using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Supplies;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>What a request lacks for its target, and what becomes of it once it is there.</summary>
public sealed class SupplyTests
{
    private const string Picture = "https://pictures.test/a.png?sig=1";
    private const string Paper = "https://papers.test/a.pdf";

    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 1];
    private static readonly byte[] Pdf = "%PDF-1.7"u8.ToArray();

    [Theory]
    [InlineData("aws-bedrock", """{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoB"}}}""")]
    [InlineData("google-ai-studio", """{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoB"}}""")]
    [InlineData("workers-ai", """{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoB"}}""")]
    public void Image_ForATargetThatTakesBytes_StandsInTheRequest(string provider, string expected)
    {
        var request = Image(ClientFormat.Messages);

        Assert.Equal(new NeededMedia(Picture, ChatPartKind.Image, "messages[0].content[1].source.url"), Assert.Single(Needs(ClientFormat.Messages, request, provider).Media));
        Assert.Contains(expected, Supplied(ClientFormat.Messages, request, provider), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    [InlineData("openrouter")]
    [InlineData("mistral")]
    [InlineData("cohere")]
    [InlineData("google-vertex-ai")]
    public void Image_ForATargetThatFetchesItself_StaysAUrl(string provider)
    {
        Assert.True(Needs(ClientFormat.Responses, Image(ClientFormat.Responses), provider).IsEmpty);
        Assert.Contains(Picture, Inbound.Sent(ClientFormat.Responses, Image(ClientFormat.Responses), provider).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic", """{"type":"document","source":{"type":"url","url":"https://papers.test/a.pdf"}}""")]
    [InlineData("mistral", """{"type":"document_url","document_url":"https://papers.test/a.pdf"}""")]
    [InlineData("google-vertex-ai", """{"fileData":{"mimeType":"application/pdf","fileUri":"https://papers.test/a.pdf"}}""")]
    public void Document_ForATargetThatFetchesItself_StaysAUrl(string provider, string expected) =>
        Assert.Contains(expected, Inbound.Sent(ClientFormat.Responses, Document(ClientFormat.Responses), provider).ToJsonString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("aws-bedrock", """{"document":{"format":"pdf","name":"document","source":{"bytes":"JVBERi0xLjc="}}}""")]
    [InlineData("google-ai-studio", """{"inlineData":{"mimeType":"application/pdf","data":"JVBERi0xLjc="}}""")]
    [InlineData("openai", """{"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjc="}}""")]
    public void Document_ForATargetThatTakesBytes_StandsInTheRequest(string provider, string expected)
    {
        Assert.Contains(expected, Supplied(ClientFormat.Messages, Document(ClientFormat.Messages), provider), StringComparison.Ordinal);
        Assert.Contains(expected, Supplied(ClientFormat.Responses, Document(ClientFormat.Responses), provider), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClientFormat.ChatCompletions, "aws-bedrock", "messages[0].content[1].image_url.url")]
    [InlineData(ClientFormat.Messages, "google-ai-studio", "messages[0].content[1].source.url")]
    [InlineData(ClientFormat.Responses, "google-ai-studio", "input[0].content[1].image_url")]
    public void Image_ThatIsNotFetched_IsRefusedAtItsPlace(ClientFormat format, string provider, string place)
    {
        var refused = Assert.Throws<RefusedRequestException>(() => Inbound.Call(format, Image(format), provider));

        Assert.Equal(place, ClientParameters.Named(format, refused.Parameter));
    }

    [Theory]
    [InlineData("groq")]
    [InlineData("cohere")]
    [InlineData("deepseek")]
    public void Document_ForATargetThatTakesNone_IsRefusedAndNotFetched(string provider)
    {
        Assert.True(Needs(ClientFormat.Responses, Document(ClientFormat.Responses), provider).IsEmpty);
        Assert.Throws<RefusedRequestException>(() => Inbound.Call(ClientFormat.Responses, Document(ClientFormat.Responses), provider));
    }

    [Fact]
    public void Image_InTheResultOfACall_IsNeededToo()
    {
        const string Request = """
            {"max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"url","url":"https://pictures.test/a.png?sig=1"}}]}]}]}
            """;

        Assert.Contains("iVBORw0KGgoB", Supplied(ClientFormat.Messages, Request, "aws-bedrock"), StringComparison.Ordinal);
    }

    [Fact]
    public void Urls_ThatStandTwice_AreNeededOnce_AndOthersNot()
    {
        var request = Chat("""[{"type":"image_url","image_url":{"url":"https://a.test/"}},{"type":"image_url","image_url":"https://a.test/"},{"type":"image_url","image_url":{"url":"s3://b/c.png"}},{"type":"text","text":"x"}]""");

        Assert.Equal("https://a.test/", Assert.Single(Needs(ClientFormat.ChatCompletions, request, "aws-bedrock").Media).Url);
    }

    [Theory]
    [InlineData("https://www.youtube.com/watch?v=1")]
    [InlineData("https://generativelanguage.googleapis.com/v1beta/files/1")]
    public void Urls_ThatAIStudioFetchesItself_StayUrls(string url) =>
        Assert.True(Needs(ClientFormat.ChatCompletions, Chat($$$"""[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]"""), "google-ai-studio").IsEmpty);

    [Fact]
    public void Media_AreWhatTheirBytesSay()
    {
        Assert.Equal(("image/png", "application/pdf"), (InlineMedia.Create("text/html", Png)!.MediaType, InlineMedia.Create("application/octet-stream", Pdf)!.MediaType));
        Assert.Equal("image/heic", InlineMedia.Create("Image/HEIC; x=1", [1, 2, 3])!.MediaType);
        Assert.Null(InlineMedia.Create("text/html", "<html>"u8));
        Assert.Null(InlineMedia.Create(null, [1, 2, 3]));
        Assert.Null(InlineMedia.Create("audio/mpeg", "ID3..."u8));
    }

    [Fact]
    public void Claude_ThoughtsThatTheClientLost_ComeBackByteForByte()
    {
        var (call, thoughts) = Keep("aws-bedrock", "{\"reasoning_effort\":\"high\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", """
            {"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"Hm – é.","signature":"sig=="}}},{"reasoningContent":{"redactedContent":"ZA=="}},
             {"toolUse":{"toolUseId":"tooluse_1","name":"f","input":{}}},{"toolUse":{"toolUseId":"tooluse_2","name":"f","input":{}}}]}},"stopReason":"tool_use"}
            """)!.Value;
        var next = Next("tooluse_1", "\"reasoning_effort\":\"high\",");

        Assert.Equal("tooluse_1", call);
        Assert.Equal(["tooluse_1"], Needs(ClientFormat.ChatCompletions, next, "aws-bedrock").Calls);
        var sent = JsonNode.Parse(Supplied(ClientFormat.ChatCompletions, next, "aws-bedrock", thoughts))!;
        InboundStreamTests.AssertJson(
            """[{"reasoningContent":{"reasoningText":{"text":"Hm – é.","signature":"sig=="}}},{"reasoningContent":{"redactedContent":"ZA=="}},{"toolUse":{"toolUseId":"tooluse_1","name":"f","input":{}}}]""",
            sent["messages"]![1]!["content"]);
        Assert.NotNull(sent["additionalModelRequestFields"]!["thinking"]);
    }

    [Fact]
    public void Claude_StreamedThoughts_ComeBackWithTheTextThatTheSignatureCovers()
    {
        var stream = Inbound.Events(
            """{"type":"message_start","message":{"id":"m","model":"c","content":[]}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"First "}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"this."}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s1"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use"}}""");
        var thoughts = Keep("anthropic", "{\"stream\":true,\"reasoning_effort\":\"high\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", Encoding.UTF8.GetString(stream), isStream: true)!.Value.Thoughts;

        var sent = JsonNode.Parse(Supplied(ClientFormat.ChatCompletions, Next("toolu_1", "\"reasoning_effort\":\"high\","), "anthropic", thoughts))!;

        Assert.Equal("""{"type":"thinking","thinking":"First this.","signature":"s1"}""", sent["messages"]![1]!["content"]![0]!.ToJsonString());
        Assert.NotNull(sent["thinking"]);
    }

    [Fact]
    public void Claude_ThoughtsThatNobodyKept_TurnThinkingOff()
    {
        var next = Next("toolu_1", "\"reasoning_effort\":\"high\",");

        Assert.Null(Inbound.Sent(ClientFormat.ChatCompletions, next, "anthropic")["thinking"]);
    }

    [Fact]
    public void Gemini_SignaturesThatTheClientLost_ComeBack()
    {
        var (call, thoughts) = Keep("google-ai-studio", "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", """
            {"candidates":[{"content":{"parts":[{"functionCall":{"id":"g1","name":"f","args":{}},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}
            """)!.Value;

        Assert.Equal(("g1", "skip_thought_signature_validator", "c2ln"), (call, Signature(Inbound.Sent(ClientFormat.ChatCompletions, Next("g1", ""), "google-ai-studio")), Signature(JsonNode.Parse(Supplied(ClientFormat.ChatCompletions, Next("g1", ""), "google-ai-studio", thoughts))!)));
    }

    [Fact]
    public void Calls_BeforeTheUserSpokeLast_NeedNothing()
    {
        const string Request = """
            {"reasoning_effort":"high","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"a","content":"1"},{"role":"user","content":"y"}]}
            """;

        Assert.Empty(Needs(ClientFormat.ChatCompletions, Request, "anthropic").Calls);
        Assert.Empty(Needs(ClientFormat.ChatCompletions, Request, "google-ai-studio").Calls);
    }

    [Fact]
    public void Calls_OfAModelThatIsNotToThink_NeedNothing() => Assert.Empty(Needs(ClientFormat.ChatCompletions, Next("a", ""), "anthropic").Calls);

    [Fact]
    public void Answer_WithoutCallsOrWithoutThoughts_LeavesNothingToKeep()
    {
        Assert.Null(Keep("google-ai-studio", """{"messages":[{"role":"user","content":"x"}]}""", """{"candidates":[{"content":{"parts":[{"text":"a","thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}"""));
        Assert.Null(Keep("google-ai-studio", """{"messages":[{"role":"user","content":"x"}]}""", """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]},"finishReason":"STOP"}]}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Thoughts_ThatAreNone_AreNone(string json) => Assert.Null(KeptThoughts.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("google-ai-studio", "v1beta/models/gemini-3-flash:countTokens", """{"generateContentRequest":{"model":"models/gemini-3-flash","contents":[{"role":"user","parts":[{"text":"Hello"}]}]}}""", """{"totalTokens":7,"promptTokensDetails":[]}""")]
    [InlineData("google-vertex-ai", "v1/publishers/google/models/gemini-2.5-flash:countTokens", """{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}""", """{"totalTokens":7}""")]
    [InlineData("aws-bedrock", "bedrock-runtime/home/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens", """{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}}}""", """{"inputTokens":7}""")]
    public void Count_WhereTheProviderCounts_IsItsOwnCall(string provider, string path, string body, string answer)
    {
        var call = Count(provider, """{"messages":[{"role":"user","content":"Hello"}]}""")!;

        Assert.Equal(path, call.Path);
        InboundStreamTests.AssertJson(body, Without(JsonNode.Parse(call.Body.Span)!, "generationConfig"));
        Assert.Equal((7, null, null), (call.Read(Encoding.UTF8.GetBytes(answer)), call.Read("{}"u8), call.Read("<html>"u8)));
    }

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1%3A0")]
    [InlineData("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1%3A0")]
    [InlineData("amazon.nova-pro-v1:0", null)]
    [InlineData("arn:aws:bedrock:eu-west-1:1:application-inference-profile/anthropic.claude", null)]
    public void Count_OnBedrock_IsForClaudeByItsOwnId(string model, string? id)
    {
        var call = Count("aws-bedrock", """{"messages":[{"role":"user","content":"Hello"}]}""", model);

        Assert.Equal(id is null ? null : $"bedrock-runtime/home/model/{id}/count-tokens", call?.Path);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("cohere")]
    [InlineData("mistral")]
    public void Count_WhereTheProviderDoesNotCount_IsNone(string provider) => Assert.Null(Count(provider, """{"messages":[{"role":"user","content":"Hello"}]}"""));

    private static JsonNode Without(JsonNode node, string member)
    {
        (node["generateContentRequest"] ?? node).AsObject().Remove(member);
        return node;
    }

    private static CountCall? Count(string provider, string body, string? model = null)
    {
        using var request = Inbound.Read(ClientFormat.Messages, body.Replace("{\"messages\"", "{\"max_tokens\":9,\"messages\"", StringComparison.Ordinal), provider, model ?? Inbound.Targets.First(target => target.Provider == provider).Model);
        return Inbound.Translator(provider).TranslateCount(request);
    }

    private static string? Signature(JsonNode sent) => (string?)sent["contents"]![1]!["parts"]![0]!["thoughtSignature"];

    private static string Chat(string content) => $$"""{"messages":[{"role":"user","content":{{content}}}]}""";

    private static string Image(ClientFormat format) => format switch
    {
        ClientFormat.ChatCompletions => Chat($$$"""[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"{{{Picture}}}"}}]"""),
        ClientFormat.Responses => $$$"""{"input":[{"role":"user","content":[{"type":"input_text","text":"What?"},{"type":"input_image","image_url":"{{{Picture}}}"}]}]}""",
        ClientFormat.Messages => $$$"""{"max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image","source":{"type":"url","url":"{{{Picture}}}"}}]}]}""",
    };

    private static string Document(ClientFormat format) => format == ClientFormat.Responses
        ? $$$"""{"input":[{"role":"user","content":[{"type":"input_text","text":"What?"},{"type":"input_file","file_url":"{{{Paper}}}"}]}]}"""
        : $$$"""{"max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"document","source":{"type":"url","url":"{{{Paper}}}"}}]}]}""";

    /// <summary>The request after an answer whose client kept nothing but the call.</summary>
    private static string Next(string call, string members) => $$$"""
        { {{{members}}} "tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"x"},
         {"role":"assistant","content":null,"tool_calls":[{"id":"{{{call}}}","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"{{{call}}}","content":"1"}]}
        """;

    private static ChatNeeds Needs(ClientFormat format, string body, string provider)
    {
        using var request = Inbound.Read(format, body, provider, Inbound.Targets.First(target => target.Provider == provider).Model);
        return ChatNeeds.Of(request, Inbound.Translator(provider));
    }

    private static string Supplied(ClientFormat format, string body, string provider, ReadOnlyMemory<byte> thoughts = default)
    {
        using var request = Inbound.Read(format, body, provider, Inbound.Targets.First(target => target.Provider == provider).Model);
        var needs = ChatNeeds.Of(request, Inbound.Translator(provider));
        new ChatSupplies
        {
            Media = needs.Media.ToDictionary(media => media.Url, media => InlineMedia.Create(null, media.Kind == ChatPartKind.Image ? Png : Pdf)!),
            Thoughts = needs.Calls.ToDictionary(call => call, _ => KeptThoughts.Parse(thoughts.Span)!),
        }.Supply(request);
        return JsonNode.Parse(Inbound.Translator(provider).Translate(request).Body.Span)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static (string Call, ReadOnlyMemory<byte> Thoughts)? Keep(string provider, string request, string answer, bool isStream = false)
    {
        var call = Inbound.Call(ClientFormat.ChatCompletions, request, provider);
        var facts = new ChatAnswerFacts { Id = "made", Model = "m", Created = 1, Names = call.Names };
        using var target = ClientAnswer.Create(ClientFormat.ChatCompletions, facts, new System.Buffers.ArrayBufferWriter<byte>(), isStream);
        var keeper = new ThoughtKeeper(target);
        var reader = call.CreateReader(keeper, isStream);
        reader.Read(Encoding.UTF8.GetBytes(answer));
        reader.Complete();
        Assert.True(keeper.HasFinished);
        var kept = keeper.Take();
        Assert.Null(keeper.Take());
        return kept;
    }
}
