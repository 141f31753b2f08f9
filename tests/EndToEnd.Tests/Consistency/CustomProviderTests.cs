using System.Text.Json.Nodes;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>An account's own providers in a real process: changes hold at once and survive a stop and a crash.</summary>
public sealed class CustomProviderTests : IAsyncLifetime
{
    private const string Chat = """{"model":"llama-3","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Completion = """{"id":"c","object":"chat.completion","model":"llama-3","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}""";
    private const string Providers = "ai-gateway/custom-providers";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private FakeUpstream _upstream = null!;
    private GatewayProcess _gateway = null!;
    private GatewayClient _client = null!;
    private UpstreamScript _script = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync(_cancelled);
        _gateway = await GatewayProcess.StartAsync([KeyValuePair.Create("Gateway:Upstream:AllowPrivateNetworks", "true")], _cancelled);
        _client = new(_gateway);
        _script = _upstream.Script();
        _script.Otherwise(_ => UpstreamReply.Json(Completion));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Provider_WithAPrice_SurvivesStopAndCrash()
    {
        var id = await CreateAsync("mine", "/first");
        await AdminAsync(HttpMethod.Post, $"{Providers}/costs", new() { ["account_provider_id"] = id, ["model"] = "llama", ["model_rule"] = "starts-with", ["cost_in"] = 0.001, ["cost_out"] = 0.002 });
        await AssertCallAsync("/first/chat/completions");

        Assert.Equal(0, await _gateway.TerminateAsync());
        await _gateway.StartAsync(_cancelled);
        await AssertCallAsync("/first/chat/completions");

        await AdminAsync(HttpMethod.Patch, $"{Providers}/{id}", new() { ["base_url"] = _upstream.BaseUrl + "/second" });
        await _gateway.KillAsync();
        await _gateway.StartAsync(_cancelled);
        await AssertCallAsync("/second/chat/completions");
    }

    [Fact]
    public async Task Provider_Changed_HoldsForTheNextRequest()
    {
        var id = await CreateAsync("mine", "/0");
        for (var trial = 1; trial <= 100; trial++)
        {
            var isEnabled = trial % 3 != 0;
            await AdminAsync(HttpMethod.Patch, $"{Providers}/{id}", new() { ["base_url"] = $"{_upstream.BaseUrl}/{trial}", ["enable"] = isEnabled });

            var answer = await CallAsync();

            Assert.True(answer.StatusCode == (isEnabled ? 200 : 400), $"Trial {trial}: {answer.StatusCode} {answer.Text}");
            Assert.True(!isEnabled || _script.Requests[^1].Target == $"/{trial}/chat/completions", $"Trial {trial}: {_script.Requests[^1].Target}");
        }

        await AdminAsync(HttpMethod.Delete, $"{Providers}/{id}", null);
        Assert.Equal((400, 2008), ((await CallAsync()).StatusCode, (await CallAsync()).ErrorCode));
    }

    [Fact]
    public async Task Compat_OfACustomProvider_IsRelayed()
    {
        await CreateAsync("mine", "");

        var answer = await _client.SendAsync(_client.Request("compat/chat/completions", Chat.Replace("llama-3", "custom-mine/llama-3", StringComparison.Ordinal), _script), _cancelled);

        Assert.True(answer.StatusCode == 200, answer.Text);
        Assert.Equal(("/v1/chat/completions", Chat), (_script.Requests[0].Target, _script.Requests[0].BodyText));
    }

    private async Task<string> CreateAsync(string slug, string path) =>
        (await AdminAsync(HttpMethod.Post, Providers, new() { ["name"] = slug, ["slug"] = slug, ["base_url"] = _upstream.BaseUrl + path, ["enable"] = true }))
            .Json.GetProperty("result").GetProperty("id").GetString()!;

    private async Task<GatewayAnswer> AdminAsync(HttpMethod method, string path, JsonObject? body)
    {
        var answer = await _client.AdminAsync(method, path, body, _cancelled);
        Assert.True(answer.StatusCode == 200, answer.Text);
        return answer;
    }

    private async Task AssertCallAsync(string target)
    {
        var answer = await CallAsync();
        Assert.True(answer.StatusCode == 200, answer.Text);
        Assert.Equal(target, _script.Requests[^1].Target);
        Assert.Equal("1.2", answer.Header("cf-aig-cost"));
    }

    private Task<GatewayAnswer> CallAsync() => _client.SendAsync(_client.Request("custom-mine/chat/completions", Chat, _script), _cancelled);
}
