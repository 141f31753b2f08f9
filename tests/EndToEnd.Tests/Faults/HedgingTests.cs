using System.Text.Json;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Faults;

/// <summary>A second call beside one that does not answer, against a real upstream and the real log.</summary>
public sealed class HedgingTests(GatewayFixture fixture) : FaultTest(fixture)
{
    [Fact]
    public async Task FirstCallIsSilent_TheSecondAnswersAndTheFirstIsDropped()
    {
        Script.Then(new UpstreamReply().Stall()).Then(UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(Request(headers: ("cf-aig-hedge-delay", "50")), CancellationToken);

        Assert.Equal((200, Completion), (answer.StatusCode, answer.Text));
        Assert.Equal(2, Script.Requests.Count);
        Assert.Equal(Script.Requests[0].BodySha256, Script.Requests[1].BodySha256);
        await Script.Requests[0].Aborted.WaitAsync(CancellationToken); // Nobody waits for it any more.
        var entry = await Client.LogOfAsync(EventId, CancellationToken);
        entry.AssertEntry(200, success: true, attempts: 2);
        Assert.Equal(
            [("success", true), ("cancelled", false)],
            entry.GetProperty("attempts").EnumerateArray()
                .Select(attempt => (attempt.GetProperty("outcome").GetString(), attempt.TryGetProperty("hedge", out var hedge) && hedge.GetBoolean()))
                .OrderByDescending(attempt => attempt.Item1, StringComparer.Ordinal));
        Assert.Equal((5, 2), (entry.GetProperty("tokens_in").GetInt32(), entry.GetProperty("tokens_out").GetInt32()));
    }

    [Fact]
    public async Task FirstCallAnswersInTime_ThereIsNoSecond()
    {
        Script.Then(UpstreamReply.Json(Completion));

        var answer = await Client.SendAsync(Request(headers: ("cf-aig-hedge-delay", "60000")), CancellationToken);

        Assert.Equal(200, answer.StatusCode);
        Assert.Single(Script.Requests);
    }

    [Fact]
    public async Task Stream_TheSecondCallBegins_TheClientGetsAllOfItAndNothingOfTheFirst()
    {
        Script.Then(new UpstreamReply().Stall()).Then(UpstreamReply.EventStream().Event(Delta).Event(Delta).Event("[DONE]"));

        var answer = await Client.SendAsync(Request(ChatStream, headers: ("cf-aig-hedge-delay", "50")), CancellationToken);

        Assert.Equal((200, $"data: {Delta}\n\ndata: {Delta}\n\ndata: [DONE]\n\n"), (answer.StatusCode, answer.Text));
        await Script.Requests[0].Aborted.WaitAsync(CancellationToken);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(200, success: true, attempts: 2);
    }

    [Fact]
    public async Task ClientGoesAway_BothCallsEnd()
    {
        Script.Then(new UpstreamReply().Stall()).Then(new UpstreamReply().Stall());
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        var answering = Client.SendAsync(Request(headers: ("cf-aig-hedge-delay", "50")), abort.Token);
        await Script.NextAsync(CancellationToken);
        await Script.NextAsync(CancellationToken);

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        await Task.WhenAll(Script.Requests.Select(request => request.Aborted)).WaitAsync(CancellationToken);
        (await Client.LogOfAsync(EventId, CancellationToken)).AssertEntry(499, success: false);
    }
}
