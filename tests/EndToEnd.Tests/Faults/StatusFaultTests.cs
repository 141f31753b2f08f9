using System.Diagnostics;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Faults;

/// <summary>The upstream answers, but with an error.</summary>
public sealed class StatusFaultTests(GatewayFixture fixture) : FaultTest(fixture)
{
    private const string Failure = """{"error":{"message":"provider failed","type":"server_error"}}""";

    [Theory]
    [InlineData(0, "5", 200, 1)]
    [InlineData(2, "3", 200, 3)]
    [InlineData(4, "5", 200, 5)]
    [InlineData(3, "3", 500, 3)]
    [InlineData(9, "99", 500, 5)] // out of range: clamped, data plane §0.2
    [InlineData(1, "", 500, 1)]
    public async Task Status500_IsRetriedUpToTheMostAttempts(int failures, string maxAttempts, int status, int attempts)
    {
        for (var failure = 0; failure < failures; failure++)
        {
            Script.Then(UpstreamReply.Json(Failure, 500));
        }

        Script.Otherwise(_ => UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(
            Request(headers: [("cf-aig-max-attempts", maxAttempts), ("cf-aig-retry-delay", "1"), ("cf-aig-backoff", "constant")]), CancellationToken);

        Assert.Equal((status, status == 200 ? Completion : Failure), (answer.StatusCode, answer.Text));
        Assert.Equal(attempts, Script.Requests.Count);
        Assert.All(Script.Requests, request => Assert.Equal(Chat, request.BodyText));
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(status, success: status == 200, attempts);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task StatusThatARepeatCannotMend_IsPassedOnAfterOneAttempt(int status)
    {
        Script.Then(UpstreamReply.Json(Failure, status));

        var answer = await Client.SendAsync(Request(headers: [("cf-aig-max-attempts", "5"), ("cf-aig-retry-delay", "1")]), CancellationToken);

        Assert.Equal((status, Failure), (answer.StatusCode, answer.Text));
        Assert.Single(Script.Requests);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(status, success: false, attempts: 1);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(529)]
    public async Task StatusThatARepeatMayMend_IsRetried(int status)
    {
        Script.Then(UpstreamReply.Json(Failure, status)).Then(UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(Request(headers: [("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "1")]), CancellationToken);

        Assert.Equal(200, answer.StatusCode);
        Assert.Equal(2, Script.Requests.Count);
    }

    [Fact]
    public async Task Status429_WithoutAttemptsLeft_IsPassedOnWithItsHeaders()
    {
        Script.Then(Refusal(429, "17"));

        var answer = await Client.SendAsync(Request(), CancellationToken);

        Assert.Equal((429, Failure, "17"), (answer.StatusCode, answer.Text, answer.Header("Retry-After")));
        Assert.Single(Script.Requests);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(429, success: false, attempts: 1);
    }

    [Fact]
    public async Task RetryAfter_Short_IsWaitedFor()
    {
        Script.Then(Refusal(429, "1")).Then(UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(Request(headers: [("cf-aig-max-attempts", "2"), ("cf-aig-retry-delay", "1")]), CancellationToken);

        Assert.Equal(200, answer.StatusCode);
        Assert.Equal(2, Script.Requests.Count);

        // Timers may fire a little before their time by another clock.
        var waited = Stopwatch.GetElapsedTime(Script.Requests[0].ReceivedAt, Script.Requests[1].ReceivedAt);
        Assert.True(waited >= TimeSpan.FromSeconds(0.95), $"The second attempt came after {waited}.");
    }

    [Fact]
    public async Task RetryAfter_LongerThanTheLimit_EndsTheAttempts()
    {
        Script.Then(Refusal(429, "30")).Then(UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(Request(headers: [("cf-aig-max-attempts", "3"), ("cf-aig-retry-delay", "1")]), CancellationToken);

        Assert.Equal((429, Failure, "30"), (answer.StatusCode, answer.Text, answer.Header("Retry-After")));
        Assert.Single(Script.Requests);
    }

    [Fact]
    public async Task ErrorEvent_InsideAStream_IsRelayedAndLogged()
    {
        var text = $"data: {Delta}\n\ndata: {{\"error\":{{\"message\":\"The server had an error\",\"type\":\"server_error\"}}}}\n\n";
        Script.Then(UpstreamReply.EventStream().Send(text));

        var answer = await Client.SendAsync(Request(ChatStream), CancellationToken);

        Assert.Equal((200, text), (answer.StatusCode, answer.Text));
        Assert.Single(Script.Requests);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: false);
    }

    [Fact]
    public async Task ErrorEvent_AfterCommit_IsNotRetried()
    {
        var clientHasIt = new Gate();
        Script.Then(UpstreamReply.EventStream().Event(Delta).Wait(clientHasIt)
            .Event("""{"error":{"message":"The server had an error","type":"server_error"}}"""));

        using var response = await Client.StartAsync(Request(ChatStream, headers: ("cf-aig-max-attempts", "3")), CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(CancellationToken);
        await body.ReadExactlyAsync(new byte[Delta.Length], CancellationToken);
        clientHasIt.Open();
        using var rest = new StreamReader(body);

        Assert.Contains("The server had an error", await rest.ReadToEndAsync(CancellationToken), StringComparison.Ordinal);
        Assert.Single(Script.Requests);
    }

    private static UpstreamReply Refusal(int status, string retryAfter) =>
        new UpstreamReply().Status(status).Header("Content-Type", "application/json").Header("Retry-After", retryAfter)
            .Content(System.Text.Encoding.UTF8.GetBytes(Failure));
}
