using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>Policies hold at once, their caps are exact under concurrency, and both outlive the process.</summary>
public sealed class PolicyTests
{
    private const string Completion = """{"id":"c","object":"chat.completion","model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}""";

    // The answer says 5 tokens in and 2 out, at a cent each.
    private const decimal Cost = 0.07m;

    private const string Policies = "ai-gateway/gateways/main/policies";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cap_TwoHundredConcurrentCalls_OverspendsByAtMostOneCallAndOutlivesTheProcess()
    {
        await using var upstream = await FakeUpstream.StartAsync(_cancelled);
        upstream.Default.Otherwise(_ => UpstreamReply.Json(Completion));
        await using var gateway = await GatewayProcess.StartAsync(new Dictionary<string, string> { ["Gateway:Providers:openai:BaseUrl"] = upstream.BaseUrl + "/v1" }, _cancelled);
        using var client = new GatewayClient(gateway);
        Assert.Equal(200, (await client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", GatewayConfigurations.Minimal("main"), _cancelled)).StatusCode);
        await CreateAsync(client, "user:{metadata.user}", new() { ["type"] = "limit", ["amount"] = 1, ["period"] = "monthly" });

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.SendAsync(Chat(client, "a"), _cancelled)));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is 200 or 429, answer.Text));
        Assert.Contains(answers, answer => answer.StatusCode == 429);
        while ((await client.SendAsync(Chat(client, "a"), _cancelled)).StatusCode == 200)
        {
        }

        Assert.InRange(upstream.Default.Requests.Count * Cost, 1, 1 + Cost);
        Assert.Equal(0, await gateway.TerminateAsync()); // A kill may lose a settlement that is under way; a stop waits for it.
        await gateway.StartAsync(_cancelled);
        await gateway.KillAsync();
        await gateway.StartAsync(_cancelled);
        var refused = await client.SendAsync(Chat(client, "a"), _cancelled);
        Assert.Equal((429, "user:a", 1), (refused.StatusCode, refused.Json.GetProperty("error").GetProperty("bucket").GetString(), refused.Json.GetProperty("error").GetProperty("limit").GetDecimal()));
        Assert.Equal(200, (await client.SendAsync(Chat(client, "b"), _cancelled)).StatusCode); // A budget of its own.

        await CreateAsync(client, "", new() { ["type"] = "block" });
        var blocked = await client.SendAsync(Chat(client, "b"), _cancelled);
        Assert.Equal((403, """{"success":false,"error":{"message":"Access denied by policy"}}"""), (blocked.StatusCode, blocked.Text));
    }

    private static HttpRequestMessage Chat(GatewayClient client, string user)
    {
        var request = client.Request("openai/chat/completions", """{"model":"gpt-4o-mini","max_tokens":2,"messages":[]}""", gatewayId: "main");
        request.Headers.Add("cf-aig-custom-cost", """{"per_token_in":0.01,"per_token_out":0.01}""");
        request.Headers.Add("cf-aig-metadata", $$"""{"user":"{{user}}"}""");
        return request;
    }

    private async Task CreateAsync(GatewayClient client, string actor, JsonObject action)
    {
        var policy = new JsonObject { ["name"] = "p", ["actor"] = actor, ["resource"] = "*", ["condition"] = "true", ["action"] = action };
        var answer = await client.AdminAsync(HttpMethod.Post, $"{Policies}?commit=true", policy, _cancelled);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }
}
