using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Guardrails;

/// <summary>Nothing hides in a stream, wherever it is cut, whatever its format.</summary>
public sealed class GuardedStreamTests : IAsyncLifetime
{
    private const string Before = "I like the ";
    private const string After = " a lot, and more than that";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public static TheoryData<string> Dialects => StreamDialect.Names;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory, MemberData(nameof(Dialects))]
    public async Task Buffer_CutAnywhere_IsRefused(string dialect)
    {
        _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block));
        foreach (var pieces in Cuts())
        {
            var answer = await SendAsync(dialect, pieces);

            answer.AssertError(424, 2017);
        }
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task Json_CutAnywhere_IsRefused(string dialect)
    {
        _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block, mode: InspectedStreamMode.Json));
        foreach (var pieces in Cuts())
        {
            var answer = await SendAsync(dialect, pieces);

            answer.AssertError(424, 2017);
        }
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task Incremental_CutAnywhere_EndsBeforeThePhraseDoes(string dialect)
    {
        _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block, mode: InspectedStreamMode.Incremental));
        foreach (var pieces in Cuts())
        {
            var answer = await SendInTwoAsync(StreamDialect.All[dialect].Path, StreamDialect.All[dialect].Request, gate => StreamDialect.All[dialect].Reply([Before, .. pieces, After], gate));

            var text = StreamDialect.TextOf(answer.Body);
            Assert.Equal(200, answer.Status); // The first words had gone out.
            Assert.StartsWith(Before, text, StringComparison.Ordinal);
            Assert.DoesNotContain(GuardedHost.Forbidden, text, StringComparison.Ordinal);
            Assert.DoesNotContain("more than that", answer.Text, StringComparison.Ordinal);
            var ending = StreamDialect.All[dialect].Ending.Replace("\\n", "\n", StringComparison.Ordinal);
            Assert.Contains(ending, answer.Text, StringComparison.Ordinal);
            var entry = await NextAsync();
            Assert.Equal((200, false), (entry.Entry.StatusCode, entry.Entry.Success));
            Assert.Contains("\"response\":{\"action\":\"BLOCK\",\"categories\":[\"S10\"]", entry.Entry.DetailsJson, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task Incremental_InTheFirstWords_IsToldByTheStatus(string dialect)
    {
        _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block, mode: InspectedStreamMode.Incremental));

        var answer = await SendAsync(dialect, [Before + GuardedHost.Forbidden, After]);

        answer.AssertError(424, 2017);
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task Harmless_InEveryMode_IsDeliveredAsItIs(string dialect)
    {
        string[] pieces = [Before, "gray", " elephant", After];
        var expected = Encoding.UTF8.GetString([.. StreamDialect.All[dialect].Write(pieces).SelectMany(bytes => bytes)]);
        foreach (var mode in (InspectedStreamMode?[])[null, InspectedStreamMode.Buffer, InspectedStreamMode.Incremental])
        {
            _host.Gateway.Set(GuardedHost.Open(RuleAction.Block, RuleAction.Block, mode));

            var answer = await SendAsync(dialect, pieces);

            Assert.Equal((200, expected), (answer.Status, answer.Text));
            Assert.Equal(StreamDialect.All[dialect].ContentType, answer.Header("content-type")?.Split(';')[0]);
        }
    }

    [Theory, InlineData("chat completions"), InlineData("messages"), InlineData("responses")]
    public async Task Json_OfAHarmlessStream_IsOneDocument(string dialect)
    {
        _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block, mode: InspectedStreamMode.Json));

        var answer = await SendAsync(dialect, [Before, "gray elephant"]);

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("content-type")));
        Assert.Equal(System.Text.Json.JsonValueKind.Object, answer.Json.ValueKind);
        Assert.True(dialect == "responses" || answer.Text.Contains("I like the gray elephant", StringComparison.Ordinal), answer.Text);
    }

    [Theory, InlineData("anthropic/claude-haiku-4-5"), InlineData("cohere/command-a-03-2025"), InlineData("google-ai-studio/gemini-2.5-flash")]
    public async Task Translated_InEveryMode_IsInspected(string model)
    {
        var dialect = model.Split('/')[0] switch { "anthropic" => "messages", "cohere" => "cohere", _ => "gemini" };
        var body = $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";
        foreach (var mode in Enum.GetValues<InspectedStreamMode>())
        {
            _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block, mode: mode));
            UpstreamReply Reply(Gate gate) => StreamDialect.All[dialect].Reply([Before, "purple", " eleph", "ant", After], gate);

            var answer = mode == InspectedStreamMode.Incremental
                ? await SendInTwoAsync("compat/chat/completions", body, Reply)
                : await SendAsync("compat/chat/completions", body, StreamDialect.All[dialect].Reply([Before, "purple", " eleph", "ant", After]));

            if (mode == InspectedStreamMode.Incremental)
            {
                Assert.Equal(200, answer.Status);
                Assert.StartsWith(Before, StreamDialect.TextOf(answer.Body), StringComparison.Ordinal);
                Assert.DoesNotContain("elephant", StreamDialect.TextOf(answer.Body), StringComparison.Ordinal);
                Assert.Contains("\"error\":{\"message\":\"Response blocked due to security configurations\"", answer.Text, StringComparison.Ordinal);
            }
            else
            {
                answer.AssertError(424, 2017);
            }

            _host.Script.Otherwise(_ => StreamDialect.All[dialect].Reply([Before, "gray", " elephant"]));
            var harmless = await PostAsync("compat/chat/completions", body);
            Assert.Equal((200, mode == InspectedStreamMode.Json ? "application/json" : "text/event-stream"), (harmless.Status, harmless.Header("content-type")?.Split(';')[0]));
            Assert.Equal("I like the gray elephant", StreamDialect.TextOf(harmless.Body));
        }
    }

    [Fact]
    public async Task Incremental_ThatIsEnded_EndsTheCallToTheProvider()
    {
        _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block, mode: InspectedStreamMode.Incremental));
        var dialect = StreamDialect.All["chat completions"];
        var events = dialect.Write([Before, GuardedHost.Forbidden, After]);

        // Never ends by itself.
        var answer = await SendInTwoAsync(dialect.Path, dialect.Request, gate => new UpstreamReply().Header("Content-Type", "text/event-stream").Send(events[0]).Wait(gate).Send(events[1]).Stall());

        Assert.Contains("response_blocked", answer.Text, StringComparison.Ordinal);
        Assert.False((await NextAsync()).Entry.Success);
        await (await _host.Script.NextAsync(_cancelled)).Aborted.WaitAsync(_cancelled);
    }

    [Fact]
    public async Task Buffer_OfAStreamThatBreaks_IsAnErrorOfTheProvider()
    {
        _host.Gateway.Set(GuardedHost.Open(response: RuleAction.Block));
        var dialect = StreamDialect.All["chat completions"];
        _host.Script.Otherwise(_ => new UpstreamReply().Header("Content-Type", "text/event-stream").Length(100_000).Send(dialect.Write([Before])[0]).Cut());

        var answer = await PostAsync(dialect.Path, dialect.Request);

        answer.AssertError(502, 2005);
    }

    [Theory, InlineData("openai/gpt-4o-mini", "chat completions"), InlineData("anthropic/claude-haiku-4-5", "messages"), InlineData("cohere/command-a-03-2025", "cohere")]
    public async Task Stream_OnTheApiHost_GoesOutAndIsEvaluatedAfterwards(string model, string dialect)
    {
        await using var host = await RestHost.StartAsync();
        host.Default.Set(host.Default.Record!.Configuration with { Guardrails = GuardedHost.Rules(response: RuleAction.Block) });
        host.Script.Otherwise(_ => StreamDialect.All[dialect].Reply([Before, "purple", " elephant"]));

        var answer = await host.RestAsync("v1/chat/completions", $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Hello"}]}""");

        Assert.Equal((200, "I like the purple elephant"), (answer.Status, StreamDialect.TextOf(answer.Body)));
        Assert.EndsWith("data: [DONE]\n\n", answer.Text, StringComparison.Ordinal);
        var evaluation = await host.Logs.NextAsync(_cancelled);
        var entry = await host.Logs.NextAsync(_cancelled);
        Assert.Equal(("guardrail", "rest", true), (evaluation.Entry.RequestType, entry.Entry.RequestType, entry.Entry.Success));
        Assert.Contains("\"response\":{\"action\":\"BLOCK\",\"categories\":[\"S10\"],\"enforced\":false", entry.Entry.DetailsJson, StringComparison.Ordinal);
    }

    [Theory, InlineData(InspectedStreamMode.Buffer), InlineData(InspectedStreamMode.Incremental)]
    public async Task Stream_OnTheApiHostWithAMode_IsEnforced(InspectedStreamMode mode)
    {
        await using var host = await RestHost.StartAsync();
        host.Default.Set(host.Default.Record!.Configuration with { Guardrails = GuardedHost.Rules(response: RuleAction.Block), GuardrailsStreamMode = mode });
        host.Script.Otherwise(_ => StreamDialect.All["chat completions"].Reply([Before, "purple", " elephant"]));

        var answer = await host.RestAsync("v1/chat/completions", """{"model":"openai/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello"}]}""");

        Assert.True(answer.Status == 424 || mode == InspectedStreamMode.Incremental, answer.Text);
        Assert.DoesNotContain("elephant", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThatIsTooLong_IsNotDelivered()
    {
        await using var host = await DataPlaneHost.StartAsync(options => options.Inspection.MaxBodyBytes = 65_536);
        var dialect = StreamDialect.All["chat completions"];
        foreach (var action in Enum.GetValues<RuleAction>())
        {
            host.Gateway.Set(GuardedHost.Open(response: action));
            host.Script.Otherwise(_ => dialect.Reply([.. Enumerable.Repeat(new string('a', 1000), 100)]));

            var answer = await host.SendAsync(HttpMethod.Post, dialect.Path, Encoding.UTF8.GetBytes(dialect.Request), ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));

            Assert.Equal(action == RuleAction.Block ? 503 : 200, answer.Status);
            Assert.True(action == RuleAction.Block || answer.Text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
        }
    }

    private Task<FrontAnswer> SendAsync(string dialect, string[] pieces) =>
        SendAsync(StreamDialect.All[dialect].Path, StreamDialect.All[dialect].Request, StreamDialect.All[dialect].Reply(pieces));

    private Task<FrontAnswer> SendAsync(string path, string body, UpstreamReply reply)
    {
        _host.Script.Otherwise(_ => reply);
        return PostAsync(path, body);
    }

    /// <summary>What comes behind the gate comes when the client has the head of the answer.</summary>
    private async Task<FrontAnswer> SendInTwoAsync(string path, string body, Func<Gate, UpstreamReply> reply)
    {
        var gate = new Gate();
        var script = reply(gate);
        _host.Script.Otherwise(_ => script);
        using var response = await _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/{path}", new ByteArrayContent(Encoding.UTF8.GetBytes(body)), _cancelled, Headers);
        gate.Open();
        return new((int)response.StatusCode, [], await response.Content.ReadAsByteArrayAsync(_cancelled));
    }

    private Task<FrontAnswer> PostAsync(string path, string body) => _host.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), Headers);

    private static (string, string)[] Headers =>
        [("authorization", "Bearer sk-client-key"), ("x-api-key", "sk-client-key"), ("x-goog-api-key", "sk-client-key"), ("content-type", "application/json")];

    private async Task<Recorded> NextAsync()
    {
        while (true)
        {
            if (await _host.Logs.NextAsync(_cancelled) is { Entry.RequestType: not "guardrail" } entry)
            {
                return entry;
            }
        }
    }

    /// <summary>The phrase cut in two at every place, and in single letters.</summary>
    private static IEnumerable<string[]> Cuts()
    {
        for (var at = 1; at < GuardedHost.Forbidden.Length; at++)
        {
            yield return [GuardedHost.Forbidden[..at], GuardedHost.Forbidden[at..]];
        }

        yield return [.. GuardedHost.Forbidden.Select(letter => letter.ToString())];
    }
}
