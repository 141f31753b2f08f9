using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>The cache of a real gateway: what it answers, what a change or a purge does to it, and what is shared.</summary>
public sealed class CacheTests(GatewayFixture fixture) : FaultTest(fixture)
{
    private const int Trials = 50;

    private readonly string _gatewayId = "c" + Guid.CreateVersion7().ToString("N");
    private int _answers;

    [Fact]
    public async Task CacheTtl_Switched_HoldsForTheNextRequest()
    {
        await CreateAsync();
        AnswerWithNumbers();
        await SendAsync();
        for (var trial = 0; trial < Trials; trial++)
        {
            var isOn = trial % 2 == 0;
            await UpdateAsync("cache_ttl", isOn ? 3600 : 0);
            Assert.Equal(isOn ? "HIT" : "MISS", (await SendAsync()).Header("cf-aig-cache-status"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Purge_HasBeenAnswered_NoOlderAnswerIsGiven(bool byUpdate)
    {
        await CreateAsync();
        AnswerWithNumbers();
        for (var trial = 0; trial < Trials; trial++)
        {
            var first = await SendAsync();
            var second = await SendAsync();
            Assert.Equal(("MISS", "HIT", first.Text), (first.Header("cf-aig-cache-status"), second.Header("cf-aig-cache-status"), second.Text));
            if (byUpdate)
            {
                await UpdateAsync("cache_invalidate_on_update", true);
            }
            else
            {
                Assert.Equal(200, (await Client.AdminAsync(HttpMethod.Delete, $"ai-gateway/gateways/{_gatewayId}/cache", null, CancellationToken)).StatusCode);
            }
        }
    }

    [Fact]
    public async Task Purges_WhileManyAsk_NobodyGetsAnAnswerFromBeforeThePurgeItHasSeen()
    {
        await CreateAsync();
        AnswerWithNumbers();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        var asking = Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(200, (await SendAsync()).StatusCode);
            }
        }).ToArray();
        for (var trial = 0; trial < Trials; trial++)
        {
            var known = Volatile.Read(ref _answers); // Every answer up to this number was made before the purge.
            Assert.Equal(200, (await Client.AdminAsync(HttpMethod.Delete, $"ai-gateway/gateways/{_gatewayId}/cache", null, CancellationToken)).StatusCode);
            var answer = await SendAsync();
            Assert.True(answer.Json.GetProperty("number").GetInt32() > known, $"Trial {trial}: answer {answer.Text} is older than the purge, which came after {known}.");
        }

        await stop.CancelAsync();
        await Task.WhenAll(asking);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FiftyAtOnce_AreOneCall(bool isStream)
    {
        await CreateAsync("cache_streaming", true);
        var gate = new Gate();
        Script.Then(isStream
            ? UpstreamReply.EventStream().Event(Delta).Wait(gate).Event("[DONE]")
            : new UpstreamReply().Header("Content-Type", "application/json").Wait(gate).Content(Encoding.UTF8.GetBytes(Completion)));
        var leader = SendAsync(isStream ? ChatStream : Chat);
        await Script.NextAsync(CancellationToken);
        var followers = Enumerable.Range(1, 49).Select(_ => SendAsync(isStream ? ChatStream : Chat)).ToArray();
        gate.Open();

        var expected = await leader;
        Assert.Equal((200, "MISS"), (expected.StatusCode, expected.Header("cf-aig-cache-status")));
        Assert.All(await Task.WhenAll(followers), answer => Assert.Equal((200, "HIT", expected.Text), (answer.StatusCode, answer.Header("cf-aig-cache-status"), answer.Text)));
        Assert.Single(Script.Requests);
    }

    [Fact]
    public async Task OtherTenant_WithTheSameKey_NeverShares()
    {
        await CreateAsync();
        AnswerWithNumbers();
        var own = await SendAsync(headers: ("cf-aig-cache-key", "the-same"));
        var account = (await SendAdminAsync(HttpMethod.Post, "accounts", new() { ["name"] = "other" })).Json.GetProperty("result").GetProperty("id").GetString();
        var configuration = GatewayConfigurations.Minimal(_gatewayId);
        configuration["cache_ttl"] = 3600;
        Assert.Equal(200, (await SendAdminAsync(HttpMethod.Post, $"accounts/{account}/ai-gateway/gateways", configuration)).StatusCode);

        var request = Client.Request("openai/chat/completions", Chat, Script, _gatewayId);
        request.RequestUri = new(request.RequestUri!.AbsoluteUri.Replace(Client.Gateway.AccountId, account, StringComparison.Ordinal));
        request.Headers.TryAddWithoutValidation("cf-aig-cache-key", "the-same");
        var foreign = await Client.SendAsync(request, CancellationToken);

        Assert.Equal(("MISS", "MISS"), (own.Header("cf-aig-cache-status"), foreign.Header("cf-aig-cache-status")));
        Assert.NotEqual(own.Text, foreign.Text);
        Assert.Equal(own.Text, (await SendAsync(headers: ("cf-aig-cache-key", "the-same"))).Text);
    }

    [Fact]
    public async Task Hit_IsInTheLog_AsCachedAndFree()
    {
        await CreateAsync();
        Script.Otherwise(_ => UpstreamReply.Json(Completion));
        await SendAsync();
        var hit = await SendAsync();

        var entry = (await Client.AdminAsync(HttpMethod.Get, $"ai-gateway/gateways/{_gatewayId}/logs/{hit.Header("cf-aig-log-id")}", null, CancellationToken)).Json.GetProperty("result");

        Assert.True(entry.GetProperty("cached").GetBoolean());
        Assert.Equal((0, 0, 0), (entry.GetProperty("cost").GetDecimal(), entry.GetProperty("tokens_in").GetInt32(), entry.GetProperty("tokens_out").GetInt32()));
        Assert.Equal(200, entry.GetProperty("status_code").GetInt32());
    }

    private void AnswerWithNumbers() => Script.Otherwise(_ => UpstreamReply.Json($$"""{"number":{{Interlocked.Increment(ref _answers)}}}"""));

    private Task<GatewayAnswer> SendAsync(string body = Chat, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = Client.Request("openai/chat/completions", body, Script, _gatewayId);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request, CancellationToken);
    }

    private Task<GatewayAnswer> SendAdminAsync(HttpMethod method, string path, JsonObject body)
    {
        var request = new HttpRequestMessage(method, $"{Client.Gateway.BaseUrl}/client/v4/{path}") { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Client.Gateway.Token);
        return Client.SendAsync(request, CancellationToken);
    }

    private async Task CreateAsync(string? field = null, JsonNode? value = null)
    {
        var configuration = GatewayConfigurations.Minimal(_gatewayId);
        configuration["cache_ttl"] = 3600;
        if (field is not null)
        {
            configuration[field] = value;
        }

        var answer = await Client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", configuration, CancellationToken);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }

    private async Task UpdateAsync(string field, JsonNode value)
    {
        var configuration = GatewayConfigurations.Minimal(_gatewayId);
        configuration.Remove("id");
        configuration["cache_ttl"] = 3600;
        configuration[field] = value;
        var answer = await Client.AdminAsync(HttpMethod.Put, $"ai-gateway/gateways/{_gatewayId}", configuration, CancellationToken);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }
}
