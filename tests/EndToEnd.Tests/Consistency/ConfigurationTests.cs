using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>A change of a gateway holds for the very next request.</summary>
public sealed class ConfigurationTests(GatewayFixture fixture) : FaultTest(fixture)
{
    private const int Trials = 200;

    private readonly string _gatewayId = "g" + Guid.CreateVersion7().ToString("N");

    [Fact]
    public async Task Authentication_Switched_HoldsForTheNextRequest()
    {
        await CreateAsync();
        Script.Otherwise(_ => UpstreamReply.Json(Completion));
        for (var trial = 0; trial < Trials; trial++)
        {
            var isClosed = trial % 2 == 0;
            await UpdateAsync("authentication", isClosed);
            var request = Client.Request("openai/chat/completions", Chat, Script, _gatewayId);
            request.Headers.Remove("cf-aig-authorization");

            var answer = await Client.SendAsync(request, CancellationToken);

            Assert.True(answer.StatusCode == (isClosed ? 401 : 200), $"Trial {trial}: authentication {isClosed} was answered with {answer.StatusCode}.");
        }

        Assert.Equal(Trials / 2, Script.Requests.Count);
    }

    [Fact]
    public async Task RetryMaxAttempts_Changed_HoldsForTheNextRequest()
    {
        await CreateAsync();
        Script.Otherwise(_ => UpstreamReply.Json("{}", 500));
        for (var trial = 0; trial < Trials; trial++)
        {
            var attempts = 1 + (trial % 3);
            await UpdateAsync("retry_max_attempts", attempts);
            var before = Script.Requests.Count;

            Assert.Equal(500, (await Client.SendAsync(Client.Request("openai/chat/completions", Chat, Script, _gatewayId), CancellationToken)).StatusCode);

            Assert.True(Script.Requests.Count - before == attempts, $"Trial {trial}: {Script.Requests.Count - before} attempts instead of {attempts}.");
        }
    }

    [Fact]
    public async Task Gateway_DeletedAndMadeAgain_IsGoneAndThereAtOnce()
    {
        Script.Otherwise(_ => UpstreamReply.Json(Completion));
        for (var trial = 0; trial < 20; trial++)
        {
            await CreateAsync();
            Assert.Equal(200, (await Client.SendAsync(Client.Request("openai/chat/completions", Chat, Script, _gatewayId), CancellationToken)).StatusCode);
            Assert.Equal(200, (await Client.AdminAsync(HttpMethod.Delete, $"ai-gateway/gateways/{_gatewayId}", null, CancellationToken)).StatusCode);
            AssertError(await Client.SendAsync(Client.Request("openai/chat/completions", Chat, Script, _gatewayId), CancellationToken), 400, 2001);
        }
    }

    private static JsonObject Configuration(string id) => GatewayConfigurations.Minimal(id);

    private async Task CreateAsync()
    {
        var answer = await Client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", Configuration(_gatewayId), CancellationToken);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }

    private async Task UpdateAsync(string field, JsonNode value)
    {
        var configuration = Configuration(_gatewayId);
        configuration.Remove("id");
        configuration["retry_delay"] = 0;
        configuration[field] = value;
        var answer = await Client.AdminAsync(HttpMethod.Put, $"ai-gateway/gateways/{_gatewayId}", configuration, CancellationToken);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }
}
