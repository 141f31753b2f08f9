using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.Universal.UniversalHost;

namespace GatewayActors.Front.Tests.Universal;

/// <summary>Which step answers a universal request.</summary>
public sealed class FallbackTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task FirstStep_Succeeds_IsTheAnswer(string slash)
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        var steps = JsonSerializer.Serialize(new[] { Chat().WithHeader("X-Own", "1"), Chat("groq") });

        var answer = await _host.SendToAsync(HttpMethod.Post, Target + slash, Json(steps), ("x-request-level", "1"), ("authorization", "Bearer sk-of-the-request"));

        Assert.Equal((200, Bodies.Completion, "0"), (answer.Status, answer.Text, answer.Header("cf-aig-step")));
        var request = Assert.Single(_host.Script.Requests);
        Assert.Equal(("POST", "/v1/chat/completions", "Bearer sk-step", "1"), (request.Method, request.Target, request.Header("authorization"), request.Header("x-own")));
        Assert.Equal("application/json", request.Header("content-type"));
        Assert.Equal("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""", request.BodyText);
        Assert.Null(request.Header("x-request-level")); // What one provider gets is not meant for another.
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(422)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Step_AnsweredWithAnError_FallsBack(int status)
    {
        _host.Script.Then(UpstreamReply.Json("""{"error":{}}""", status)).Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat(), Chat("groq", "chat/completions") });

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Equal(2, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task Step_WithABrokenConnection_FallsBack()
    {
        _host.Script.Then(new UpstreamReply().Reset()).Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat(), Chat() });

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
    }

    [Fact]
    public async Task Step_TooSlow_FallsBackAndIsNotWaitedFor()
    {
        _host.Script.Then(new UpstreamReply().Stall()).Then(new UpstreamReply().Stall()).Then(UpstreamReply.Json(Bodies.Completion));
        var answering = _host.UniversalAsync(new[] { Chat().WithConfig(new { requestTimeout = 400, maxAttempts = 2, retryDelay = 0 }), Chat("groq") });
        for (var attempt = 0; attempt < 2; attempt++)
        {
            // Not even the last attempt of a step that has a fallback is waited for longer.
            await _host.Script.NextAsync(_cancelled);
            await ElapseAsync(400);
        }

        var answer = await answering;

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
    }

    [Fact]
    public async Task Stream_ThatBeginsWithAnError_FallsBack()
    {
        _host.Script
            .Then(UpstreamReply.EventStream().Event("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "error"))
            .Then(UpstreamReply.EventStream().Event("""{"choices":[{"delta":{"content":"Hi"}}]}""").Event("[DONE]"));

        var answer = await _host.UniversalAsync(new[]
        {
            new { provider = "anthropic", endpoint = "v1/messages", headers = new Dictionary<string, string> { ["x-api-key"] = "sk-ant" }, query = new { model = "claude-sonnet-4-5", stream = true } },
            new { provider = "openai", endpoint = "v1/chat/completions", headers = new Dictionary<string, string> { ["authorization"] = "Bearer sk" }, query = new { model = "gpt-4o", stream = true } },
        });

        Assert.Equal((200, "1", "text/event-stream; charset=utf-8"), (answer.Status, answer.Header("cf-aig-step"), answer.Header("content-type")));
        Assert.Equal("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n", answer.Text);
    }

    [Fact]
    public async Task Stream_OfAStep_ArrivesPieceByPiece()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.EventStream().Event("1").Wait(gate).Event("2"));
        using var response = await _host.StartAsync(HttpMethod.Post, Target, Json(JsonSerializer.Serialize(new[] { Chat(), Chat() })), _cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(_cancelled);
        var buffer = new byte["data: 1\n\n".Length];
        await body.ReadExactlyAsync(buffer, _cancelled);
        gate.Open();
        await body.ReadExactlyAsync(buffer, _cancelled);

        Assert.Equal("data: 2\n\n", Encoding.UTF8.GetString(buffer));
        Assert.Equal("1", response.Headers.GetValues("cf-aig-step").Single());
    }

    [Fact]
    public async Task Stream_BrokenAfterTheCommit_DoesNotFallBack()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Event("1").Wait(gate).Reset()).Then(UpstreamReply.Json(Bodies.Completion));
        using var response = await _host.StartAsync(HttpMethod.Post, Target, Json(JsonSerializer.Serialize(new[] { Chat(), Chat() })), _cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(_cancelled);
        await body.ReadExactlyAsync(new byte["data: 1\n\n".Length], _cancelled);
        gate.Open();

        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1], _cancelled));
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task EveryStep_Fails_TheLastErrorIsTheAnswer()
    {
        _host.Script
            .Then(UpstreamReply.Json("""{"error":"first"}""", 500))
            .Then(UpstreamReply.Json("""{"error":"second"}""", 400))
            .Then(UpstreamReply.Json("""{"error":"third"}""", 429));

        var answer = await _host.UniversalAsync(new[] { Chat(), Chat(), Chat() });

        Assert.Equal((429, """{"error":"third"}""", "2"), (answer.Status, answer.Text, answer.Header("cf-aig-step")));
    }

    [Theory]
    [InlineData(null, 502)]
    [InlineData(CompatibilityLevel.Strict, 400)]
    public async Task LastStep_Unreachable_IsAnErrorWithItsIndex(CompatibilityLevel? compatibility, int status)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(compatibility: compatibility));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(new UpstreamReply().Reset());

        var answer = await _host.UniversalAsync(new[] { Chat(), Chat() });

        answer.AssertError(status, 2005);
        Assert.Equal("1", answer.Header("cf-aig-step"));
    }

    [Fact]
    public async Task Step_ThatCannotBeRouted_FallsBack()
    {
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat("nobody"), Chat("openai", "../x"), Chat() });

        Assert.Equal((200, "2"), (answer.Status, answer.Header("cf-aig-step")));
        (await _host.UniversalAsync(new[] { Chat("nobody") })).AssertError(400, 2008);
    }

    [Fact]
    public async Task Step_WithoutACredential_FallsBack()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat(key: ""), Chat() }, ("cf-aig-authorization", "Bearer " + _host.Token));

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
    }

    [Fact]
    public async Task Retries_ComeBeforeTheFallback()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 2, delay: 0));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat(model: "a"), Chat(model: "b") });

        Assert.Equal((200, "1"), (answer.Status, answer.Header("cf-aig-step")));
        Assert.Equal(["a", "a", "b", "b"], _host.Script.Requests.Select(request => JsonElement.Parse(request.Body).GetProperty("model").GetString()));
    }

    [Fact]
    public async Task Client_LeavesDuringAStep_NoOtherIsTried()
    {
        _host.Script.Then(new UpstreamReply().Stall()).Then(UpstreamReply.Json(Bodies.Completion));
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        var answering = _host.StartAsync(HttpMethod.Post, Target, Json(JsonSerializer.Serialize(new[] { Chat(), Chat() })), abort.Token);
        var request = await _host.Script.NextAsync(_cancelled);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        await request.Aborted.WaitAsync(_cancelled);

        Assert.Equal(499, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task Log_HasAnEntryPerStep()
    {
        _host.Script
            .Then(UpstreamReply.Json("""{"error":{"message":"broken"}}""", 500))
            .Then(new UpstreamReply().Reset())
            .Then(UpstreamReply.Json(Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { Chat(model: "gpt-4o"), Chat("groq", model: "llama"), Chat(model: "gpt-4o-mini") }, ("cf-aig-event-id", "mine"));

        var (first, second, third) = (await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled));
        Assert.Equal([0, 1, 2], new[] { first, second, third }.Select(recorded => recorded.Entry.Step));
        Assert.Equal([500, 502, 200], new[] { first, second, third }.Select(recorded => recorded.Entry.StatusCode));
        Assert.Equal([false, false, true], new[] { first, second, third }.Select(recorded => recorded.Entry.Success));
        Assert.Equal([("openai", "gpt-4o"), ("groq", "llama"), ("openai", "gpt-4o-mini")], new[] { first, second, third }.Select(recorded => (recorded.Entry.Provider, recorded.Entry.Model)));
        Assert.All([first, second, third], recorded => Assert.Equal(("universal", "mine"), (recorded.Entry.RequestType, recorded.Entry.EventId)));
        Assert.Equal(3, new[] { first, second, third }.Select(recorded => recorded.Entry.Id).Distinct().Count());
        Assert.Equal(answer.Header("cf-aig-request-id"), first.Entry.Id.ToString());
        Assert.Equal(answer.Header("cf-aig-log-id"), third.Entry.Id.ToString());
        Assert.Equal("""{"error":{"message":"broken"}}""", Encoding.UTF8.GetString(first.ResponseBody!));
        Assert.Contains("\"model\":\"gpt-4o\"", Encoding.UTF8.GetString(first.RequestBody!), StringComparison.Ordinal);
        Assert.Null(second.ResponseBody);
        Assert.Contains("\"error\":\"upstream_unreachable\"", second.Entry.DetailsJson, StringComparison.Ordinal);
        Assert.Equal(Bodies.Completion, Encoding.UTF8.GetString(third.ResponseBody!));
        Assert.Equal(0.00021m, third.Entry.CostUsd);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task OtherMethods_AreRefused(string method)
    {
        var answer = await _host.SendToAsync(HttpMethod.Parse(method), Target, null);

        answer.AssertError(405, 7000);
        Assert.Equal("POST", answer.Header("allow"));
    }

    [Theory]
    [InlineData("", "The request's body is not valid JSON (line 1).")]
    [InlineData("[]", "The array of steps is empty.")]
    [InlineData("""[{"provider":"openai","query":{}}]""", "[0].endpoint is required.")]
    public async Task BadInput_NamesTheField(string body, string expected)
    {
        var answer = await _host.UniversalAsync(body);

        answer.AssertError(400, 7001);
        Assert.Equal(expected, answer.Description);
        Assert.Null(answer.Header("cf-aig-step"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_TooLarge_IsRefused(bool isLengthKnown)
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Upstream.MaxRequestBodyBytes = 100_000);
        var bytes = new byte[100_001];
        bytes.AsSpan().Fill((byte)' ');
        HttpContent content = isLengthKnown ? new ByteArrayContent(bytes) : new StreamContent(new MemoryStream(bytes));

        (await host.SendToAsync(HttpMethod.Post, Target, content)).AssertError(413, 7002);
    }

    [Fact]
    public async Task Body_LargeAndWithoutLength_IsReadWhole()
    {
        var text = new string('x', 3_000_000);
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion));
        var body = JsonSerializer.SerializeToUtf8Bytes(new[] { new { provider = "openai", endpoint = "x", authorization = "Bearer sk", query = new { text } } });

        var answer = await _host.SendToAsync(HttpMethod.Post, Target, new StreamContent(new MemoryStream(body)));

        Assert.Equal(200, answer.Status);
        Assert.Equal(text, JsonElement.Parse(Assert.Single(_host.Script.Requests).Body).GetProperty("text").GetString());
    }

    private async Task ElapseAsync(int milliseconds)
    {
        await _host.Clock.SetAsync(TimeSpan.FromMilliseconds(milliseconds), _cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
    }
}
