using System.Text;
using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Binding;

/// <summary>Models and steps run as the Workers binding does it: no account in the path, the model in a header.</summary>
public sealed class BindingRunTests : IAsyncLifetime
{
    private const string Inputs = """{"messages":[{"role":"user","content":"x"}]}""";
    private const string HostedAnswer = """{"result":{"response":"Hi é","usage":{"prompt_tokens":9,"completion_tokens":2}},"success":true,"errors":[],"messages":[]}""";
    private const string Events = "data: {\"response\":\"Hi\"}\n\ndata: [DONE]\n\n";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RestHost.StartAsync(options => options.Providers["workers-ai"].BaseUrl += "/accounts/cf/ai/run");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/ai-gateway/run?version=3", "openai/gpt-4o-mini")]
    [InlineData("/run?version=3", "openai/gpt-4o-mini")]
    [InlineData("/run?version=3", "some-prefix:openai/gpt-4o-mini")]
    public async Task Run_ForeignModel_AnswersWithTheBareAnswerAndExactlyJson(string target, string model)
    {
        _host.Script.Then(new UpstreamReply().Status(200).Header("content-type", "application/json; charset=utf-8").Content(Encoding.UTF8.GetBytes(Bodies.Completion)));

        var answer = await RunAsync(target, model, "{}");

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal((Bodies.Completion, "application/json"), (answer.Text, answer.Header("content-type")));
        Assert.NotNull(answer.Header("cf-ai-req-id"));
        Assert.Equal((await _host.Logs.NextAsync(_cancelled)).Entry.Id.ToString("D"), answer.Header("cf-aig-log-id"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Run_HostedModel_TakesOffTheEnvelope(int size)
    {
        _host.Script.Then(Cut(new UpstreamReply().Status(200).Header("content-type", "application/json").Head(), HostedAnswer, size));

        var answer = await RunAsync("/run?version=3", "@cf/meta/llama-3.1-8b-instruct", "{}");

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("content-type")));
        Assert.Equal("""{"response":"Hi é","usage":{"prompt_tokens":9,"completion_tokens":2}}""", answer.Text);
        Assert.Equal(Inputs, Assert.Single(_host.Script.Requests).BodyText);
    }

    [Fact]
    public async Task Run_HostedModelWhoseAnswerIsCut_AnswersAnError()
    {
        _host.Script.Then(new UpstreamReply().Status(200).Header("content-type", "application/json").Length(HostedAnswer.Length + 1).Send(HostedAnswer[..20]).Reset());

        var answer = await RunAsync("/run?version=3", "@cf/meta/llama-3.1-8b-instruct", "{}");

        answer.AssertRestError(502, 2005);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Run_Streamed_PassesTheEventsAsTheyAre(int size)
    {
        _host.Script.Then(Cut(UpstreamReply.EventStream().Status(200).Head(), Events, size));

        var answer = await RunAsync("/run?version=3", "@cf/meta/llama-3.1-8b-instruct", """{"returnRawResponse":true}""");

        Assert.StartsWith("text/event-stream", answer.Header("content-type"), StringComparison.Ordinal);
        Assert.Equal(Events, answer.Text);
    }

    [Fact]
    public async Task Run_OptionsOfTheGateway_TakeEffect()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration());
        _host.Script.Then(UpstreamReply.Json(Bodies.Completion, 200));

        var answer = await RunAsync("/ai-gateway/run?version=3", "openai/gpt-4o-mini", """{"gateway":{"id":"main","eventId":"mine","metadata":{"team":"a"}}}""");

        Assert.Equal(200, answer.Status);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("main", "mine", """{"team":"a"}"""), (entry.GatewayId, entry.EventId, entry.MetadataJson));
    }

    [Fact]
    public async Task Run_UnknownModel_AnswersWithAnErrorThatTheBindingReads()
    {
        var answer = await RunAsync("/run?version=3", "nobody/has-this", "{}");

        answer.AssertRestError(404, 7003, "nobody/has-this");
    }

    [Theory]
    [InlineData("/ai-gateway/universal/run/main", null)]
    [InlineData("bridge", "https://workers-binding.ai/ai-gateway/universal/run/main")]
    public async Task UniversalRun_Steps_AnswersWithTheFirstThatSucceeds(string target, string? forwarded)
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(Bodies.Completion, 200));
        (string, string)[] headers = forwarded is null ? [Authorization] : [Authorization, ("X-Forwarded", forwarded)];
        const string Step = """{"provider":"openai","endpoint":"chat/completions","headers":{"authorization":"Bearer sk-step"},"query":{"model":"gpt-4o-mini","messages":[]}}""";

        var answer = await _host.SendToAsync(HttpMethod.Post, forwarded is null ? target : RestHost.Target("run/proxy"), new StringContent($"[{Step},{Step}]", Encoding.UTF8, "application/json"), [.. headers, ("cf-aig-event-id", "mine")]);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(("1", "mine"), (answer.Header("cf-aig-step"), answer.Header("cf-aig-event-id")));
        Assert.DoesNotContain(_host.Script.Requests, sent => sent.Headers.Any(header => header.Value.Contains(_host.Token, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/ai-gateway/gateways/main/run/x/resume?from=3")]
    [InlineData("/ai-gateway/gateways/../logs/x")]
    [InlineData("/ai-gateway/universal/run/")]
    [InlineData("/ai-gateway/universal/run/ma%2Fin")]
    [InlineData("/ai-api/other")]
    public async Task Path_NobodyServes_Answers404InJson(string target)
    {
        var answer = await _host.SendToAsync(HttpMethod.Get, target, null, Authorization);

        Assert.Equal(404, answer.Status);
        Assert.Equal(JsonValueKind.String, answer.Json.GetProperty("errors")[0].GetProperty("message").ValueKind);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer nobodys", 401)]
    [InlineData("Basic abc", 400)]
    public async Task Token_MissingOrWrong_IsRefused(string? authorization, int status)
    {
        (string, string)[] headers = authorization is null ? [] : [("authorization", authorization)];

        foreach (var target in (string[])["/run?version=3", "/ai-gateway/run", "/ai-gateway/universal/run/main", "/ai-gateway/gateways/main/logs/x", "/ai-gateway/gateways/main/url/openai", "/ai-api/models/search"])
        {
            var answer = await _host.SendToAsync(HttpMethod.Post, target, new StringContent("{}"), headers);
            Assert.True(answer.Status == status, $"{target}: {answer.Status}");
        }
    }

    [Fact]
    public async Task Token_OfTheOperator_IsRefusedBecauseItNamesNoAccount()
    {
        var answer = await _host.SendToAsync(HttpMethod.Post, "/run", new StringContent("{}"), ("authorization", "Bearer " + _host.Tokens.Add(null)));

        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Token_OfAnotherAccount_ReachesNothingOfThisOne()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        var foreign = _host.Tokens.Add(new string('e', 32));

        var answer = await _host.SendToAsync(HttpMethod.Post, "/ai-gateway/universal/run/main", new StringContent("[]"), ("authorization", "Bearer " + foreign));

        Assert.Equal(400, answer.Status); // That account has no such gateway.
        Assert.Empty(_host.Script.Requests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://workers-binding.ai/elsewhere")]
    [InlineData("no url")]
    public async Task Bridge_WithoutAUrlOfTheBinding_IsRefused(string? forwarded)
    {
        (string, string)[] headers = forwarded is null ? [Authorization] : [Authorization, ("x-forwarded", forwarded)];

        var answer = await _host.SendToAsync(HttpMethod.Post, RestHost.Target("run/proxy"), new StringContent("{}"), headers);

        Assert.Equal(400, answer.Status);
        Assert.Contains("X-Forwarded", answer.Text, StringComparison.Ordinal);
    }

    private (string, string) Authorization => ("authorization", "Bearer " + _host.Token);

    private Task<FrontAnswer> RunAsync(string target, string model, string options) => _host.SendToAsync(
        HttpMethod.Post,
        target,
        new StringContent($$"""{"inputs":{{Inputs}},"options":{{options}}}""", Encoding.UTF8, "application/json"),
        Authorization,
        ("cf-consn-sdk-version", "2.0.0"),
        ("cf-consn-model-id", model));

    private static UpstreamReply Cut(UpstreamReply reply, string text, int size)
    {
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size))
        {
            reply = reply.Send(piece);
        }

        return reply;
    }
}
