using System.Net;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.EndToEnd.Tests.Operations;

/// <summary>What becomes of a stream, of newcomers and of the log when the process is asked to end.</summary>
public sealed class StopTests
{
    private const string Body = """{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"x"}]}""";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terminate_StreamInFlight_ReadySays503AndTheStreamIsFinishedAndLogged()
    {
        await using var upstream = await FakeUpstream.StartAsync(CancellationToken);
        await using var gateway = await StartAsync(upstream, "30s");
        using var client = new GatewayClient(gateway);
        var gate = new Gate();
        upstream.Default.Then(UpstreamReply.EventStream().Event("1").Wait(gate).Event("2"));
        using var stream = await client.StartAsync(client.Request("openai/chat/completions", Body), CancellationToken);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(CancellationToken));
        Assert.Equal("data: 1", await reader.ReadLineAsync(CancellationToken));

        var ended = gateway.TerminateAsync();
        var ready = await UntilAsync(client, gateway.BaseUrl + "/healthz/ready", HttpStatusCode.ServiceUnavailable);
        var refused = await client.SendAsync(client.Request("openai/chat/completions", Body), CancellationToken);
        gate.Open();
        var rest = await reader.ReadToEndAsync(CancellationToken);

        Assert.Contains("draining", ready.Text, StringComparison.Ordinal);
        Assert.Equal((503, "1"), (refused.StatusCode, refused.Headers["Retry-After"]));
        Assert.Contains("data: 2", rest, StringComparison.Ordinal);
        Assert.Equal(0, await ended);
        Assert.Single(upstream.Default.Requests);
        Assert.Equal(["200"], await LoggedAsync(gateway));
    }

    [Fact]
    public async Task Terminate_StreamThatDoesNotEnd_IsCutAndLogged()
    {
        await using var upstream = await FakeUpstream.StartAsync(CancellationToken);
        await using var gateway = await StartAsync(upstream, "200ms");
        using var client = new GatewayClient(gateway);
        upstream.Default.Then(UpstreamReply.EventStream().Event("1").Stall());
        using var stream = await client.StartAsync(client.Request("openai/chat/completions", Body), CancellationToken);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(CancellationToken));
        Assert.Equal("data: 1", await reader.ReadLineAsync(CancellationToken));

        Assert.Equal(0, await gateway.TerminateAsync());

        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(CancellationToken));
        Assert.Equal(["499"], await LoggedAsync(gateway));
    }

    [Fact]
    public async Task MetricsUrl_Set_ServesMetricsThereAndNothingElse()
    {
        var metrics = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Next()}");
        await using var gateway = await GatewayProcess.StartAsync(new Dictionary<string, string> { ["Gateway:MetricsUrl"] = metrics }, CancellationToken);
        using var client = new GatewayClient(gateway);

        Assert.Equal(200, (await GetAsync(client, metrics + "/metrics")).StatusCode);
        Assert.Equal(404, (await GetAsync(client, metrics + "/healthz/live")).StatusCode);
        Assert.Equal(404, (await GetAsync(client, gateway.BaseUrl + "/metrics")).StatusCode);
        Assert.Equal(200, (await GetAsync(client, gateway.BaseUrl + "/healthz/live")).StatusCode);
    }

    private static Task<GatewayProcess> StartAsync(FakeUpstream upstream, string drain) => GatewayProcess.StartAsync(
        new Dictionary<string, string> { ["Gateway:Providers:openai:BaseUrl"] = upstream.BaseUrl + "/v1", ["Gateway:DrainTimeout"] = drain }, CancellationToken);

    private static Task<GatewayAnswer> GetAsync(GatewayClient client, string url) => client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), CancellationToken);

    private static async Task<GatewayAnswer> UntilAsync(GatewayClient client, string url, HttpStatusCode status)
    {
        while (true)
        {
            var answer = await GetAsync(client, url);
            if (answer.Status == status)
            {
                return answer;
            }
        }
    }

    private static async Task<string[]> LoggedAsync(GatewayProcess gateway)
    {
        await gateway.StartAsync(CancellationToken);
        using var client = new GatewayClient(gateway);
        var logs = await client.AdminAsync(HttpMethod.Get, "ai-gateway/gateways/default/logs", null, CancellationToken);
        return [.. logs.Json.GetProperty("result").EnumerateArray().Select(entry => entry.GetProperty("status_code").GetRawText())];
    }
}
