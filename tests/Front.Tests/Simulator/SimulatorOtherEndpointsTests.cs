using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Xunit;

namespace GatewayActors.Front.Tests.Simulator;

public sealed class SimulatorOtherEndpointsTests : IDisposable
{
    private readonly SimulatorClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Responses_Plain_HasOneMessage()
    {
        var answer = await _client.PostJsonAsync("responses", """{"model":"m","input":"Hello"}""");

        Assert.Equal("response", (string?)answer["object"]);
        Assert.Equal("completed", (string?)answer["status"]);
        Assert.Equal("The simulator read: Hello", (string?)answer["output"]![0]!["content"]![0]!["text"]);
        Assert.Equal(2, (int?)answer["usage"]!["input_tokens"]);
        Assert.Equal(7, (int?)answer["usage"]!["output_tokens"]);
        Assert.Equal(9, (int?)answer["usage"]!["total_tokens"]);
    }

    [Fact]
    public async Task Responses_Streamed_HasTheEventsInOrder()
    {
        const string Body = """{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"Hello"}]}]}""";
        var plain = await _client.PostJsonAsync("responses?chunks=2", Body);
        var events = SimulatorClient.Data(await _client.PostStreamAsync("responses?chunks=2", Body.Insert(1, "\"stream\":true,")));

        Assert.Equal(
            [
                "response.created", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            events.Select(data => (string?)data["type"]));
        Assert.Equal(Enumerable.Range(0, 9), events.Select(data => (int)data["sequence_number"]!));
        Assert.Equal("The simulator read: Hello", string.Concat(events.Select(data => (string?)data["delta"])));
        Assert.True(JsonNode.DeepEquals(plain["output"]![0]!["content"], events[^1]["response"]!["output"]![0]!["content"]));
        Assert.Equal(7, (int?)events[^1]["response"]!["usage"]!["output_tokens"]);
    }

    [Fact]
    public async Task Responses_ToolRequired_CallsTheFunction()
    {
        const string Body = """{"model":"m","input":"x","tool_choice":"required","tools":[{"type":"function","name":"f"}]}""";
        var plain = await _client.PostJsonAsync("responses", Body);
        var events = SimulatorClient.Data(await _client.PostStreamAsync("responses", Body.Insert(1, "\"stream\":true,")));

        Assert.Equal("function_call", (string?)plain["output"]![0]!["type"]);
        Assert.Equal("f", (string?)plain["output"]![0]!["name"]);
        Assert.Equal("{}", (string?)plain["output"]![0]!["arguments"]);
        Assert.Contains(events, data => (string?)data["type"] == "response.function_call_arguments.done");
        Assert.Equal("response.completed", (string?)events[^1]["type"]);
    }

    [Fact]
    public async Task Responses_MaxOutputTokens_IsIncomplete()
    {
        var answer = await _client.PostJsonAsync("responses", """{"model":"m","input":"Hello","max_output_tokens":1}""");

        Assert.Equal("incomplete", (string?)answer["status"]);
        Assert.Equal("max_output_tokens", (string?)answer["incomplete_details"]!["reason"]);
    }

    [Fact]
    public async Task Embeddings_AreUnitVectorsFixedByTheText()
    {
        var answer = await _client.PostJsonAsync("embeddings", """{"model":"e","input":["a","b","a"],"dimensions":16}""");

        var vectors = answer["data"]!.AsArray().Select(item => item!["embedding"]!.AsArray().Select(value => (double)value!).ToArray()).ToList();
        Assert.All(vectors, vector => Assert.Equal(16, vector.Length));
        Assert.All(vectors, vector => Assert.Equal(1, vector.Sum(value => value * value), 5));
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
        Assert.Equal([0, 1, 2], answer["data"]!.AsArray().Select(item => (int)item!["index"]!));
        Assert.Equal(3, (int?)answer["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public async Task Embeddings_Base64_IsTheSameVector()
    {
        var floats = await _client.PostJsonAsync("embeddings", """{"model":"e","input":"a"}""");
        var base64 = await _client.PostJsonAsync("embeddings", """{"model":"e","input":"a","encoding_format":"base64"}""");

        var bytes = Convert.FromBase64String((string)base64["data"]![0]!["embedding"]!);
        Assert.Equal(
            floats["data"]![0]!["embedding"]!.AsArray().Select(value => (float)value!),
            Enumerable.Range(0, 8).Select(index => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(index * 4))));
        Assert.Equal(32, bytes.Length);
    }

    [Theory]
    [InlineData("[1,2,3]", 1)]
    [InlineData("[[1,2,3],[4]]", 2)]
    public async Task Embeddings_TokenIds_Count(string input, int expected)
    {
        var answer = await _client.PostJsonAsync("embeddings", $$"""{"model":"e","input":{{input}}}""");

        Assert.Equal(expected, answer["data"]!.AsArray().Count);
        Assert.Equal(expected == 1 ? 3 : 4, (int?)answer["usage"]!["total_tokens"]);
    }

    [Fact]
    public async Task Models_AreListedAndFound()
    {
        using var list = await _client.SendAsync(HttpMethod.Get, "models", null, TestContext.Current.CancellationToken);
        var models = JsonNode.Parse(await list.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["data"]!.AsArray();
        Assert.All(models, model => Assert.Equal("simulator", (string?)model!["owned_by"]));

        foreach (var model in models)
        {
            using var found = await _client.SendAsync(HttpMethod.Get, $"models/{model!["id"]}", null, TestContext.Current.CancellationToken);
            Assert.Equal(model.ToJsonString(), await found.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }
}
