using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.Caching;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Guardrails;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Dlp;

/// <summary>What data loss prevention does with one exchange.</summary>
public sealed class DlpExchangeTests : IAsyncLifetime
{
    private static readonly Guid Own = new("11111111-1111-1111-1111-111111111111");

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Request_Blocked_IsTheEnvelopeOfTheReference()
    {
        Protect(DlpHost.Policy(RuleAction.Block));

        var answer = await SayAsync(DlpHost.Card);

        answer.AssertError(400, 2029);
        Assert.Equal("""[{"code":2029,"message":"Request content blocked due to DLP policy violations"}]""", answer.Json.GetProperty("error").GetRawText());
        Assert.Equal("Request content blocked due to DLP policy violations", answer.Description);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"card\":4111111111111111}"}}]},{"role":"user","content":"x"}]}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"tool","tool_call_id":"c","content":"4111111111111111"}]}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":[{"type":"text","text":"4111 1111 "},{"type":"text","text":"1111 1111"}]}]}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\u0034111111111111111"}]}""")]
    public async Task Request_HoldsItSomewhere_IsBlocked(string body)
    {
        Protect(DlpHost.Policy(RuleAction.Block));

        Assert.Equal(2029, (await _host.PostAsync(body)).ErrorCode);
    }

    [Fact]
    public async Task Multipart_TextPart_IsScanned()
    {
        Protect(DlpHost.Policy(RuleAction.Block));
        using var form = new MultipartFormDataContent { { new StringContent(DlpHost.Card), "prompt" }, { new ByteArrayContent([1, 2]), "file", "a.png" } };

        var answer = await _host.SendToAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/images/edits", form, ("authorization", "Bearer sk-x"));

        Assert.Equal(2029, answer.ErrorCode);
    }

    [Fact]
    public async Task Policies_ThatAreOffOrOfTheOtherSide_DoNothing()
    {
        Protect(DlpHost.Policy(RuleAction.Block) with { Enabled = false });
        Assert.Equal(200, (await SayAsync(DlpHost.Card)).Status);

        Protect(new() { Enabled = true, Policies = [DlpHost.Policy(RuleAction.Block).Policies![0] with { Enabled = false }] });
        Assert.Equal(200, (await SayAsync(DlpHost.Card)).Status);

        Protect(DlpHost.Policy(RuleAction.Block, request: false));
        Assert.Equal(200, (await SayAsync(DlpHost.Card)).Status);
    }

    [Fact]
    public async Task SeveralPolicies_AllAreNamedAndTheStrictestHolds()
    {
        var card = DlpHost.Policy(RuleAction.Flag).Policies![0];
        Protect(new() { Enabled = true, Policies = [card, card with { Id = "Also", Action = RuleAction.Block }, card with { Id = "Mail", Profiles = [DlpHost.Personal] }] });

        var answer = await SayAsync($"{DlpHost.Card} {DlpHost.Email}");

        Assert.Equal(2029, answer.ErrorCode);
        var header = System.Text.Json.JsonElement.Parse(answer.Header("cf-aig-dlp")!);
        Assert.Equal(["[\"Cards\",\"Also\"]", "[\"Mail\"]"], header.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("policy_ids").GetRawText()));
        Assert.Equal("BLOCK", header.GetProperty("action").GetString());
    }

    [Fact]
    public async Task Universal_Blocked_DoesNotFallBack()
    {
        Protect(DlpHost.Policy(RuleAction.Block));
        var step = UniversalHost.Chat();
        step["query"] = new { model = "gpt-4o-mini", messages = new[] { new { role = "user", content = DlpHost.Card } } };

        var answer = await _host.UniversalAsync(new[] { step, UniversalHost.Chat("groq") });

        Assert.Equal(2029, answer.ErrorCode);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Universal_AnswerBlocked_DoesNotFallBack()
    {
        Protect(DlpHost.Policy(RuleAction.Block));
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion.Replace("Hi", DlpHost.Card, StringComparison.Ordinal)));

        var answer = await _host.UniversalAsync(new[] { UniversalHost.Chat(), UniversalHost.Chat("groq") });

        Assert.Equal(2030, answer.ErrorCode);
        Assert.Single(_host.Script.Requests);
    }

    [Fact]
    public async Task DlpAndGuardrails_BothBlock_IsToldAsDlp()
    {
        _host.Gateway.Set(GuardedHost.Open(prompt: RuleAction.Block) with { Dlp = DlpHost.Policy(RuleAction.Block) });

        var answer = await SayAsync($"{GuardedHost.Forbidden} {DlpHost.Card}");

        Assert.Equal(2029, answer.ErrorCode);
        Assert.NotNull(answer.Header("cf-aig-guardrails"));
    }

    [Fact]
    public async Task Cache_FlaggedAnswer_IsKeptWithItsHeader_AndHitsAreNotScanned()
    {
        _host.Gateway.Set(CachingHost.Configuration() with { Dlp = DlpHost.Policy(RuleAction.Flag) });
        var first = await SayAsync(DlpHost.Card);
        _host.Gateway.Set(CachingHost.Configuration() with { Dlp = DlpHost.Policy(RuleAction.Block) });

        var second = await SayAsync(DlpHost.Card);

        Assert.Equal((200, "MISS"), (first.Status, first.Status()));
        Assert.Equal((200, "HIT", DlpHost.Header("REQUEST", "FLAG")), (second.Status, second.Status(), second.Header("cf-aig-dlp")));
        Assert.Equal(first.Header("cf-aig-dlp"), second.Header("cf-aig-dlp"));
        Assert.Equal(2029, (await SayAsync(DlpHost.Card, ("cf-aig-skip-cache", "true"))).ErrorCode);
    }

    [Fact]
    public async Task Cache_BlockedAnswer_IsNotKept()
    {
        _host.Gateway.Set(CachingHost.Configuration() with { Dlp = DlpHost.Policy(RuleAction.Block) });
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion.Replace("Hi", DlpHost.Card, StringComparison.Ordinal)));

        Assert.Equal(2030, (await SayAsync("Hello")).ErrorCode);

        Assert.Equal((200, "MISS"), (await SayAsync("Hello")) is var second ? (second.Status, second.Status()) : default);
    }

    [Fact]
    public async Task Stream_ResponseChecked_IsHeldBackAndKeepsItsForm()
    {
        Protect(DlpHost.Policy(RuleAction.Block));
        const string Stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
        _host.Script.Then(UpstreamReply.EventStream().Send(Stream));
        Assert.Equal(Stream, (await SayAsync("Hello")).Text);

        // The number comes in pieces of every length.
        foreach (var length in (int[])[1, 2, 3, 7, 19])
        {
            var reply = UpstreamReply.EventStream();
            foreach (var piece in DlpHost.Card.Chunk(length))
            {
                reply.Event($$$"""{"choices":[{"index":0,"delta":{"content":"{{{new string(piece)}}}"}}]}""");
            }

            _host.Script.Then(reply.Event("[DONE]"));
            Assert.Equal(2030, (await SayAsync("Hello")).ErrorCode);
        }
    }

    [Fact]
    public async Task Stream_CutAtEveryByte_IsBlocked()
    {
        Protect(DlpHost.Policy(RuleAction.Block));
        var stream = Encoding.UTF8.GetBytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"4111 1111 \"}}]}\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"1111 1111\"}}]}\r\n\r\ndata: [DONE]\r\n\r\n");
        for (var cut = 1; cut < stream.Length; cut += 5)
        {
            _host.Script.Then(UpstreamReply.EventStream().Send(stream.AsMemory(0, cut)).Send(stream.AsMemory(cut)));
            Assert.Equal(2030, (await SayAsync("Hello")).ErrorCode);
        }
    }

    [Fact]
    public async Task Stream_OnlyRequestsChecked_IsNotHeldBack()
    {
        Protect(DlpHost.Policy(RuleAction.Block, response: false));
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Event("""{"choices":[{"index":0,"delta":{"content":"Hi"}}]}""").Wait(gate).Event("[DONE]"));

        using var answer = await _host.StartAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", UniversalHost.Json("""{"model":"gpt-4o-mini","stream":true,"messages":[]}"""), _cancelled, ("authorization", "Bearer sk-x"));
        var buffer = new byte[1024];
        var read = await (await answer.Content.ReadAsStreamAsync(_cancelled)).ReadAsync(buffer, _cancelled);
        gate.Open();

        Assert.Contains("Hi", Encoding.UTF8.GetString(buffer, 0, read), StringComparison.Ordinal); // Before the upstream went on.
    }

    [Fact]
    public async Task OwnProfile_IsAskedForOnceAndAgainAfterAChange()
    {
        var profiles = _host.Gateways.Dlp(DataPlaneHost.Account);
        profiles.Set(DlpHost.Profile(Own, "PRJ-[0-9]{4}"));
        Protect(DlpHost.Policy(RuleAction.Block, profile: Own.ToString("D")));

        Assert.Equal(2029, (await SayAsync("PRJ-1234")).ErrorCode);
        Assert.Equal(2029, (await SayAsync("PRJ-1234")).ErrorCode);
        Assert.Equal(200, (await SayAsync("XYZ-1234")).Status);
        Assert.Equal([0], profiles.SeenVersions);

        profiles.Set(DlpHost.Profile(Own, "XYZ-[0-9]{4}"));
        Assert.Equal(2029, (await SayAsync("XYZ-1234")).ErrorCode);
        Assert.Equal(200, (await SayAsync("PRJ-1234")).Status);
        Assert.Equal([0, 1], profiles.SeenVersions);
    }

    [Fact]
    public async Task OwnProfile_AllowsMatches_TriggersWithOneMoreDifferentOne()
    {
        _host.Gateways.Dlp(DataPlaneHost.Account).Set(DlpHost.Profile(Own, "PRJ-[0-9]{4}", allowed: 1));
        Protect(DlpHost.Policy(RuleAction.Block, profile: Own.ToString("D")));

        Assert.Equal(200, (await SayAsync("PRJ-1234 PRJ-1234")).Status);
        Assert.Equal(2029, (await SayAsync("PRJ-1234 PRJ-1235")).ErrorCode);
    }

    [Theory]
    [InlineData(RuleAction.Block, 503)]
    [InlineData(RuleAction.Flag, 200)]
    public async Task Profiles_CannotBeRead_ClosesWhereItBlocks(RuleAction action, int status)
    {
        var profiles = _host.Gateways.Dlp(DataPlaneHost.Account);
        profiles.Set(DlpHost.Profile(Own, "PRJ-[0-9]{4}"));
        for (var i = 0; i < 4; i++)
        {
            profiles.Failures.Enqueue(new TimeoutException());
        }

        Protect(DlpHost.Policy(action, response: false, profile: Own.ToString("D")));

        var answer = await SayAsync("Hello");

        Assert.Equal(status, answer.Status);
        if (status == 503)
        {
            Assert.Equal(7013, answer.ErrorCode);
        }

        Assert.Contains("\"dlp_scanner\":\"unavailable\"", (await _host.Logs.NextAsync(_cancelled)).Entry.DetailsJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_OfManyFindings_IsCutToEightKilobytes()
    {
        var policies = Enumerable.Range(0, 100).Select(i => DlpHost.Policy(RuleAction.Flag, profile: DlpHost.Personal).Policies![0] with { Id = new string((char)('A' + (i % 26)), 120) + i }).ToArray();
        Protect(new() { Enabled = true, Policies = [DlpHost.Policy(RuleAction.Flag).Policies![0], .. policies] });

        var header = (await SayAsync($"{DlpHost.Card} {DlpHost.Email}")).Header("cf-aig-dlp")!;

        Assert.True(header.Length <= 8 * 1024);
        Assert.Contains("\"truncated\":true", header, StringComparison.Ordinal);
        Assert.Contains("\"Cards\"", header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_WithoutDlp_AsksForNoProfiles()
    {
        _host.Gateways.Dlp(DataPlaneHost.Account).Set(DlpHost.Profile(Own, "PRJ-[0-9]{4}"));
        _host.Gateway.Set(DataPlaneHost.Configuration());

        Assert.Equal(200, (await SayAsync(DlpHost.Card)).Status);

        Assert.Empty(_host.Gateways.Dlp(DataPlaneHost.Account).SeenVersions);
    }

    private void Protect(DlpConfiguration dlp) => _host.Gateway.Set(DlpHost.Open(dlp));

    private Task<FrontAnswer> SayAsync(string text, params (string Name, string Value)[] headers) =>
        _host.PostAsync($$$"""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"{{{text}}}"}]}""", headers);
}
