using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>Cached answers in Redis, behind those in memory.</summary>
public sealed class CacheStoreTests
{
    private const string Chat = """{"model":"gpt-4o-mini","messages":[]}""";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Needs", "servers")]
    public async Task ProcessIsKilled_AnswersAreStillThere_AndAPurgeStillHolds()
    {
        await using var upstream = await FakeUpstream.StartAsync(_cancelled);
        var script = upstream.Script();
        var settings = GatewayFixture.ProvidersAt(upstream.BaseUrl);
        settings["ConnectionStrings:cache"] = TestServers.Redis + ",defaultDatabase=2";
        await using var gateway = await GatewayProcess.StartAsync(settings, _cancelled);
        using var client = new GatewayClient(gateway);
        script.Then(UpstreamReply.Json("""{"n":1}""")).Then(UpstreamReply.Json("""{"n":2}"""));
        Assert.Equal(("MISS", """{"n":1}"""), await AskAsync(client, script));
        Assert.Equal(("HIT", """{"n":1}"""), await AskAsync(client, script));

        await gateway.KillAsync();
        await gateway.StartAsync(_cancelled);
        Assert.Equal(("HIT", """{"n":1}"""), await AskAsync(client, script));

        Assert.Equal(200, (await client.AdminAsync(HttpMethod.Delete, "ai-gateway/gateways/default/cache", null, _cancelled)).StatusCode);
        await gateway.KillAsync();
        await gateway.StartAsync(_cancelled);
        Assert.Equal(("MISS", """{"n":2}"""), await AskAsync(client, script));
        Assert.Equal(2, script.Requests.Count);
    }

    [Fact]
    public async Task NoRedis_RequestsAreAnsweredAndCachedInMemory()
    {
        await using var upstream = await FakeUpstream.StartAsync(_cancelled);
        var script = upstream.Script();
        var settings = GatewayFixture.ProvidersAt(upstream.BaseUrl);
        settings["ConnectionStrings:cache"] = "127.0.0.1:9";
        await using var gateway = await GatewayProcess.StartAsync(settings, _cancelled);
        using var client = new GatewayClient(gateway);
        script.Then(UpstreamReply.Json("""{"n":1}"""));

        Assert.Equal(("MISS", """{"n":1}"""), await AskAsync(client, script));
        Assert.Equal(("HIT", """{"n":1}"""), await AskAsync(client, script));
    }

    private async Task<(string? Status, string Text)> AskAsync(GatewayClient client, UpstreamScript script)
    {
        using var request = client.Request("openai/chat/completions", Chat, script);
        request.Headers.Add("cf-aig-cache-ttl", "3600");
        var answer = await client.SendAsync(request, _cancelled);
        Assert.Equal(200, answer.StatusCode);
        return (answer.Header("cf-aig-cache-status"), answer.Text);
    }
}
