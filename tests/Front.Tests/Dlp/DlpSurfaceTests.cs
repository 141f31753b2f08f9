using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Front.Tests.Surfaces;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Dlp;

/// <summary>Data loss prevention holds on every surface.</summary>
public sealed class DlpSurfaceTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public static TheoryData<string> Surfaces => Surface.Names;

    /// <summary>Those whose model generates text.</summary>
    public static TheoryData<string> Generating => [.. Surface.All.Where(surface => !surface.Value.Path.Contains("embeddings", StringComparison.Ordinal)).Select(surface => surface.Key)];

    public async ValueTask InitializeAsync() => _host = await Surface.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory, MemberData(nameof(Surfaces))]
    public async Task Request_ThatIsBlocked_CallsNobody(string surface)
    {
        Protect(DlpHost.Policy(RuleAction.Block));

        var answer = await Surface.All[surface].SendAsync(_host, $"Pay with {DlpHost.Card}", []);

        AssertRefused(surface, answer, 2029, "Request content blocked due to DLP policy violations");
        Assert.Empty(_host.Script.Requests);
        Assert.Equal(DlpHost.Header("REQUEST", "BLOCK"), answer.Header("cf-aig-dlp"));
        await AssertLoggedAsync("REQUEST", "BLOCK");
    }

    [Theory, MemberData(nameof(Generating))]
    public async Task Response_ThatIsBlocked_IsNotDelivered(string surface)
    {
        Protect(DlpHost.Policy(RuleAction.Block, request: false));
        _host.Script.Otherwise(Reply);

        var answer = await Surface.All[surface].SendAsync(_host, "Hello", []);

        AssertRefused(surface, answer, 2030, "Response content blocked due to DLP policy violations");
        Assert.Single(_host.Script.Requests);
        Assert.DoesNotContain("1111", answer.Text, StringComparison.Ordinal);
        Assert.Equal(DlpHost.Header("RESPONSE", "BLOCK"), answer.Header("cf-aig-dlp"));
        var entry = await AssertLoggedAsync("RESPONSE", "BLOCK");
        Assert.Equal(1000, entry.Entry.TokensIn); // It was made, and is paid for.
    }

    [Theory]
    [InlineData("rest chat")]
    [InlineData("native")]
    [InlineData("compat")]
    public async Task Stream_ThatIsBlocked_IsNotDelivered(string surface)
    {
        Protect(DlpHost.Policy(RuleAction.Block, request: false));
        _host.Script.Otherwise(_ => UpstreamReply.EventStream()
            .Event("""{"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"It is 4111 1111 "}}]}""")
            .Event("""{"id":"c","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"1111 1111"},"finish_reason":"stop"}]}""")
            .Event("[DONE]"));
        var streaming = new Surface(Surface.All[surface].Path, Surface.All[surface].Body.Replace("{\"model\"", "{\"stream\":true,\"model\"", StringComparison.Ordinal));

        var answer = await streaming.SendAsync(_host, "Hello", []);

        AssertRefused(surface, answer, 2030, "Response content blocked due to DLP policy violations");
        Assert.DoesNotContain("4111", answer.Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task Request_ThatIsFlagged_GoesOn(string surface)
    {
        Protect(DlpHost.Simple(RuleAction.Flag));

        var answer = await Surface.All[surface].SendAsync(_host, $"Pay with {DlpHost.Card}", []);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Contains(DlpHost.Card, Assert.Single(_host.Script.Requests).BodyText, StringComparison.Ordinal);
        Assert.Equal(DlpHost.Header("REQUEST", "FLAG", "default"), answer.Header("cf-aig-dlp"));
        await AssertLoggedAsync("REQUEST", "FLAG");
    }

    [Theory, MemberData(nameof(Surfaces))]
    public async Task Harmless_OnEverySurface_Passes(string surface)
    {
        Protect(DlpHost.Policy(RuleAction.Block));

        var answer = await Surface.All[surface].SendAsync(_host, "Hello", []);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Null(answer.Header("cf-aig-dlp"));
        Assert.Null((await _host.Logs.NextAsync(_cancelled)).Entry.DlpAction);
    }

    private void Protect(DlpConfiguration dlp) => _host.Default.Set(_host.Default.Record!.Configuration with { Dlp = dlp });

    private static void AssertRefused(string surface, FrontAnswer answer, int code, string message)
    {
        Assert.True(answer.Status == 400, answer.Text);
        Assert.Contains(message, answer.Text, StringComparison.Ordinal);
        if (surface is "compat responses")
        {
            Assert.Equal(code == 2029 ? "dlp_request_blocked" : "dlp_response_blocked", answer.Json.GetProperty("error").GetProperty("code").GetString());
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

    private async Task<Recorded> AssertLoggedAsync(string direction, string action)
    {
        var entry = await _host.Logs.NextAsync(_cancelled);
        Assert.Equal(action, entry.Entry.DlpAction);
        using var details = JsonDocument.Parse(entry.Entry.DetailsJson!);
        var found = Assert.Single(details.RootElement.GetProperty("dlp_profiles").EnumerateArray());
        Assert.Equal((direction, DlpHost.Financial, DlpHost.VisaEntry), (found.GetProperty("direction").GetString(), found.GetProperty("profile_id").GetString(), found.GetProperty("entry_ids")[0].GetString()));
        Assert.DoesNotContain("1111", entry.Entry.DetailsJson, StringComparison.Ordinal);
        return entry;
    }

    private static UpstreamReply Reply(RecordedRequest request) =>
        request.Target.EndsWith("/messages", StringComparison.Ordinal)
            ? UpstreamReply.Json($$$"""{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"It is "},{"type":"text","text":"{{{DlpHost.Card}}}"}],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":100}}""")
        : request.Target.EndsWith("/responses", StringComparison.Ordinal)
            ? UpstreamReply.Json($$$"""{"id":"resp_1","object":"response","status":"completed","model":"gpt-4o-mini","output":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text","text":"It is {{{DlpHost.Card}}}"}]}],"usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}""")
        : request.Target.Contains("/ai/run/", StringComparison.Ordinal)
            ? UpstreamReply.Json($$$"""{"result":{"response":"It is {{{DlpHost.Card}}}","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}},"success":true,"errors":[],"messages":[]}""")
        : UpstreamReply.Json(Bodies.Completion.Replace("Hi", $"It is {DlpHost.Card}", StringComparison.Ordinal));
}
