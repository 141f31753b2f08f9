using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Providers;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>One entry for requests with and without <c>stream</c>, in every format that clients and providers speak.</summary>
public sealed class SharedDialectsTests : IAsyncLifetime
{
    private const string Message = """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"thinking","thinking":"Hm.","signature":"sig="},{"type":"text","text":"Hi"},{"type":"tool_use","id":"toolu_1","name":"tide","input":{"h":1}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":7}}
        """;

    private const string Response = """
        {"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"gpt-5-pro","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[]}]},{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"tide","arguments":"{\"h\":1}"}],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":17}}
        """;

    private const string Completion = """
        {"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","tool_calls":[{"id":"call_1","type":"function","function":{"name":"tide","arguments":"{\"h\":1}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17}}
        """;

    private const string Gemini = """
        {"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"},{"functionCall":{"name":"tide","args":{"h":1}}}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":7,"totalTokenCount":17},"modelVersion":"gemini-3-flash","responseId":"r1"}
        """;

    private const string Tools = ""","tools":[{"type":"function","function":{"name":"tide","parameters":{"type":"object"}}}]""";

    private static readonly string[] MessageEvents =
    [
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig="}}""",
        """{"type":"content_block_stop","index":0}""",
        """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
        """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"H"}}""",
        """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"i"}}""",
        """{"type":"content_block_stop","index":1}""",
        """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"tide","input":{}}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"h\""}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}""",
        """{"type":"content_block_stop","index":2}""",
        """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":7}}""",
        """{"type":"message_stop"}""",
    ];

    private static readonly string[] ResponseEvents =
    [
        """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1,"status":"in_progress","model":"gpt-5-pro","output":[],"usage":null}}""",
        """{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}""",
        """{"type":"response.output_text.delta","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi","logprobs":[]}""",
        """{"type":"response.output_item.done","sequence_number":3,"output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[]}]}}""",
        """{"type":"response.output_item.added","sequence_number":4,"output_index":1,"item":{"id":"fc_1","type":"function_call","status":"in_progress","call_id":"call_1","name":"tide","arguments":""}}""",
        """{"type":"response.function_call_arguments.delta","sequence_number":5,"item_id":"fc_1","output_index":1,"delta":"{\"h\":1}"}""",
        """{"type":"response.function_call_arguments.done","sequence_number":6,"item_id":"fc_1","output_index":1,"arguments":"{\"h\":1}"}""",
        """{"type":"response.output_item.done","sequence_number":7,"output_index":1,"item":{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"tide","arguments":"{\"h\":1}"}}""",
        $$"""{"type":"response.completed","sequence_number":8,"response":{{Response.Trim()}}}""",
    ];

    private static readonly string[] CompletionEvents =
    [
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}""",
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"tide","arguments":"{\"h\""}}]},"finish_reason":null}]}""",
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":null}]}""",
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17}}""",
        "[DONE]",
    ];

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    /// <summary>The client's path and request, and what the provider speaks.</summary>
    public static TheoryData<string, string, string> Ways => new()
    {
        { "anthropic/v1/messages", """{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""", "messages" },
        { "anthropic/messages", """{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""", "messages" },
        { "compat/messages", """{"model":"anthropic/claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""", "messages" },
        { "openai/responses", """{"model":"gpt-5-pro","input":"Hello"}""", "responses" },
        { "compat/responses", """{"model":"openai/gpt-5-pro","input":"Hello"}""", "responses" },
        { "compat/chat/completions", $$"""{"model":"anthropic/claude-sonnet-4-5","messages":[{"role":"user","content":"Hello"}]{{Tools}}}""", "messages" },
        { "compat/chat/completions", $$"""{"model":"openai/gpt-5-pro","messages":[{"role":"user","content":"Hello"}]{{Tools}}}""", "responses" },
        { "compat/chat/completions", $$"""{"model":"google-ai-studio/gemini-3-flash","messages":[{"role":"user","content":"Hello"}]{{Tools}}}""", "gemini" },
        { "compat/chat/completions", $$"""{"model":"groq/llama-3.3-70b","messages":[{"role":"user","content":"Hello"}]{{Tools}}}""", "completions" },
        { "compat/messages", """{"model":"openai/gpt-4o-mini","max_tokens":100,"messages":[{"role":"user","content":"Hello"}],"tools":[{"name":"tide","input_schema":{"type":"object"}}]}""", "completions" },
        { "compat/responses", """{"model":"mistral/mistral-large","input":"Hello","tools":[{"type":"function","name":"tide","parameters":{"type":"object"}}]}""", "completions" },
        { "compat/responses", """{"model":"anthropic/claude-sonnet-4-5","input":"Hello","tools":[{"type":"function","name":"tide","parameters":{"type":"object"}}]}""", "messages" },
    };

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(CachingHost.Configuration(streaming: true) with { CacheSharedFormats = true });
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task KeptAsAStream_AnswersWhatAsksForNone(string path, string request, string speaks)
    {
        var control = await FetchedAsync(path, request, speaks);
        _host.Script.Then(Stream(speaks));
        var stream = await AskAsync(path, Streamed(request));
        Assert.Equal(("MISS", true), (stream.Status(), stream.Header("content-type")!.StartsWith("text/event-stream", StringComparison.Ordinal)));
        var calls = _host.Script.Requests.Count;

        var whole = await AskAsync(path, request);

        Assert.Equal((200, "HIT", "application/json"), (whole.Status, whole.Status(), whole.Header("content-type")));
        Assert.Equal(Said(control), Said(whole));
        Assert.Equal(calls, _host.Script.Requests.Count);
        Assert.Equal("HIT", (await AskAsync(path, Streamed(request))).Status());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task KeptWhole_AnswersAsAStream(string path, string request, string speaks)
    {
        _host.Script.Then(Whole(speaks));
        var whole = await AskAsync(path, request);
        Assert.Equal((200, "MISS"), (whole.Status, whole.Status()));

        var stream = await AskAsync(path, Streamed(request));

        Assert.Equal((200, "HIT"), (stream.Status, stream.Status()));
        Assert.StartsWith("text/event-stream", stream.Header("content-type"), StringComparison.Ordinal);
        Assert.Equal(Said(whole), Told(stream.Text));
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task ChatCompletions_OfEveryProviderThatSpeaksThem_AreShared()
    {
        var asked = 0;
        foreach (var provider in BuiltInProviders.All.Where(provider => provider.OpenAIPath("chat/completions") is not null && provider.ChatTranslatorOf("some-model") is null && provider.Slug != GatewayOptions.SimulatorSlug))
        {
            var request = $$"""{"model":"{{provider.Slug}}/some-model","messages":[{"role":"user","content":"Hello"}]}""";
            _host.Script.Then(Stream("completions"));
            var first = await AskAsync("compat/chat/completions", Streamed(request));
            Assert.True(first.Status == 200, $"{provider.Slug}: {first.Text}");

            var whole = await AskAsync("compat/chat/completions", request);

            Assert.True(whole.Status() == "HIT", $"{provider.Slug}: {whole.Text}");
            Assert.Equal("Hi||{\"h\":1}|tool_calls|7", Said(whole));
            asked++;
        }

        Assert.InRange(asked, 10, 30);
    }

    [Theory]
    [InlineData("ai/v1/messages", """{"model":"anthropic/claude-sonnet-4.5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""", "messages")]
    [InlineData("ai/v1/responses", """{"model":"openai/gpt-5-pro","input":"Hello"}""", "responses")]
    [InlineData("ai/v1/chat/completions", """{"model":"anthropic/claude-sonnet-4.5","messages":[{"role":"user","content":"Hello"}]}""", "messages")]
    public async Task ApiHost_KeptInOneForm_AnswersTheOther(string path, string request, string speaks)
    {
        await using var host = await RestHost.StartAsync();
        host.Default.Set(CachingHost.Configuration(streaming: true, authentication: true) with { CacheSharedFormats = true });
        host.Script.Then(Stream(speaks));
        Assert.Equal("MISS", (await host.RestAsync(path["ai/".Length..], Streamed(request))).Status());

        var whole = await host.RestAsync(path["ai/".Length..], request);

        Assert.Equal((200, "HIT", "application/json"), (whole.Status, whole.Status(), whole.Header("content-type")));
        Assert.Contains("tide", whole.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_KeptInEitherForm_AreWhatAnthropicWouldHaveSaid()
    {
        const string Request = """{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""";
        _host.Script.Then(Stream("messages"));
        await AskAsync("anthropic/v1/messages", Streamed(Request));

        var whole = await AskAsync("anthropic/v1/messages", Request);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Message), JsonNode.Parse(whole.Text)), whole.Text); // Signatures too, which must come back as they are.
    }

    [Fact]
    public async Task Translated_OtherFormatOrTarget_IsAnotherAnswer()
    {
        _host.Script.Then(Whole("completions")).Then(Whole("completions")).Then(Whole("completions")).Then(Whole("completions"));
        Assert.Equal("MISS", (await AskAsync("compat/messages", """{"model":"groq/a","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""")).Status());

        Assert.Equal("MISS", (await AskAsync("compat/messages", """{"model":"groq/b","max_tokens":100,"messages":[{"role":"user","content":"Hello"}],"stream":true}""")).Status());
        Assert.Equal("MISS", (await AskAsync("compat/messages", """{"model":"mistral/a","max_tokens":100,"messages":[{"role":"user","content":"Hello"}],"stream":true}""")).Status());
        Assert.Equal("MISS", (await AskAsync("compat/messages", """{"model":"groq/a","max_tokens":101,"messages":[{"role":"user","content":"Hello"}],"stream":true}""")).Status());
    }

    [Fact]
    public async Task OffByDefault_KeepsThemApart()
    {
        _host.Gateway.Set(CachingHost.Configuration(streaming: true));
        const string Request = """{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""";
        _host.Script.Then(Whole("messages")).Then(Stream("messages"));
        await AskAsync("anthropic/v1/messages", Request);

        Assert.Equal("MISS", (await AskAsync("anthropic/v1/messages", Streamed(Request))).Status());
    }

    /// <summary>What the client gets of a whole answer that nobody kept.</summary>
    private async Task<FrontAnswer> FetchedAsync(string path, string request, string speaks)
    {
        _host.Script.Then(Whole(speaks));
        var answer = await AskAsync(path, request, ("cf-aig-skip-cache", "true"));
        Assert.True(answer.Status == 200, answer.Text);
        return answer;
    }

    private Task<FrontAnswer> AskAsync(string path, string body, params (string, string)[] headers) => _host.SendAsync(
        HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), [("authorization", "Bearer sk-client-key"), ("content-type", "application/json"), .. headers]);

    private static string Streamed(string request) => """{"stream":true,""" + request.TrimStart()[1..];

    private static UpstreamReply Whole(string speaks) => UpstreamReply.Json(speaks switch
    {
        "messages" => Message,
        "responses" => Response,
        "gemini" => Gemini,
        _ => Completion,
    });

    private static UpstreamReply Stream(string speaks) => speaks switch
    {
        "messages" => Events(MessageEvents, isNamed: true),
        "responses" => Events(ResponseEvents, isNamed: true),
        "gemini" => Events([Gemini.Trim()], isNamed: false),
        _ => Events(CompletionEvents, isNamed: false),
    };

    private static UpstreamReply Events(IEnumerable<string> events, bool isNamed)
    {
        var text = string.Concat(events.Select(data => (isNamed ? $"event: {JsonNode.Parse(data)!["type"]}\n" : "") + $"data: {data}\n\n"));
        var bytes = Encoding.UTF8.GetBytes(text);
        var reply = new UpstreamReply().Header("content-type", "text/event-stream");
        for (var start = 0; start < bytes.Length; start += 37)
        {
            reply = reply.Send(bytes.AsMemory(start, Math.Min(37, bytes.Length - start))); // Cut where no event ends.
        }

        return reply;
    }

    /// <summary>What a whole answer says: text, calls, why it ended, usage.</summary>
    private static string Said(FrontAnswer answer)
    {
        var json = JsonNode.Parse(answer.Text)!;
        if (json["choices"] is { } choices)
        {
            var message = choices[0]!["message"]!;
            return $"{message["content"]}|{message["reasoning_content"]}|{message["tool_calls"]![0]!["function"]!["arguments"]}|{choices[0]!["finish_reason"]}|{json["usage"]!["completion_tokens"]}";
        }

        if (json["content"]?.AsArray() is { } content)
        {
            return $"{Of(content, "text")?["text"]}|{Of(content, "thinking")?["thinking"]}|{Of(content, "tool_use")!["input"]!.ToJsonString()}|{json["stop_reason"]}|{json["usage"]!["output_tokens"]}";
        }

        var output = json["output"]!.AsArray();
        return $"{Of(output, "message")!["content"]![0]!["text"]}|{Of(output, "reasoning")?["summary"]![0]!["text"]}|{Of(output, "function_call")!["arguments"]}|{json["status"]}|{json["usage"]!["output_tokens"]}";

        static JsonNode? Of(JsonArray items, string type) => items.FirstOrDefault(item => (string?)item!["type"] == type);
    }

    /// <summary>The same of a stream.</summary>
    private static string Told(string stream)
    {
        JsonNode[] events = [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(text => text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!)];
        if (events[0]["choices"] is not null)
        {
            Assert.EndsWith("data: [DONE]\n\n", stream, StringComparison.Ordinal);
            JsonNode[] deltas = [.. events.Where(chunk => chunk["choices"]!.AsArray().Count > 0).Select(chunk => chunk["choices"]![0]!)];
            var told = $"{Join(deltas, choice => choice["delta"]!["content"])}|{Join(deltas, choice => choice["delta"]!["reasoning_content"])}|{Join(deltas, choice => choice["delta"]!["tool_calls"]?[0]!["function"]!["arguments"])}|{Join(deltas, choice => choice["finish_reason"])}";
            return told + "|7"; // Nobody has asked for the usage, which a stream then does not have.
        }

        if ((string?)events[0]["type"] == "message_start")
        {
            Assert.Equal("message_stop", (string?)events[^1]["type"]);
            return $"{Join(events, item => item["delta"]?["text"])}|{Join(events, item => item["delta"]?["thinking"])}|{Join(events, item => item["delta"]?["partial_json"])}|{events[^2]["delta"]!["stop_reason"]}|{events[^2]["usage"]!["output_tokens"]}";
        }

        Assert.Equal("response.completed", (string?)events[^1]["type"]);
        JsonNode[] Called(string type) => [.. events.Where(item => (string?)item["type"] == type)];
        var end = events[^1]["response"]!;
        return $"{Join(Called("response.output_text.delta"), item => item["delta"])}|{Join(Called("response.reasoning_summary_text.delta"), item => item["delta"])}|{Join(Called("response.function_call_arguments.delta"), item => item["delta"])}|{end["status"]}|{end["usage"]!["output_tokens"]}";
    }

    private static string Join(IEnumerable<JsonNode> nodes, Func<JsonNode, JsonNode?> part) => string.Concat(nodes.Select(node => (string?)part(node)));
}
