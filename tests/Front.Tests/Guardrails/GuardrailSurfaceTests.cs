using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Front.Tests.Surfaces;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Guardrails;

/// <summary>Guardrails hold on every surface.</summary>
public sealed class GuardrailSurfaceTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public static TheoryData<string> Surfaces => Surface.Names;

    /// <summary>Those whose model generates text.</summary>
    public static TheoryData<string> Generating => [.. Surface.All.Where(surface => !surface.Value.Path.Contains("embeddings", StringComparison.Ordinal)).Select(surface => surface.Key)];

    public async ValueTask InitializeAsync() => _host = await Surface.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory, MemberData(nameof(Surfaces))]
    public async Task Prompt_ThatIsBlocked_CallsNobody(string surface)
    {
        Guard(GuardedHost.Rules(prompt: RuleAction.Block));

        var answer = await Surface.All[surface].SendAsync(_host, $"Draw a {GuardedHost.Forbidden}", []);

        AssertRefused(surface, answer, (424, 2016), "Prompt blocked due to security configurations");
        Assert.Empty(_host.Script.Requests);
        Assert.Equal("""{"findings":[{"check":"REQUEST","categories":["S10"],"action":"BLOCK"}],"action":"BLOCK"}""", answer.Header("cf-aig-guardrails"));
        await AssertLoggedAsync(answer, "prompt", "BLOCK");
    }

    [Theory, MemberData(nameof(Generating))]
    public async Task Response_ThatIsBlocked_IsNotDelivered(string surface)
    {
        Guard(GuardedHost.Rules(response: RuleAction.Block));
        _host.Script.Otherwise(Reply);

        var answer = await Surface.All[surface].SendAsync(_host, "Hello", []);

        AssertRefused(surface, answer, (424, 2017), "Response blocked due to security configurations");
        Assert.Single(_host.Script.Requests);
        Assert.DoesNotContain("elephant", answer.Text, StringComparison.Ordinal);
        Assert.Equal("""{"findings":[{"check":"RESPONSE","categories":["S10"],"action":"BLOCK"}],"action":"BLOCK"}""", answer.Header("cf-aig-guardrails"));
        var entry = await AssertLoggedAsync(answer, "response", "BLOCK");
        Assert.Equal(1000, entry.Entry.TokensIn); // It was made, and is paid for.
        Assert.True(entry.Entry.CostUsd > 0);
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task Prompt_ThatIsFlagged_GoesOn(string surface)
    {
        Guard(GuardedHost.Rules(prompt: RuleAction.Flag));

        var answer = await Surface.All[surface].SendAsync(_host, $"Draw a {GuardedHost.Forbidden}", []);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("""{"findings":[{"check":"REQUEST","categories":["S10"],"action":"FLAG"}],"action":"FLAG"}""", answer.Header("cf-aig-guardrails"));
        await AssertLoggedAsync(answer, "prompt", "FLAG");
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task Harmless_OnEverySurface_Passes(string surface)
    {
        Guard(GuardedHost.Rules(RuleAction.Block, RuleAction.Block));

        var answer = await Surface.All[surface].SendAsync(_host, "Hello", []);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Null(answer.Header("cf-aig-guardrails"));
        await AssertLoggedAsync(answer, "prompt", "PASS");
    }

    private void Guard(GuardrailsConfiguration guardrails) => _host.Default.Set(_host.Default.Record!.Configuration with { Guardrails = guardrails });

    private static void AssertRefused(string surface, FrontAnswer answer, (int Status, int Code) expected, string message)
    {
        var (status, code) = surface.StartsWith("run", StringComparison.Ordinal) ? (422, 2017) : expected;
        Assert.True(answer.Status == status, answer.Text);
        Assert.Contains(message, answer.Text, StringComparison.Ordinal);
        if (surface is "compat responses")
        {
            Assert.Equal(code == 2016 ? "prompt_blocked" : "response_blocked", answer.Json.GetProperty("error").GetProperty("code").GetString());
        }
        else if (surface is "compat messages")
        {
            Assert.Equal("invalid_request_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
        }
        else
        {
            Assert.Equal(code, answer.ErrorCode);
        }
    }

    /// <summary>Every evaluation has an entry, and the request's own entry says what was found.</summary>
    private async Task<Recorded> AssertLoggedAsync(FrontAnswer answer, string side, string action)
    {
        Recorded entry;
        var evaluations = 0;
        while ((entry = await _host.Logs.NextAsync(_cancelled)).Entry.RequestType == "guardrail")
        {
            evaluations++;
            Assert.Equal(answer.Header("cf-aig-event-id"), entry.Entry.EventId);
            Assert.Equal(("rules", "moderation", true), (entry.Entry.Provider, entry.Entry.ModelType, entry.Entry.Success));
        }

        Assert.True(evaluations > 0);
        Assert.Equal((answer.Status, answer.Header("cf-aig-log-id")), (entry.Entry.StatusCode, entry.Entry.Id.ToString("D")));
        using var details = JsonDocument.Parse(entry.Entry.DetailsJson!);
        var found = details.RootElement.GetProperty("guardrails").GetProperty(side);
        Assert.Equal((action, "ok"), (found.GetProperty("action").GetString(), found.GetProperty("scanner").GetString()));
        return entry;
    }

    private static UpstreamReply Reply(RecordedRequest request) =>
        request.Target.EndsWith("/messages", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"A purple"},{"type":"text","text":" elephant"}],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":100}}""")
        : request.Target.EndsWith("/responses", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"id":"resp_1","object":"response","status":"completed","model":"gpt-4o-mini","output":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text","text":"A purple elephant"}]}],"usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}""")
        : request.Target.Contains("/ai/run/", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"result":{"response":"A purple elephant","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}},"success":true,"errors":[],"messages":[]}""")
        : UpstreamReply.Json(Bodies.Completion.Replace("Hi", "A purple elephant", StringComparison.Ordinal));
}
