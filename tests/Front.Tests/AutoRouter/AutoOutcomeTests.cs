using System.Text;
using System.Text.Json;
using GatewayActors.Front.AutoRouter;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Providers;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.AutoRouter;

/// <summary>Why the auto router did not give a request to the model that it would have given others: what the answer and the log say.</summary>
public sealed class AutoOutcomeTests
{
    private const string Image = """{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}""";
    private const string Sound = """{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}""";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai/gpt-3.5-turbo", Image, "openai/gpt-4o")] // Takes no pictures, and is the cheapest but for them.
    [InlineData("deepseek/deepseek-reasoner", Image, "openai/gpt-4o")] // By what its provider's format lacks.
    [InlineData("openai/gpt-4o-mini", Sound, "google-ai-studio/gemini-2.5-pro")]
    public async Task UnsupportedInput_BestDoesNotTakeIt_AnotherDoesAndTheAnswerSaysWhy(string best, string part, string other)
    {
        await using var host = await StartAsync(best, other);
        host.Script.Otherwise(_ => UpstreamReply.Json(other.StartsWith("google", StringComparison.Ordinal) ? Gemini : DataPlane.Bodies.Completion));

        var plain = await AskAsync(host, """[{"type":"text","text":"debug"}]""", ("cf-aig-allowed-models", best));
        var answer = await AskAsync(host, $"[{part}]");

        Assert.Equal("forced_by_candidate_pool", plain.Header("cf-aig-routing-reason"));
        Assert.Equal((200, other, "fallback_unsupported_input", "0"), (answer.Status, answer.Header("cf-aig-routed-model"), answer.Header("cf-aig-routing-reason"), answer.Header("cf-aig-step")));
        await host.Logs.NextAsync(_cancelled);
        var route = Route(await host.Logs.NextAsync(_cancelled));
        Assert.Equal(("fallback_unsupported_input", answer.Header("cf-aig-routing-decision-id")), (route.GetProperty("reason").GetString(), route.GetProperty("decision_id").GetString()));
        Assert.Equal($"{best}:unsupported_input candidate-0:success", Path(route));
    }

    [Fact]
    public async Task UnsupportedInput_FormatCannotSayIt_GoesOnWithoutACallAndSaysWhy()
    {
        // What a model takes is not the whole of it: Gemini takes pictures, but not by any address.
        await using var host = await StartAsync("google-ai-studio/gemini-2.5-flash", "openai/gpt-4o");
        host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await AskAsync(host, """[{"type":"image_url","image_url":{"url":"http://images.example/a.png"}}]""", ("cf-aig-session-id", "s"));

        Assert.Equal((200, "openai/gpt-4o", "fallback_unsupported_input"), (answer.Status, answer.Header("cf-aig-routed-model"), answer.Header("cf-aig-routing-reason")));
        Assert.Single(host.Script.Requests);
    }

    [Fact]
    public async Task UnsupportedInput_NobodyTakesIt_Is400AndNamesIt()
    {
        await using var host = await StartAsync();

        var answer = await AskAsync(host, $"[{Sound}]");

        answer.AssertError(400, 7001);
        Assert.Equal("No model of the auto router's pool takes what the request has: audio.", answer.Description);
        Assert.Empty(host.Script.Requests);
    }

    [Fact]
    public async Task LongRequest_ModelsWithoutRoom_AreLeftOut()
    {
        await using var host = await StartAsync("openai/gpt-3.5-turbo", "openai/gpt-4o");
        host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await AskAsync(host, JsonSerializer.Serialize(new string('a', 16_385 * 4)));

        Assert.Equal(("openai/gpt-4o", "fallback_unsupported_input"), (answer.Header("cf-aig-routed-model"), answer.Header("cf-aig-routing-reason")));
    }

    [Fact]
    public async Task CandidateUnavailable_BestFails_SaysSoInTheLogToo()
    {
        await using var host = await StartAsync("openai/gpt-4o-mini", "openai/gpt-4o");
        host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await AskAsync(host, "\"Hi\"");

        Assert.Equal("fallback_candidate_unavailable", answer.Header("cf-aig-routing-reason"));
        await host.Logs.NextAsync(_cancelled);
        var route = Route(await host.Logs.NextAsync(_cancelled));
        Assert.Equal(("fallback_candidate_unavailable", "candidate-0:failed candidate-1:success"), (route.GetProperty("reason").GetString(), Path(route)));
    }

    [Fact]
    public async Task Scorer_Answers_ItsOrderHoldsAndItGotNoWords()
    {
        await using var host = await StartWithScorerAsync("openai/gpt-4o-mini", "openai/gpt-4o", "openai/gpt-4.1");
        host.Script.Otherwise(request => IsScorer(request) ? UpstreamReply.Json("""{"ranking":["openai/gpt-4.1","nobody/x","openai/gpt-4o-mini"]}""") : UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await AskAsync(host, "\"Tell nobody\"");

        Assert.Equal(("openai/gpt-4.1", "cost_optimal_within_pool"), (answer.Header("cf-aig-routed-model"), answer.Header("cf-aig-routing-reason")));
        var asked = host.Script.Requests.Single(IsScorer);
        Assert.DoesNotContain("nobody", asked.BodyText, StringComparison.Ordinal);
        Assert.Equal(
            """{"task":{"difficulty":1,"input_tokens":17,"output_tokens":1000,"inputs":[]},"candidates":[{"model":"openai/gpt-4o-mini","class":2,"input_usd_per_mtok":0.15,"output_usd_per_mtok":0.6},{"model":"openai/gpt-4o","class":3,"input_usd_per_mtok":2.5,"output_usd_per_mtok":10},{"model":"openai/gpt-4.1","class":3,"input_usd_per_mtok":2,"output_usd_per_mtok":8}]}""",
            asked.BodyText);
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(200, "[]")]
    [InlineData(200, "not json")]
    [InlineData(200, """{"ranking":[]}""")]
    [InlineData(200, """{"ranking":[7]}""")]
    [InlineData(200, """{"ranking":["nobody/x"]}""")]
    public async Task RouterError_ScorerFails_TakesTheOrderOfThePool(int status, string body)
    {
        await using var host = await StartWithScorerAsync("openai/gpt-4o", "openai/gpt-4o-mini");
        host.Script.Otherwise(request => IsScorer(request) ? UpstreamReply.Json(body, status) : UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await AskAsync(host, "\"Hi\"");

        Assert.Equal((200, "openai/gpt-4o", "fallback_router_error"), (answer.Status, answer.Header("cf-aig-routed-model"), answer.Header("cf-aig-routing-reason")));
        Assert.Equal("fallback_router_error", Route(await host.Logs.NextAsync(_cancelled)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task RouterTimeout_ScorerTakesTooLong_TakesTheOrderOfThePoolAndLetsItGo()
    {
        await using var host = await StartWithScorerAsync("openai/gpt-4o", "openai/gpt-4o-mini");
        var gate = new Gate();
        host.Script.Otherwise(request => IsScorer(request) ? new UpstreamReply().Wait(gate) : UpstreamReply.Json(DataPlane.Bodies.Completion));

        var asking = AskAsync(host, "\"Hi\"");
        Assert.True(IsScorer(await host.Script.NextAsync(_cancelled)));
        await host.Clock.SetAsync(TimeSpan.FromMilliseconds(500), _cancelled);
        host.Clock.Advance(TimeSpan.FromMilliseconds(500));
        var answer = await asking;

        gate.Open();
        Assert.Equal((200, "openai/gpt-4o", "fallback_router_timeout"), (answer.Status, answer.Header("cf-aig-routed-model"), answer.Header("cf-aig-routing-reason")));
        Assert.Equal("fallback_router_timeout", Route(await host.Logs.NextAsync(_cancelled)).GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("anthropic", "claude-opus-5", "images documents tools")]
    [InlineData("openai", "gpt-5.6-luna", "images documents tools")]
    [InlineData("openai", "gpt-4o-audio-preview", "audio tools")]
    [InlineData("openai", "o1-mini", "")]
    [InlineData("aws-bedrock", "us.anthropic.claude-opus-5", "images documents tools")]
    [InlineData("aws-bedrock", "amazon.nova-micro-v1:0", "tools")]
    [InlineData("google-vertex-ai", "google/gemini-2.5-flash", "images audio documents video tools")]
    [InlineData("google-vertex-ai", "anthropic/claude-opus-5", "images documents tools")]
    [InlineData("groq", "meta-llama/llama-4-scout-17b-16e-instruct", "images tools")]
    [InlineData("cerebras", "anything", "audio documents tools")]
    [InlineData("parallel", "speed", "audio documents")]
    [InlineData("openrouter", "vendor/anything", "images audio documents video tools")]
    public void Inputs_OfAModel_AreWhatIsKnown(string slug, string model, string expected)
    {
        var provider = new ProviderCatalog(BuiltInProviders.All).Find(slug)!;

        Assert.Equal(expected, string.Join(' ', ModelInputs.BuiltIn.Of(provider, model).ToWords()));
    }

    [Theory]
    [InlineData("openai,*", "Line 1")]
    [InlineData("#\nopenai,*,smell", "Line 2 of the list of inputs has the unknown word 'smell'.")]
    public void Inputs_WrongLine_IsNamed(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ModelInputs.Parse(new StringReader(text))).Message, StringComparison.Ordinal);

    private const string Gemini = """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}""";

    private static bool IsScorer(RecordedRequest request) => request.Target == "/rank";

    private static JsonElement Route(Recorded entry) => JsonElement.Parse(entry.Entry.DetailsJson!).GetProperty("route");

    private static string Path(JsonElement route) =>
        string.Join(' ', route.GetProperty("path").EnumerateArray().Select(node => $"{node.GetProperty("element_id").GetString()}:{node.GetProperty("result").GetString()}"));

    private static async Task<DataPlaneHost> StartAsync(params string[] pool) => WithPool(await DataPlaneHost.StartAsync(), pool);

    private static async Task<DataPlaneHost> StartWithScorerAsync(params string[] pool) => WithPool(
        await DataPlaneHost.StartAsync(options => options.AutoRouter.ScorerUrl = new Uri(new Uri(options.Providers["openai"].BaseUrl!), "/rank").ToString()), pool);

    private static DataPlaneHost WithPool(DataPlaneHost host, string[] pool)
    {
        host.Gateway.Set(DataPlaneHost.Configuration() with { AutoRouter = pool.Length == 0 ? null : new() { Models = pool } });
        return host;
    }

    private static Task<FrontAnswer> AskAsync(DataPlaneHost host, string content, params (string Name, string Value)[] headers) => host.SendAsync(
        HttpMethod.Post, "compat/chat/completions", Encoding.UTF8.GetBytes($$$$$"""{"model":"auto","messages":[{"role":"user","content":{{{{{content}}}}}}]}"""),
        [("authorization", "Bearer sk"), ("content-type", "application/json"), .. headers]);
}
