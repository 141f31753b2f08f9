using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation;

/// <summary>Answers of OpenAI's chat completions from a stream to one object and back.</summary>
public sealed class StoredChatTests
{
    private const string Head = "\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\"";
    private const string Usage = """{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":4}}""";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void ToCompletion_Text_IsPutTogether(string line)
    {
        var stream = Stream(
            line,
            Choice("""{"role":"assistant","content":"","refusal":null}"""),
            Choice("""{"content":"Hel"}"""),
            Choice("""{"content":"lo, “Welt” 🌍"}"""),
            Choice("{}", finish: "stop"),
            $$"""{{{Head}},"choices":[],"usage":{{Usage}},"obfuscation":"abc"}""");

        AssertJson(
            $$"""
            {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_1",
             "choices":[{"index":0,"message":{"role":"assistant","content":"Hello, “Welt” 🌍","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{{Usage}}}
            """,
            StoredChat.ToCompletion(stream));
    }

    [Fact]
    public void ToCompletion_ParallelCalls_ArePutTogetherByTheirIndex()
    {
        var stream = Stream(
            "\n",
            Choice("""{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}]}"""),
            Choice("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}"""),
            Choice("""{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"time","arguments":"{}"}}]}"""),
            Choice("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":"\"Paris\"}"}}]}"""), // As some repeat what they said.
            Choice("{}", finish: "tool_calls"),
            $$"""{{{Head}},"choices":[],"usage":{{Usage}}}""");

        var choice = JsonNode.Parse(StoredChat.ToCompletion(stream)!.Value.Span)!["choices"]![0]!;

        Assert.Equal("tool_calls", (string?)choice["finish_reason"]);
        AssertJson(
            """
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}},
             {"id":"call_b","type":"function","function":{"name":"time","arguments":"{}"}}]}
            """,
            Encoding.UTF8.GetBytes(choice["message"]!.ToJsonString()));
    }

    [Fact]
    public void ToCompletion_SeveralChoicesAndUnknownFields_KeepsThemApart()
    {
        var stream = Stream(
            "\n",
            $$"""{{{Head}},"choices":[],"prompt_filter_results":[{"prompt_index":0}]}""",
            Choice("""{"role":"assistant","content":"b"}""", index: 1),
            Choice("""{"role":"assistant","content":"a","reasoning_content":"so"}""", more: ""","logprobs":{"content":[{"token":"a","logprob":-0.5}]}"""),
            Choice("""{"role":"assistant","content":"A","reasoning_content":" it is","annotations":[{"type":"url_citation","url_citation":{"url":"https://a"}}]}""", more: ""","logprobs":{"content":[{"token":"A","logprob":-1}]}"""),
            Choice("{}", finish: "length", index: 1),
            Choice("{}", finish: "stop"),
            $$"""{{{Head}},"choices":[],"usage":{{Usage}}}""");

        var completion = JsonNode.Parse(StoredChat.ToCompletion(stream)!.Value.Span)!;

        AssertJson(
            """{"role":"assistant","content":"aA","reasoning_content":"so it is","annotations":[{"type":"url_citation","url_citation":{"url":"https://a"}}]}""",
            Encoding.UTF8.GetBytes(completion["choices"]![0]!["message"]!.ToJsonString()));
        AssertJson("""{"content":[{"token":"a","logprob":-0.5},{"token":"A","logprob":-1}]}""", Encoding.UTF8.GetBytes(completion["choices"]![0]!["logprobs"]!.ToJsonString()));
        Assert.Equal(("b", "length"), ((string?)completion["choices"]![1]!["message"]!["content"], (string?)completion["choices"]![1]!["finish_reason"]));
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}|[DONE]""")] // No usage.
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}|{"choices":[],"usage":{"prompt_tokens":1}}|[DONE]""")] // No end.
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}|{"choices":[],"usage":{"prompt_tokens":1}}""")] // Cut.
    [InlineData("""{"error":{"message":"broken"},"choices":[]}|[DONE]""")]
    [InlineData("""{"choices":[|[DONE]""")]
    [InlineData("""{"choices":[1],"usage":{"prompt_tokens":1}}|[DONE]""")]
    [InlineData("""[1]|[DONE]""")]
    [InlineData("""[DONE]""")]
    [InlineData("")]
    public void ToCompletion_NotOneWholeCompletion_IsNone(string events) =>
        Assert.Null(StoredChat.ToCompletion(Encoding.UTF8.GetBytes(string.Concat(events.Split('|').Select(data => $"data: {data}\n\n")))));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ToStream_AddsUpToTheCompletion(bool includeUsage)
    {
        var completion = Encoding.UTF8.GetBytes($$$"""
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[
              {"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[
                {"id":"call_a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}},{"id":"call_b","type":"function","function":{"name":"time","arguments":"{}"}}]},
               "logprobs":null,"finish_reason":"tool_calls"},
              {"index":1,"message":{"role":"assistant","content":"Hi 🌍"},"logprobs":null,"finish_reason":"stop"}],
             "usage":{{{Usage}}},"system_fingerprint":"fp"}
            """);

        var stream = StoredChat.ToStream(completion, includeUsage)!.Value.ToArray();

        var chunks = Chunks(stream);
        Assert.Equal(includeUsage ? 5 : 4, chunks.Count);
        Assert.All(chunks, chunk => Assert.Equal(("chat.completion.chunk", "chatcmpl-1", "m"), ((string?)chunk["object"], (string?)chunk["id"], (string?)chunk["model"])));
        Assert.Equal([null, "tool_calls", null, "stop"], chunks.Take(4).Select(chunk => (string?)chunk["choices"]![0]!["finish_reason"]));
        Assert.Equal([0, 1], chunks[0]["choices"]![0]!["delta"]!["tool_calls"]!.AsArray().Select(call => (int)call!["index"]!));
        Assert.Equal(includeUsage, chunks[0].AsObject().ContainsKey("usage"));
        if (includeUsage)
        {
            Assert.Empty(chunks[4]["choices"]!.AsArray());
            AssertJson(Encoding.UTF8.GetString(completion), StoredChat.ToCompletion(stream));
        }
        else
        {
            Assert.Null(StoredChat.ToCompletion(stream));
        }
    }

    [Theory]
    [InlineData("""{"object":"chat.completion","choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}""", true)] // No usage to include.
    [InlineData("""{"object":"chat.completion","choices":[{"index":0,"message":{"content":"a"},"finish_reason":null}],"usage":{}}""", false)]
    [InlineData("""{"choices":[]}""", false)]
    [InlineData("""{"choices":[1]}""", false)]
    [InlineData("""{"result":"of another kind"}""", false)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    public void ToStream_NotOneWholeCompletion_IsNone(string completion, bool includeUsage) => Assert.Null(StoredChat.ToStream(Encoding.UTF8.GetBytes(completion), includeUsage));

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void WithUsage_HasItAsAskedOrIsNone(bool has, bool wants)
    {
        string[] chunks = [Choice("""{"role":"assistant","content":"a"}"""), Choice("{}", finish: "stop")];
        var without = Stream("\n", chunks);
        var stream = has ? Stream("\n", [.. chunks, $$"""{{{Head}},"choices":[],"usage":{{Usage}}}"""]) : without;

        var fitted = StoredChat.WithUsage(stream, wants);

        Assert.Equal(!wants ? without : has ? stream : null, fitted?.ToArray());
    }

    [Fact]
    public void WithUsage_ThatStandsBesideAChoice_StaysWhereTheProviderPutsIt()
    {
        var stream = Stream("\n", Choice("""{"role":"assistant","content":"a"}"""), Choice("{}", finish: "stop").Replace("\"choices\"", $"\"usage\":{Usage},\"choices\"", StringComparison.Ordinal));

        Assert.Equal(stream, StoredChat.WithUsage(stream, includeUsage: true)?.ToArray());
        Assert.Equal(stream, StoredChat.WithUsage(stream, includeUsage: false)?.ToArray());
        Assert.NotNull(StoredChat.ToCompletion(stream));
    }

    [Fact]
    public void ToCompletion_ChunksThatRepeatTheMessage_HaveItOnce()
    {
        var stream = Stream(
            "\n",
            Choice("""{"role":"assistant","content":"Hel"}""", more: ""","message":{"role":"assistant","content":"Hel"}"""),
            Choice("""{"content":"lo"}""", finish: "stop", more: ""","message":{"role":"assistant","content":"Hello"}""").Replace("\"choices\"", $"\"usage\":{Usage},\"choices\"", StringComparison.Ordinal));

        var choice = JsonNode.Parse(StoredChat.ToCompletion(stream)!.Value.Span)!["choices"]![0]!;

        Assert.Equal("""{"role":"assistant","content":"Hello"}""", choice["message"]!.ToJsonString());
    }

    private static string Choice(string delta, string? finish = null, int index = 0, string more = ""","logprobs":null""") =>
        $$"""{{{Head}},"choices":[{"index":{{index}},"delta":{{delta}}{{more}},"finish_reason":{{(finish is null ? "null" : $"\"{finish}\"")}}}]}""";

    private static byte[] Stream(string line, params string[] events) =>
        Encoding.UTF8.GetBytes(string.Concat(events.Append("[DONE]").Select(data => $"data: {data}{line}{line}")));

    private static List<JsonNode> Chunks(byte[] stream)
    {
        var events = Encoding.UTF8.GetString(stream).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        return [.. events[..^1].Select(data => JsonNode.Parse(data["data: ".Length..])!)];
    }

    private static void AssertJson(string expected, byte[] actual) => AssertJson(expected, (ReadOnlyMemory<byte>?)actual);

    private static void AssertJson(string expected, ReadOnlyMemory<byte>? actual)
    {
        Assert.NotNull(actual);
        var (one, two) = (JsonNode.Parse(expected), JsonNode.Parse(actual.Value.Span));
        Assert.True(JsonNode.DeepEquals(one, two), Encoding.UTF8.GetString(actual.Value.Span));
    }
}
