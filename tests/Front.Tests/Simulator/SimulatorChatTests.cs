using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Front.Tests.Simulator;

public sealed class SimulatorChatTests : IDisposable
{
    private const string Hello = """{"model":"simulator-small","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}]}""";
    private const string Streamed = """{"model":"m","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";
    private const string Tools = """ "tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}] """;

    private readonly SimulatorClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Chat_Plain_EchoesAndCounts()
    {
        var answer = await _client.PostJsonAsync("chat/completions", Hello);

        Assert.Equal("chat.completion", (string?)answer["object"]);
        Assert.Equal("simulator-small", (string?)answer["model"]);
        Assert.Equal("simulator", (string?)answer["system_fingerprint"]);
        Assert.StartsWith("chatcmpl-", (string?)answer["id"], StringComparison.Ordinal);
        Assert.Equal("assistant", (string?)answer["choices"]![0]!["message"]!["role"]);
        Assert.Equal("The simulator read: Hello", (string?)answer["choices"]![0]!["message"]!["content"]);
        Assert.Equal("stop", (string?)answer["choices"]![0]!["finish_reason"]);
        Assert.Equal(4, (int?)answer["usage"]!["prompt_tokens"]); // 14 bytes
        Assert.Equal(7, (int?)answer["usage"]!["completion_tokens"]); // 25 bytes
        Assert.Equal(11, (int?)answer["usage"]!["total_tokens"]);
    }

    [Theory]
    [InlineData("chat/completions?size=2000", Hello)]
    [InlineData("chat/completions?chunks=7", Streamed)]
    [InlineData("embeddings", """{"model":"m","input":"x"}""")]
    [InlineData("responses", """{"model":"m","input":"x"}""")]
    public async Task SameRequest_SameBytes(string path, string body)
    {
        using var first = await _client.PostAsync(path, body);
        using var second = await _client.PostAsync(path, body);

        var bytes = await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(bytes);
        Assert.Equal(bytes, await second.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task OtherRequest_OtherId()
    {
        var first = await _client.PostJsonAsync("chat/completions", Hello);
        var second = await _client.PostJsonAsync("chat/completions", Hello.Replace("Hello", "Hallo", StringComparison.Ordinal));

        Assert.NotEqual((string?)first["id"], (string?)second["id"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(21)] // in the middle of the first two-byte letter
    [InlineData(22)]
    [InlineData(5000)]
    public async Task Size_ContentHasExactlySoManyBytes(int size)
    {
        var answer = await _client.PostJsonAsync($"chat/completions?size={size}", Hello.Replace("Hello", "ééé", StringComparison.Ordinal));

        var content = (string?)answer["choices"]![0]!["message"]!["content"];
        Assert.Equal(size, Encoding.UTF8.GetByteCount(content!));
        Assert.DoesNotContain('\uFFFD', content!);
    }

    [Fact]
    public async Task MaxTokens_CutsWithReasonLength()
    {
        var answer = await _client.PostJsonAsync("chat/completions", """{"model":"m","max_completion_tokens":2,"messages":[{"role":"user","content":"Hello"}]}""");

        Assert.Equal("The simu", (string?)answer["choices"]![0]!["message"]!["content"]);
        Assert.Equal("length", (string?)answer["choices"]![0]!["finish_reason"]);
        Assert.Equal(2, (int?)answer["usage"]!["completion_tokens"]);
    }

    [Theory]
    [InlineData("Hello", "chunks=5")]
    [InlineData("Grüße, 世界 🌍 \\\"quoted\\\"", "chunks=30")]
    [InlineData("Hello", "chunks=3&size=100000")]
    [InlineData("Hello", "chunks=10000")]
    public async Task Stream_PiecesJoinToTheContentOfThePlainAnswer(string prompt, string query)
    {
        var body = Hello.Replace("Hello", prompt, StringComparison.Ordinal);
        var plain = await _client.PostJsonAsync($"chat/completions?{query}", body);
        var events = SimulatorClient.Data(await _client.PostStreamAsync($"chat/completions?{query}", body.Insert(1, "\"stream\":true,")));

        var joined = string.Concat(events.Select(data => (string?)data["choices"]![0]!["delta"]!["content"]));
        Assert.Equal((string?)plain["choices"]![0]!["message"]!["content"], joined);
        Assert.Equal("stop", (string?)events[^1]["choices"]![0]!["finish_reason"]);
        Assert.All(events, data => Assert.Equal("chat.completion.chunk", (string?)data["object"]));
    }

    [Fact]
    public async Task Stream_EachReadIsOnePiece()
    {
        var reads = await _client.PostStreamAsync("chat/completions?chunks=4", Streamed);

        Assert.Equal(5, reads.Count);
        Assert.Equal(2, SimulatorClient.Data([reads[0]]).Count); // the role comes with the first piece
        Assert.All(reads[1..4], read => Assert.Single(SimulatorClient.Data([read])));
        Assert.EndsWith("data: [DONE]\n\n", reads[4], StringComparison.Ordinal);
        Assert.DoesNotContain("usage", string.Concat(reads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_IncludeUsage_EndsWithUsageWithoutChoices()
    {
        var events = SimulatorClient.Data(await _client.PostStreamAsync("chat/completions", Streamed.Insert(1, """ "stream_options":{"include_usage":true}, """)));

        Assert.Empty(events[^1]["choices"]!.AsArray());
        Assert.Equal(2, (int?)events[^1]["usage"]!["prompt_tokens"]);
        Assert.Equal(7, (int?)events[^1]["usage"]!["completion_tokens"]);
        Assert.All(events[..^1], data => Assert.True(data.AsObject().TryGetPropertyValue("usage", out var usage) && usage is null));
    }

    [Fact]
    public async Task Stream_ReaderWithTinyBuffer_GetsTheSameBytes()
    {
        var whole = string.Concat(await _client.PostStreamAsync("chat/completions?chunks=3", Streamed));
        using var response = await _client.PostAsync("chat/completions?chunks=3", Streamed);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var bytes = new List<byte>();
        var buffer = new byte[7];
        int count;
        while ((count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0)
        {
            bytes.AddRange(buffer.AsSpan(0, count));
        }

        Assert.Equal(whole, Encoding.UTF8.GetString([.. bytes]));
    }

    [Theory]
    [InlineData("\"required\"", "a")]
    [InlineData("""{"type":"function","function":{"name":"b"}}""", "b")]
    public async Task ToolChoice_CallsThatFunction(string choice, string expected)
    {
        var body = $$"""{"model":"m","tool_choice":{{choice}},{{Tools}},"messages":[{"role":"user","content":"Hello"}]}""";
        var plain = await _client.PostJsonAsync("chat/completions", body);
        var events = SimulatorClient.Data(await _client.PostStreamAsync("chat/completions", body.Insert(1, "\"stream\":true,")));

        var call = plain["choices"]![0]!["message"]!["tool_calls"]![0]!;
        Assert.Equal(expected, (string?)call["function"]!["name"]);
        Assert.Equal("{}", (string?)call["function"]!["arguments"]);
        Assert.Equal("tool_calls", (string?)plain["choices"]![0]!["finish_reason"]);

        var deltas = events.Select(data => data["choices"]![0]!["delta"]!["tool_calls"]?[0]).OfType<JsonNode>().ToList();
        Assert.Equal(expected, (string?)deltas[0]["function"]!["name"]);
        Assert.StartsWith("call_", (string?)deltas[0]["id"], StringComparison.Ordinal);
        Assert.Equal("{}", string.Concat(deltas.Select(delta => (string?)delta["function"]!["arguments"])));
        Assert.Equal("tool_calls", (string?)events[^1]["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task ToolChoiceAuto_AnswersInText()
    {
        var answer = await _client.PostJsonAsync("chat/completions", $$"""{"model":"m","tool_choice":"auto",{{Tools}},"messages":[{"role":"user","content":"Hello"}]}""");

        Assert.Equal("stop", (string?)answer["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task ContentParts_AreReadAndCounted()
    {
        var answer = await _client.PostJsonAsync(
            "chat/completions",
            """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:"}}]}]}""");

        Assert.Equal("The simulator read: Look", (string?)answer["choices"]![0]!["message"]!["content"]);
        Assert.Equal(1, (int?)answer["usage"]!["prompt_tokens"]);
    }
}
