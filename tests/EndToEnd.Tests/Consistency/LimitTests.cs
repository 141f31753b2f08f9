using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>Limits are exact under concurrency and outlive the process.</summary>
public sealed class LimitTests(GatewayFixture fixture) : FaultTest(fixture)
{
    // So long that no test sees its end.
    private const long Years = 1_000_000_000;

    // The answer says 5 tokens in and 2 out.
    private const decimal Cost = 0.07m;

    private readonly string _gatewayId = "g" + Guid.CreateVersion7().ToString("N");

    [Theory]
    [InlineData("fixed")]
    [InlineData("sliding")]
    public async Task RateLimit_ConcurrentRequests_LetsExactlyTheLimitPass(string technique)
    {
        await CreateAsync(Client, RateLimit(25, technique));
        Script.Otherwise(_ => UpstreamReply.Json(Completion));

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Client.SendAsync(ChatRequest(Client, Script), CancellationToken)));

        Assert.Equal((25, 35), (answers.Count(answer => answer.StatusCode == 200), answers.Count(answer => answer.StatusCode == 429)));
        Assert.Equal(25, Script.Requests.Count);
        Assert.All(answers.Where(answer => answer.StatusCode == 429), answer => Assert.Equal(
            """{"success":false,"result":[],"messages":[],"error":[{"code":2003,"message":"Rate limited"}],"errors":[{"code":2003,"message":"Rate limited"}],"name":"AiGatewayError","httpCode":429,"internalCode":2003,"message":"Rate limited","description":"Rate limited"}""",
            answer.Text));
    }

    [Fact]
    public async Task SpendLimit_TwoHundredConcurrentCalls_OverspendByAtMostOneCall()
    {
        await CreateAsync(Client, SpendLimit(1));
        Script.Otherwise(_ => UpstreamReply.Json(Completion));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Client.SendAsync(ChatRequest(Client, Script), CancellationToken)));
        Assert.All(answers, answer => Assert.True(answer.StatusCode == 200 || answer.ErrorCode == 2045, answer.Text));

        // One after the other up to the limit: what the race has left is there.
        while ((await Client.SendAsync(ChatRequest(Client, Script), CancellationToken)).StatusCode == 200)
        {
        }

        Assert.InRange(Script.Requests.Count * Cost, 1, 1 + Cost);
    }

    [Fact]
    public async Task SpendLimit_CallsOneAfterTheOther_AreRefusedOnceItIsReached()
    {
        // Below a single estimate: the first call runs all the same, and the second knows what it cost.
        await CreateAsync(Client, SpendLimit(0.05m));
        Script.Otherwise(_ => UpstreamReply.Json(Completion));

        Assert.Equal(200, (await Client.SendAsync(ChatRequest(Client, Script), CancellationToken)).StatusCode);
        var refused = await Client.SendAsync(ChatRequest(Client, Script), CancellationToken);

        AssertError(refused, 429, 2045);
        Assert.Equal("Spend limit exceeded: rule 'all' (cost limit 0.05 per 1000000000s, fixed) for openai gpt-4o-mini", refused.Json.GetProperty("message").GetString());
        Assert.NotNull(refused.Header("Retry-After"));
    }

    [Fact]
    public async Task TokenLimit_ByMetadata_HoldsForEachValueApart()
    {
        await CreateAsync(Client, new()
        {
            ["token_limits"] = new JsonObject
            {
                ["enabled"] = true,
                ["rules"] = new JsonArray(new JsonObject
                {
                    ["id"] = "tpm",
                    ["limit"] = 7,
                    ["limitType"] = "tokens",
                    ["window"] = Years,
                    ["metadata"] = new JsonObject { ["user"] = new JsonObject { ["mode"] = "partition" } },
                }),
            },
        });
        Script.Otherwise(_ => UpstreamReply.Json(Completion));
        foreach (var user in (string[])["a", "b"])
        {
            Assert.Equal(200, (await SendAsync(user)).StatusCode);
            AssertError(await SendAsync(user), 429, 2003);
        }

        Assert.Equal(2, Script.Requests.Count);

        Task<GatewayAnswer> SendAsync(string user)
        {
            var request = ChatRequest(Client, Script);
            request.Headers.Add("cf-aig-metadata", $$"""{"user":"{{user}}"}""");
            return Client.SendAsync(request, CancellationToken);
        }
    }

    [Fact]
    public async Task ChangedLimits_HoldForTheNextRequest()
    {
        await CreateAsync(Client, RateLimit(1_000, "fixed"));
        Script.Otherwise(_ => UpstreamReply.Json(Completion));
        for (var sent = 1; sent <= 20; sent++)
        {
            Assert.Equal(200, (await Client.SendAsync(ChatRequest(Client, Script), CancellationToken)).StatusCode);
            await UpdateAsync(RateLimit(sent, sent % 2 == 0 ? "fixed" : "sliding"));
            Assert.Equal(429, (await Client.SendAsync(ChatRequest(Client, Script), CancellationToken)).StatusCode);
            await UpdateAsync(RateLimit(sent + 1, "fixed"));
        }
    }

    [Fact]
    public async Task StoppedAndStartedInTheMiddleOfAWindow_GoesOnCounting()
    {
        await using var upstream = await FakeUpstream.StartAsync(CancellationToken);
        var script = upstream.Script();
        script.Otherwise(_ => UpstreamReply.Json(Completion));
        await using var gateway = await GatewayProcess.StartAsync(GatewayFixture.ProvidersAt(upstream.BaseUrl), CancellationToken);
        using var client = new GatewayClient(gateway);
        var limits = SpendLimit(3 * Cost);
        await CreateAsync(client, RateLimit(5, "sliding"));
        await CreateAsync(client, limits, "spend");
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(200, (await client.SendAsync(ChatRequest(client, script), CancellationToken)).StatusCode);
            Assert.Equal(200, (await client.SendAsync(ChatRequest(client, script, "spend"), CancellationToken)).StatusCode);
        }

        Assert.Equal(0, await gateway.TerminateAsync());
        await gateway.StartAsync(CancellationToken);

        Assert.Equal(429, (await client.SendAsync(ChatRequest(client, script, "spend"), CancellationToken)).StatusCode);
        Assert.Equal(200, (await client.SendAsync(ChatRequest(client, script), CancellationToken)).StatusCode);
        Assert.Equal(200, (await client.SendAsync(ChatRequest(client, script), CancellationToken)).StatusCode);
        Assert.Equal(429, (await client.SendAsync(ChatRequest(client, script), CancellationToken)).StatusCode);

        // Killed: a settlement that was not stored yet may be lost, and here there is none.
        await gateway.KillAsync();
        await gateway.StartAsync(CancellationToken);

        Assert.Equal(429, (await client.SendAsync(ChatRequest(client, script, "spend"), CancellationToken)).StatusCode);
    }

    private static JsonObject RateLimit(int limit, string technique) =>
        new() { ["rate_limiting_limit"] = limit, ["rate_limiting_interval"] = Years, ["rate_limiting_technique"] = technique };

    private static JsonObject SpendLimit(decimal limit) => new()
    {
        ["spend_limits"] = new JsonObject
        {
            ["enabled"] = true,
            ["rules"] = new JsonArray(new JsonObject { ["id"] = "all", ["limit"] = limit, ["limitType"] = "cost", ["window"] = Years, ["technique"] = "fixed" }),
        },
    };

    private HttpRequestMessage ChatRequest(GatewayClient client, UpstreamScript script, string? gatewayId = null)
    {
        var request = client.Request("openai/chat/completions", """{"model":"gpt-4o-mini","max_tokens":2,"messages":[]}""", script, gatewayId ?? _gatewayId);
        request.Headers.Add("cf-aig-custom-cost", """{"per_token_in":0.01,"per_token_out":0.01}""");
        return request;
    }

    private async Task CreateAsync(GatewayClient client, JsonObject limits, string? id = null) =>
        await SendAsync(client, HttpMethod.Post, "ai-gateway/gateways", GatewayConfigurations.Minimal(id ?? _gatewayId), limits);

    private async Task UpdateAsync(JsonObject limits)
    {
        var configuration = GatewayConfigurations.Minimal(_gatewayId);
        configuration.Remove("id");
        await SendAsync(Client, HttpMethod.Put, $"ai-gateway/gateways/{_gatewayId}", configuration, limits);
    }

    private static async Task SendAsync(GatewayClient client, HttpMethod method, string path, JsonObject configuration, JsonObject limits)
    {
        foreach (var (field, value) in limits)
        {
            configuration[field] = value?.DeepClone();
        }

        var answer = await client.AdminAsync(method, path, configuration, CancellationToken);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }
}
