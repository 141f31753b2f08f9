using System.IO.Compression;
using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Guardrails;

/// <summary>What of requests is inspected, in every format.</summary>
public sealed class RequestTextsTests
{
    private const int MaxBytes = 1_000_000;

    public static TheoryData<string, string> Formats => new()
    {
        { "chat", """{"model":"m","messages":[{"role":"user","content":"%"}]}""" },
        { "parts", """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}},{"type":"text","text":"%"}]}]}""" },
        { "system", """{"messages":[{"role":"system","content":"%"},{"role":"user","content":"x"}]}""" },
        { "earlier turn", """{"messages":[{"role":"user","content":"%"},{"role":"assistant","content":"x"},{"role":"user","content":"y"}]}""" },
        { "tool result", """{"messages":[{"role":"tool","tool_call_id":"1","content":"%"}]}""" },
        { "tool call", """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":\"%\"}"}}]}]}""" },
        { "escaped in a call", """{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":\"\\u0070urple elephant\"}"}}]}]}""" },
        { "escaped", """{"messages":[{"role":"user","content":"\u0070urple elephant"}]}""" },
        { "tool description", """{"messages":[],"tools":[{"type":"function","function":{"name":"f","description":"%","parameters":{"type":"object"}}}]}""" },
        { "description of a parameter", """{"messages":[],"tools":[{"name":"f","input_schema":{"properties":{"a":{"type":"string","description":"%"}}}}]}""" },
        { "completions", """{"model":"m","prompt":"%"}""" },
        { "several prompts", """{"model":"m","prompt":["a","%"]}""" },
        { "embeddings", """{"model":"m","input":["a","%"]}""" },
        { "responses", """{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"%"}]}]}""" },
        { "instructions", """{"model":"m","input":"x","instructions":"%"}""" },
        { "output of a call", """{"model":"m","input":[{"type":"function_call_output","call_id":"1","output":"%"}]}""" },
        { "system of messages", """{"model":"m","system":[{"type":"text","text":"%"}],"messages":[]}""" },
        { "result of messages", """{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"%"}]}]}]}""" },
        { "use of messages", """{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"type":"%"}}]}]}""" },
        { "document as text", """{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"%"}}]}]}""" },
        { "gemini", """{"contents":[{"role":"user","parts":[{"text":"%"}]}]}""" },
        { "system of gemini", """{"systemInstruction":{"parts":[{"text":"%"}]},"contents":[]}""" },
        { "result of gemini", """{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{"status":"%"}}}]}]}""" },
        { "embeddings of gemini", """{"content":{"parts":[{"text":"%"}]}}""" },
        { "many of gemini", """{"requests":[{"model":"m","content":{"parts":[{"text":"%"}]}}]}""" },
        { "converse", """{"messages":[{"role":"user","content":[{"text":"%"}]}]}""" },
        { "result of converse", """{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"json":{"id":"%"}}]}}]}]}""" },
        { "tools of converse", """{"messages":[],"toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"%"}}]}}""" },
        { "cohere", """{"message":"%","chat_history":[]}""" },
        { "history of cohere", """{"message":"x","chat_history":[{"role":"USER","message":"%"}],"preamble":"y"}""" },
        { "texts of cohere", """{"texts":["%"],"input_type":"search_query"}""" },
        { "workers ai", """{"prompt":"%"}""" },
        { "titan", """{"inputText":"%"}""" },
        { "unknown", """{"type":"a","deep":{"model":[1,{"id":"%"}]}}""" },
        { "unknown list", """["a",["%"]]""" },
        { "name of a member", """{"foo":{"purple elephant":1}}""" },
        { "twice the same member", """{"messages":[{"role":"user","content":"%","content":"x"}],"messages":[]}""" },
        { "a member that is new", """{"messages":[],"brand_new":{"words":"%"}}""" },
    };

    [Theory, MemberData(nameof(Formats))]
    public async Task Json_OfEveryFormat_ShowsItsTexts(string format, string body)
    {
        var (texts, problem) = await ReadAsync(body.Replace("%", GuardedHost.Forbidden, StringComparison.Ordinal), "application/json");

        Assert.Null(problem);
        Assert.True(texts.Any(text => text.Text.Contains(GuardedHost.Forbidden, StringComparison.Ordinal)), format);
    }

    [Fact]
    public async Task Turns_OfAConversation_BeginWithTheLatest()
    {
        var (texts, _) = await ReadAsync("""{"messages":[{"role":"system","content":"be kind"},{"role":"user","content":"one"},{"role":"assistant","content":"two"},{"role":"user","content":"three"}]}""", "application/json");

        Assert.Equal(["three", "two", "one", "be kind"], texts.Select(text => text.Text));
        Assert.Equal([TextRole.User, TextRole.Assistant, TextRole.User, TextRole.System], texts.Select(text => text.Role));
    }

    [Fact]
    public async Task Parts_OfAMessage_AreAlsoShownWithoutASeam()
    {
        var (texts, _) = await ReadAsync("""{"messages":[{"role":"user","content":[{"type":"text","text":"purple ele"},{"type":"text","text":"phant"}]}]}""", "application/json");

        Assert.Contains(texts, text => text is { IsSeamless: true, Text: "purple elephant" });
    }

    [Fact]
    public async Task Pictures_InBase64_AreNotText()
    {
        var picture = Convert.ToBase64String(new byte[3000]);
        var (texts, _) = await ReadAsync($$$"""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{picture}}}"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{picture}}}"}}]}]}""", "application/json");

        Assert.Empty(texts);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Compressed_Bodies_AreOpened(string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream writer = encoding switch { "gzip" => new GZipStream(packed, CompressionMode.Compress, leaveOpen: true), "br" => new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true), _ => new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true) })
        {
            writer.Write("""{"prompt":"purple elephant"}"""u8);
        }

        var (texts, problem) = await RequestContent.ReadAsync(packed.ToArray(), "application/json", encoding, MaxBytes);
        Assert.Equal((null, GuardedHost.Forbidden), (problem, texts.Single().Text));
        Assert.NotNull((await RequestContent.ReadAsync(packed.ToArray(), "application/json", encoding, maxBytes: 10)).Problem); // No bomb.
        Assert.NotNull((await RequestContent.ReadAsync("no"u8.ToArray(), "application/json", encoding, MaxBytes)).Problem);
        Assert.NotNull((await RequestContent.ReadAsync(packed.ToArray(), "application/json", "zstd", MaxBytes)).Problem);
    }

    [Fact]
    public async Task Form_WithParts_ShowsItsTexts()
    {
        const string Body = "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\npurple elephant\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--b--\r\n";

        var (texts, problem) = await ReadAsync(Body, "multipart/form-data; boundary=b");

        Assert.Equal((null, GuardedHost.Forbidden), (problem, texts.Single().Text));
        Assert.NotNull((await ReadAsync(Body, "multipart/form-data")).Problem);
    }

    [Theory]
    [InlineData("text/plain", "purple elephant")]
    [InlineData("application/x-www-form-urlencoded", "q=purple+elephant")]
    [InlineData("text/plain", """{"prompt":"purple elephant"}""")]
    [InlineData(null, "\uFEFF{\"prompt\":\"purple elephant\"}")]
    public async Task Others_ShowTheirTexts(string? type, string body) => Assert.Contains((await ReadAsync(body, type)).Texts, text => text.Text == GuardedHost.Forbidden);

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"purple elephant",}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":'purple elephant'}]}""")]
    [InlineData("not json")]
    public async Task Body_ThatIsNoJson_IsRefusedWhereItCouldBeBlocked(string body)
    {
        await using var host = await DataPlaneHost.StartAsync();
        host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        foreach (var action in Enum.GetValues<RuleAction>())
        {
            host.Gateway.Set(GuardedHost.Open(prompt: action));

            var answer = await host.SendAsync(HttpMethod.Post, "openai/chat/completions", Encoding.UTF8.GetBytes(body), ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));

            Assert.Equal(action == RuleAction.Block ? 400 : 200, answer.Status);
        }
    }

    [Fact]
    public async Task Body_ThatIsTooLarge_IsRefusedWhereItCouldBeBlocked()
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Inspection.MaxBodyBytes = 300_000);
        host.Gateway.Set(GuardedHost.Open(prompt: RuleAction.Block));
        host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        foreach (var (length, status) in ((int, int)[])[(290_000, 200), (310_000, 413)])
        {
            var answer = await host.SendAsync(HttpMethod.Post, "openai/chat/completions", Encoding.UTF8.GetBytes($$"""{"prompt":"{{new string('a', length)}}"}"""), ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));

            Assert.Equal(status, answer.Status);
        }
    }

    private static ValueTask<(IReadOnlyList<InspectedText> Texts, string? Problem)> ReadAsync(string body, string? type) =>
        RequestContent.ReadAsync(Encoding.UTF8.GetBytes(body), type, encoding: null, MaxBytes);
}
