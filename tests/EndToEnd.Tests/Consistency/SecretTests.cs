using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>Secrets in a real process: they survive crashes, changes hold at once, and none is found anywhere.</summary>
public sealed class SecretTests : IAsyncLifetime
{
    private const string Chat = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Completion = """{"id":"c","object":"chat.completion","model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}}""";
    private const string Configs = "ai-gateway/gateways/default/provider_configs";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly List<string> _seen = [];
    private FakeUpstream _upstream = null!;
    private GatewayProcess _gateway = null!;
    private GatewayClient _client = null!;
    private UpstreamScript _script = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync(_cancelled);
        _gateway = await GatewayProcess.StartAsync(
            [
                KeyValuePair.Create("Gateway:Providers:openai:BaseUrl", _upstream.BaseUrl + "/v1"),
                KeyValuePair.Create("Logging:LogLevel:Default", "Debug"),
            ],
            _cancelled);
        _client = new(_gateway);
        _script = _upstream.Script();
        _script.Otherwise(_ => UpstreamReply.Json(Completion));
        await CallAsync("simulator/chat/completions"); // Makes the gateway.
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Key_AfterACrash_IsTheOneThatWasAnswered()
    {
        var id = await CreateAsync("sk-before-the-crash-0001");
        await AssertUsesAsync("sk-before-the-crash-0001");

        await AdminAsync(HttpMethod.Put, $"{Configs}/{id}", new JsonObject { ["secret"] = "sk-rotated-before-the-crash" });
        await _gateway.KillAsync();
        await _gateway.StartAsync(_cancelled);

        await AssertUsesAsync("sk-rotated-before-the-crash");
    }

    [Fact]
    public async Task Key_RotatedOrDeleted_HoldsForTheNextRequest()
    {
        var id = await CreateAsync("sk-the-first-of-many-keys");
        for (var trial = 0; trial < 50; trial++)
        {
            await AdminAsync(HttpMethod.Put, $"{Configs}/{id}", new JsonObject { ["secret"] = $"sk-key-of-the-trial-{trial}" });
            await AssertUsesAsync($"sk-key-of-the-trial-{trial}");
        }

        await AdminAsync(HttpMethod.Delete, $"{Configs}/{id}", null);
        var answer = await CallAsync("openai/chat/completions");
        Assert.Equal((400, 2040), (answer.StatusCode, answer.ErrorCode));
    }

    [Fact]
    public async Task Canary_PushedThroughEverything_IsFoundNowhere()
    {
        string[] canaries = ["canary-one-/+=&-5f2c81d09b7e", "canary-two-/+=&-a04d3c5be991", "canary-three-/+=&-77cc01aa34ef"];
        var id = await CreateAsync(canaries[0]);
        await AdminAsync(HttpMethod.Put, $"{Configs}/{id}", new JsonObject { ["secret"] = canaries[1] });
        var store = (await AdminAsync(HttpMethod.Get, "secrets_store/stores", null)).Json.GetProperty("result")[0].GetProperty("id").GetString();
        var secret = (await AdminAsync(HttpMethod.Post, $"secrets_store/stores/{store}/secrets", new JsonArray(new JsonObject { ["name"] = "CANARY", ["value"] = canaries[2], ["scopes"] = new JsonArray("ai_gateway") })))
            .Json.GetProperty("result")[0].GetProperty("id").GetString();
        await AdminAsync(HttpMethod.Post, $"secrets_store/stores/{store}/secrets/{secret}/duplicate", new JsonObject { ["name"] = "COPY", ["scopes"] = new JsonArray("ai_gateway") });
        await AdminAsync(HttpMethod.Patch, $"secrets_store/stores/{store}/secrets/{secret}", new JsonObject { ["value"] = 7 }, status: 400);

        await SealWithinConfigurationsAsync();
        await AssertUsesAsync(canaries[1]);
        await CallAsync("openai/chat/completions", ("authorization", "Bearer CANARY"));
        Assert.Equal("Bearer " + canaries[2], _script.Requests[^1].Header("authorization"));
        foreach (var status in new[] { 200, 400, 401, 500 })
        {
            _script.Then(UpstreamReply.Json($$$"""{"error":{"message":"{{{string.Join(' ', Forms(canaries[1]))}}}"}}""", status, ("x-echo", canaries[1])));
            Assert.Equal(status, (await CallAsync("openai/chat/completions")).StatusCode);
        }

        _script.Then(UpstreamReply.EventStream().Send($"data: {{\"a\":\"{canaries[1][..9]}").Send($"{canaries[1][9..]}\"}}\n\n").Send("data: [DONE]\n\n"));
        Assert.Equal(200, (await CallAsync("openai/chat/completions")).StatusCode);
        var gate = new Gate();
        _script.Then(new UpstreamReply().Wait(gate));
        Assert.Equal(504, (await CallAsync("openai/chat/completions", ("cf-aig-request-timeout", "200"))).StatusCode);
        gate.Open();
        foreach (var path in new[] { Configs, $"secrets_store/stores/{store}/secrets", $"secrets_store/stores/{store}/secrets/{secret}", "secrets_store/quota", "ai-gateway/gateways/default" })
        {
            await AdminAsync(HttpMethod.Get, path, null);
        }

        using (var request = new HttpRequestMessage(HttpMethod.Get, _gateway.BaseUrl + "/metrics"))
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _gateway.Token);
            _seen.Add((await _client.SendAsync(request, _cancelled)).Text);
        }

        Assert.Equal(0, await _gateway.TerminateAsync());

        var logs = (await File.ReadAllBytesAsync(Path.Combine(_gateway.DataDirectory, "logs.db"), _cancelled)).Length;
        Assert.True(logs > 0);
        AssertNoFileHolds(Sealed);
        foreach (var form in canaries.SelectMany(Forms))
        {
            Assert.DoesNotContain(_seen, text => text.Contains(form, StringComparison.Ordinal));
            Assert.DoesNotContain(form, _gateway.Output, StringComparison.Ordinal);
            foreach (var file in Directory.EnumerateFiles(_gateway.DataDirectory, "*", SearchOption.AllDirectories))
            {
                var bytes = await File.ReadAllBytesAsync(file, _cancelled);
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(form)) < 0 && bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(form)) < 0, $"{form} is in {file}");
            }
        }

        await _gateway.StartAsync(_cancelled);
        await AssertUsesAsync(canaries[1]);
        var entries = (await AdminAsync(HttpMethod.Get, "ai-gateway/gateways/default/logs?per_page=50", null)).Json.GetProperty("result");
        Assert.True(entries.GetArrayLength() >= 8);
        foreach (var entry in entries.EnumerateArray())
        {
            foreach (var body in new[] { "", "/request", "/response" })
            {
                await AdminAsync(HttpMethod.Get, $"ai-gateway/gateways/default/logs/{entry.GetProperty("id").GetString()}{body}", null, status: null);
            }
        }

        Assert.All(canaries.SelectMany(Forms), form => Assert.DoesNotContain(_seen, text => text.Contains(form, StringComparison.Ordinal)));
    }

    // Credentials that are part of something else: of a push destination, and of exporters, which the admin API shows as they were sent.
    private static readonly string[] Sealed = ["canary-destination-5d1e07b2", "canary-exporter-header-9c40aa17", "canary-exporter-auth-31f7be60", "canary-stripe-8e02d9c4"];

    private async Task SealWithinConfigurationsAsync()
    {
        await AdminAsync(HttpMethod.Post, "logpush/jobs", new JsonObject
        {
            ["dataset"] = "ai_gateway_events",
            ["destination_conf"] = $"https://logs.example.com/in?header_Authorization={Sealed[0]}",
            ["enabled"] = false,
        });
        Assert.DoesNotContain(Sealed[0], _seen[^1], StringComparison.Ordinal);
        var answer = await _client.AdminAsync(HttpMethod.Put, "ai-gateway/gateways/default", new JsonObject
        {
            ["cache_invalidate_on_update"] = false,
            ["cache_ttl"] = 0,
            ["collect_logs"] = true,
            ["rate_limiting_interval"] = 0,
            ["rate_limiting_limit"] = 0,
            ["otel"] = new JsonArray(new JsonObject { ["url"] = "https://otel.example.com/v1/traces", ["headers"] = new JsonObject { ["x-key"] = Sealed[1] }, ["authorization"] = $"Bearer {Sealed[2]}" }),
            ["stripe"] = new JsonObject { ["authorization"] = $"Bearer {Sealed[3]}", ["usage_events"] = new JsonArray() },
        }, _cancelled);
        Assert.True(answer.StatusCode == 200, answer.Text);
        Assert.Contains(Sealed[1], answer.Text, StringComparison.Ordinal);
    }

    private void AssertNoFileHolds(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            Assert.DoesNotContain(text, _gateway.Output, StringComparison.Ordinal);
            foreach (var file in Directory.EnumerateFiles(_gateway.DataDirectory, "*", SearchOption.AllDirectories))
            {
                var bytes = File.ReadAllBytes(file).AsSpan();
                Assert.True(bytes.IndexOf(Encoding.UTF8.GetBytes(text)) < 0 && bytes.IndexOf(Encoding.Unicode.GetBytes(text)) < 0, $"{text} is in {file}");
            }
        }
    }

    private static IEnumerable<string> Forms(string value) => [value, Convert.ToBase64String(Encoding.UTF8.GetBytes(value)).TrimEnd('='), Uri.EscapeDataString(value)];

    private async Task<string> CreateAsync(string secret) =>
        (await AdminAsync(HttpMethod.Post, Configs, new JsonObject { ["provider_slug"] = "openai", ["alias"] = "main", ["default_config"] = true, ["secret"] = secret }))
            .Json.GetProperty("result").GetProperty("id").GetString()!;

    private async Task AssertUsesAsync(string key)
    {
        var answer = await CallAsync("openai/chat/completions");
        Assert.True(answer.StatusCode == 200, answer.Text);
        Assert.Equal("Bearer " + key, _script.Requests[^1].Header("authorization"));
    }

    private async Task<GatewayAnswer> AdminAsync(HttpMethod method, string path, JsonNode? body, int? status = 200)
    {
        var answer = await _client.AdminAsync(method, path, body, _cancelled);
        Assert.True(status is null || answer.StatusCode == status, answer.Text);
        _seen.Add(answer.Text);
        return answer;
    }

    private async Task<GatewayAnswer> CallAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = _client.Request(path, Chat, _script);
        request.Headers.Remove("Authorization");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await _client.SendAsync(request, _cancelled);
        _seen.Add(answer.Text + string.Join('\n', answer.Headers.Values));
        return answer;
    }
}
