using System.Net;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.Simulator;

public sealed class SimulatorFailureTests : IDisposable
{
    private const string Plain = """{"model":"m","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Streamed = """{"model":"m","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";

    private readonly FakeTimeProvider _time = new();
    private readonly SimulatorClient _client;

    public SimulatorFailureTests() => _client = new(_time);

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("delay=60001", "delay", "0 to 60000")]
    [InlineData("delay=-1", "delay", "0 to 60000")]
    [InlineData("delay=1.5", "delay", "0 to 60000")]
    [InlineData("chunk_delay=soon", "chunk_delay", "0 to 60000")]
    [InlineData("chunks=0", "chunks", "1 to 10000")]
    [InlineData("chunks=10001", "chunks", "1 to 10000")]
    [InlineData("size=10485761", "size", "0 to 10485760")]
    [InlineData("error=200", "error", "400 to 599")]
    [InlineData("error=", "error", "400 to 599")]
    [InlineData("retry_after=99999", "retry_after", "0 to 86400")]
    [InlineData("fail_at=x", "fail_at", "0 to 10000")]
    [InlineData("error_at=10001", "error_at", "0 to 10000")]
    public async Task Query_OutOfRange_Is400ThatNamesIt(string query, string name, string range)
    {
        var answer = await _client.PostJsonAsync($"chat/completions?{query}", Streamed, HttpStatusCode.BadRequest);

        Assert.Equal("invalid_request_error", (string?)answer["error"]!["type"]);
        Assert.Equal(name, (string?)answer["error"]!["param"]);
        Assert.Contains(range, (string?)answer["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_UnknownParameter_IsIgnored() => await _client.PostJsonAsync("chat/completions?api-version=1", Plain);

    [Theory]
    [InlineData("chat/completions", "", null)]
    [InlineData("chat/completions", "[]", null)]
    [InlineData("chat/completions", "{", null)]
    [InlineData("chat/completions", """{"messages":[{}]}""", "model")]
    [InlineData("chat/completions", """{"model":7,"messages":[{}]}""", "model")]
    [InlineData("chat/completions", """{"model":"\ud800","messages":[{}]}""", null)]
    [InlineData("chat/completions", """{"model":"m"}""", "messages")]
    [InlineData("chat/completions", """{"model":"m","messages":[]}""", "messages")]
    [InlineData("chat/completions", """{"model":"m","messages":[1]}""", "messages")]
    [InlineData("chat/completions", """{"model":"m","messages":[{}],"n":2}""", "n")]
    [InlineData("chat/completions", """{"model":"m","messages":[{}],"stream":"yes"}""", "stream")]
    [InlineData("chat/completions", """{"model":"m","messages":[{}],"max_tokens":0}""", "max_tokens")]
    [InlineData("chat/completions", """{"model":"m","messages":[{}],"tool_choice":"required"}""", "tool_choice")]
    [InlineData("chat/completions", """{"model":"m","messages":[{}],"tools":[{"function":{"name":"a"}}],"tool_choice":{"function":{"name":"b"}}}""", "tool_choice")]
    [InlineData("responses", """{"model":"m"}""", "input")]
    [InlineData("responses", """{"model":"m","input":[]}""", "input")]
    [InlineData("embeddings", """{"model":"m"}""", "input")]
    [InlineData("embeddings", """{"model":"m","input":[]}""", "input")]
    [InlineData("embeddings", """{"model":"m","input":["a",{}]}""", "input")]
    [InlineData("embeddings", """{"model":"m","input":"a","dimensions":0}""", "dimensions")]
    [InlineData("embeddings", """{"model":"m","input":"a","dimensions":4097}""", "dimensions")]
    [InlineData("embeddings", """{"model":"m","input":"a","encoding_format":"hex"}""", "encoding_format")]
    [InlineData("embeddings", """{"input":"a"}""", "model")]
    [InlineData("embeddings", "null", null)]
    public async Task Body_Malformed_Is400ThatNamesTheParameter(string path, string body, string? param)
    {
        var answer = await _client.PostJsonAsync(path, body, HttpStatusCode.BadRequest);

        Assert.Equal("invalid_request_error", (string?)answer["error"]!["type"]);
        Assert.Equal(param, (string?)answer["error"]!["param"]);
    }

    [Theory]
    [InlineData("POST", "chat/completion", HttpStatusCode.NotFound)]
    [InlineData("GET", "chat/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "models", HttpStatusCode.NotFound)]
    [InlineData("GET", "models/gpt-9", HttpStatusCode.NotFound)]
    public async Task Path_Unknown_IsAnOpenAIError(string method, string path, HttpStatusCode expected)
    {
        using var response = await _client.SendAsync(new(method), path, method == "POST" ? Plain : null, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
        Assert.Contains("\"error\":", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "invalid_request_error", "invalid_api_key")]
    [InlineData(429, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData(529, "server_error", null)]
    public async Task Error_AnswersWithThatStatus(int status, string type, string? code)
    {
        var answer = await _client.PostJsonAsync($"chat/completions?error={status}", Plain, (HttpStatusCode)status);

        Assert.Equal(type, (string?)answer["error"]!["type"]);
        Assert.Equal(code, (string?)answer["error"]!["code"]);
    }

    [Fact]
    public async Task Error_RetryAfter_IsAHeader()
    {
        using var response = await _client.PostAsync("chat/completions?error=429&retry_after=3", Plain);

        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Delay_AnswersOnlyAfterIt()
    {
        var answering = _client.PostAsync("chat/completions?delay=1000", Plain);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(answering.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        using var response = await answering;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Delay_Cancelled_EndsAtOnce()
    {
        using var cancellation = new CancellationTokenSource();
        var answering = _client.SendAsync(HttpMethod.Post, "chat/completions?delay=60000", Plain, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
    }

    [Fact]
    public async Task ChunkDelay_EachPieceComesOnlyAfterIt()
    {
        using var response = await _client.PostAsync("chat/completions?chunks=2&chunk_delay=500", Streamed);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(await SimulatorClient.ReadAsync(stream)); // the first piece does not wait

        var second = SimulatorClient.ReadAsync(stream);
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotEmpty(await second);
        Assert.EndsWith("[DONE]\n\n", await SimulatorClient.ReadAsync(stream), StringComparison.Ordinal); // nor does the end
    }

    [Fact]
    public async Task ChunkDelay_Cancelled_EndsAtOnce()
    {
        using var response = await _client.PostAsync("chat/completions?chunks=2&chunk_delay=60000", Streamed);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await SimulatorClient.ReadAsync(stream);
        using var cancellation = new CancellationTokenSource();

        var reading = stream.ReadAsync(new byte[1024], cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task FailAt_Stream_BreaksBeforeThatPiece(int failAt)
    {
        using var response = await _client.PostAsync($"chat/completions?chunks=3&fail_at={failAt}", Streamed);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        for (var index = 0; index < failAt; index++)
        {
            Assert.NotEmpty(await SimulatorClient.ReadAsync(stream));
        }

        var exception = await Assert.ThrowsAsync<HttpIOException>(() => SimulatorClient.ReadAsync(stream));
        Assert.Equal(HttpRequestError.ResponseEnded, exception.HttpRequestError);
    }

    [Fact]
    public async Task FailAt_PlainAnswerZero_RefusesTheConnection()
    {
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => _client.PostAsync("chat/completions?fail_at=0", Plain));

        Assert.Equal(HttpRequestError.ConnectionError, exception.HttpRequestError);
    }

    [Fact]
    public async Task FailAt_PlainAnswer_BreaksTheBodyHalfWay()
    {
        using var response = await _client.PostAsync("chat/completions?fail_at=1", Plain);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        var half = await SimulatorClient.ReadAsync(stream);
        Assert.Equal(response.Content.Headers.ContentLength / 2, half.Length);
        await Assert.ThrowsAsync<HttpIOException>(() => SimulatorClient.ReadAsync(stream));
    }

    [Fact]
    public async Task ErrorAt_Stream_EndsWithAnErrorEvent()
    {
        var reads = await _client.PostStreamAsync("chat/completions?chunks=3&error_at=1", Streamed);

        Assert.Equal(2, reads.Count);
        Assert.Equal("server_error", (string?)Assert.Single(SimulatorClient.Data([reads[1]]))["error"]!["type"]);
        Assert.DoesNotContain("[DONE]", string.Concat(reads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorAt_Responses_EndsWithAnErrorEvent()
    {
        var reads = await _client.PostStreamAsync("responses?chunks=3&error_at=1", """{"model":"m","stream":true,"input":"x"}""");

        Assert.StartsWith("event: error\n", reads[^1], StringComparison.Ordinal);
        Assert.Equal("error", (string?)Assert.Single(SimulatorClient.Data([reads[^1]]))["type"]);
    }

    [Fact]
    public async Task ErrorAt_PlainAnswer_Is400() =>
        Assert.Equal("error_at", (string?)(await _client.PostJsonAsync("chat/completions?error_at=1", Plain, HttpStatusCode.BadRequest))["error"]!["param"]);
}
