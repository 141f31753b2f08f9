using System.Text;
using System.Text.Json;
using GatewayActors.Front.AutoRouter;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Providers.Pricing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.AutoRouter;

public sealed class AutoRouterTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));
        Pool("openai/gpt-5.6-luna", "openai/gpt-5.6-terra", "grok/grok-4.5", "openai/gpt-5.6-sol");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("auto", "What is 2 + 2?", "openai/gpt-5.6-luna")]
    [InlineData("cloudflare/auto", "What is 2 + 2?", "openai/gpt-5.6-luna")]
    [InlineData("auto", "Refactor this:\n```\nclass A { }\n```", "grok/grok-4.5")]
    public async Task Call_ByWhatIsAsked_GetsTheCheapestThatSuffices(string model, string text, string expected)
    {
        var answer = await AskAsync(text, model: model);

        Assert.Equal((200, expected, "cost_optimal_within_pool"), (answer.Status, answer.Header("cf-aig-routed-model"), answer.Header("cf-aig-routing-reason")));
        Assert.Equal(expected, $"{answer.Header("cf-aig-provider")}/{answer.Header("cf-aig-model")}");
        Assert.True(Guid.TryParse(answer.Header("cf-aig-routing-decision-id"), out _));
        Assert.Equal(expected.Split('/')[1], JsonElement.Parse(Assert.Single(_host.Script.Requests).Body).GetProperty("model").GetString());
    }

    [Fact]
    public async Task Call_HardestTask_GetsTheBest()
    {
        var answer = await _host.SendAsync(HttpMethod.Post, "compat/chat/completions",
            """{"model":"auto","reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"Prove it step by step."}]}"""u8.ToArray(),
            ("authorization", "Bearer sk"), ("content-type", "application/json"));

        Assert.Equal("openai/gpt-5.6-sol", answer.Header("cf-aig-routed-model"));
    }

    [Fact]
    public async Task Call_BestFails_GoesOnToTheNextAndSaysSo()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var answer = await AskAsync("Hi");

        Assert.Equal((200, "fallback_candidate_unavailable", "1"), (answer.Status, answer.Header("cf-aig-routing-reason"), answer.Header("cf-aig-step")));
        Assert.NotEqual("openai/gpt-5.6-luna", answer.Header("cf-aig-routed-model"));
    }

    [Fact]
    public async Task Call_AllFail_AnswersWithTheLastFailureAndAnEntryOfItsOwn()
    {
        Pool("openai/a", "groq/b");
        _host.Script.Then(UpstreamReply.Json("""{"error":1}""", 500)).Then(UpstreamReply.Json("""{"error":2}""", 503));

        var answer = await AskAsync("Hi");

        Assert.Equal((503, """{"error":2}"""), (answer.Status, answer.Text));
        await _host.Logs.NextAsync(_cancelled);
        await _host.Logs.NextAsync(_cancelled);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("cloudflare/auto", "unknown", 503), (entry.Model, entry.Provider, entry.StatusCode));
    }

    [Theory]
    [InlineData("openai/gpt-4o*", null, "openai/")]
    [InlineData(null, "xai", "grok/grok-4.5")]
    [InlineData("xai/grok-4.5", null, "grok/grok-4.5")]
    [InlineData("openai/gpt-4o-mini, groq/*", "openai", "openai/gpt-4o-mini")]
    public async Task Call_AllowHeaders_BoundTheChoice(string? models, string? providers, string expected)
    {
        var answer = await AskAsync("Hi", headers: [.. Header("cf-aig-allowed-models", models), .. Header("cf-aig-allowed-providers", providers)]);

        Assert.Equal(200, answer.Status);
        Assert.StartsWith(expected, answer.Header("cf-aig-routed-model"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OneCandidate_IsForced() =>
        Assert.Equal("forced_by_candidate_pool", (await AskAsync("Hi", headers: ("cf-aig-allowed-models", "openai/gpt-4o-mini"))).Header("cf-aig-routing-reason"));

    [Theory]
    [InlineData("cf-aig-allowed-models", "nobody/*", 7001)]
    [InlineData("cf-aig-allowed-models", "*", 7001)] // Does not cross the slash.
    [InlineData("cf-aig-allowed-providers", "nobody", 7001)]
    public async Task Call_HeadersThatLeaveNothing_Are400(string name, string value, int code) => (await AskAsync("Hi", headers: (name, value))).AssertError(400, code);

    [Fact]
    public async Task Call_PoolThatCannotBeCalled_Is2008()
    {
        Pool("nobody/x", "elevenlabs/x");

        (await AskAsync("Hi")).AssertError(400, 2008);
        (await _host.SendAsync(HttpMethod.Post, "compat/embeddings", """{"model":"auto","input":"x"}"""u8.ToArray(), ("authorization", "Bearer sk"))).AssertError(400, 2008);
    }

    [Fact]
    public async Task Session_WithinATurn_KeepsTheModelEvenAfterAFallback()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500));
        var first = await AskAsync("Hi", headers: ("cf-aig-session-id", "s"));

        var followUp = await _host.SendAsync(HttpMethod.Post, "compat/chat/completions",
            """{"model":"auto","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","content":"42"}]}"""u8.ToArray(),
            ("authorization", "Bearer sk"), ("content-type", "application/json"), ("cf-aig-session-id", "s"));

        Assert.Equal((first.Header("cf-aig-routed-model"), "pinned_by_turn"), (followUp.Header("cf-aig-routed-model"), followUp.Header("cf-aig-routing-reason")));
        Assert.Equal("openai/gpt-5.6-luna", (await AskAsync("Hi")).Header("cf-aig-routed-model")); // Without the session.
        Assert.Equal("openai/gpt-5.6-luna", (await AskAsync("Hi", headers: [("cf-aig-session-id", "s"), ("cf-aig-no-session-affinity", "true")])).Header("cf-aig-routed-model"));
    }

    [Fact]
    public async Task Session_TurnIdOfTheClient_DecidesWhatATurnIs()
    {
        var first = await AskAsync("Refactor this:\n```\nclass A { }\n```", headers: [("cf-aig-session-id", "t"), ("cf-aig-turn-id", "1")]);

        var second = await AskAsync("Hi", headers: [("cf-aig-session-id", "t"), ("cf-aig-turn-id", "1")]);
        Assert.Equal((first.Header("cf-aig-routed-model"), "pinned_by_turn"), (second.Header("cf-aig-routed-model"), second.Header("cf-aig-routing-reason")));

        var elsewhere = await AskAsync("Hi", headers: [("cf-aig-session-id", "t"), ("cf-aig-turn-id", "1"), ("cf-aig-allowed-providers", "openai")]);
        Assert.Equal("fallback_key_not_in_candidates", elsewhere.Header("cf-aig-routing-reason"));
    }

    [Fact]
    public void Rank_SameTask_IsAlwaysTheSame()
    {
        AutoCandidate[] candidates = [.. "dbca".Select(name => new AutoCandidate("openai", $"{name}-mini", null))];
        var task = AutoTask.Read("""{"messages":[{"role":"user","content":"x"}]}"""u8.ToArray())!;

        Assert.Equal(["a-mini", "b-mini", "c-mini", "d-mini"], HeuristicScorer.Rank(task, candidates).Select(candidate => candidate.Model));
        Assert.Equal(["a-mini", "b-mini", "c-mini", "d-mini"], HeuristicScorer.Rank(task, [.. candidates.Reverse()]).Select(candidate => candidate.Model));
    }

    [Theory]
    [InlineData("gpt-5.6-luna", null, 2)]
    [InlineData("gpt-5.6-sol", null, 4)]
    [InlineData("gemini-2.5-flash-lite", null, 1)]
    [InlineData("unheard-of", 0.5, 1)]
    [InlineData("unheard-of", 5.0, 2)]
    [InlineData("unheard-of", 15.0, 3)]
    [InlineData("unheard-of", 75.0, 4)]
    [InlineData("unheard-of", null, 2)]
    public void Quality_ByNameThenByPrice_IsAClass(string model, double? output, int expected) => Assert.Equal(
        expected, HeuristicScorer.Quality(new("p", model, output is null ? null : new ModelPrice { Output = (decimal)output })));

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}]}""", AutoDifficulty.Simple, "")]
    [InlineData("""{"input":"Hi"}""", AutoDifficulty.Simple, "")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text","text":"debug"}]}]}""", AutoDifficulty.Plain, "")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"what?"}]}]}""", AutoDifficulty.Plain, "images")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"x"},{"type":"input_file","file_id":"f"}]}]}""", AutoDifficulty.Plain, "images documents")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"x","format":"wav"}},{"type":"video_url"}]}]}""", AutoDifficulty.Plain, "audio video")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"image","source":{}}]},{"type":"document"}]}]}""", AutoDifficulty.Plain, "images documents")]
    [InlineData("""{"input":[{"type":"function_call_output","output":[{"type":"input_image"}]}]}""", AutoDifficulty.Plain, "images")]
    [InlineData("""{"tools":[{}],"messages":[{"role":"user","content":"refactor"}]}""", AutoDifficulty.Hard, "tools")]
    [InlineData("""{"functions":[{}],"messages":[{"role":"user","content":"refactor"}]}""", AutoDifficulty.Hard, "tools")]
    [InlineData("""{"reasoning_effort":"high","tools":[{}],"messages":[{"role":"user","content":"prove"}]}""", AutoDifficulty.Hardest, "tools")]
    [InlineData("""{"messages":7}""", AutoDifficulty.Simple, "")]
    [InlineData("{}", AutoDifficulty.Simple, "")]
    public void Task_ByTheRequest_HasAClassAndInputs(string body, object difficulty, string inputs)
    {
        var task = AutoTask.Read(Encoding.UTF8.GetBytes(body))!;

        Assert.Equal(((AutoDifficulty)difficulty, inputs), (task.Difficulty, string.Join(' ', task.Inputs.ToWords())));
    }

    [Fact]
    public void Task_Picture_CountsByThePieceAndNotByItsBytes()
    {
        var body = Encoding.UTF8.GetBytes($$$$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{{{new string('A', 400_000)}}}}}"}}]}]}""");

        Assert.InRange(AutoTask.Read(body)!.InputTokens, 1_000, 1_100);
    }

    [Fact]
    public void Task_BodyThatIsNoObject_IsNone()
    {
        Assert.Null(AutoTask.Read("[]"u8.ToArray()));
        Assert.Null(AutoTask.Read("x"u8.ToArray()));
    }

    private static IEnumerable<(string Name, string Value)> Header(string name, string? value) => value is null ? [] : [(name, value)];

    private void Pool(params string[] models) => _host.Gateway.Set(DataPlaneHost.Configuration() with { AutoRouter = new() { Models = models } });

    private Task<FrontAnswer> AskAsync(string text, string model = "auto", params (string Name, string Value)[] headers) => _host.SendAsync(
        HttpMethod.Post, "compat/chat/completions", JsonSerializer.SerializeToUtf8Bytes(new { model, messages = new[] { new { role = "user", content = text } } }),
        [("authorization", "Bearer sk"), ("content-type", "application/json"), .. headers]);
}
