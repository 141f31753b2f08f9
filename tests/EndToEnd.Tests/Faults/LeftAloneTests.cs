using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.EndToEnd.Tests.Faults;

/// <summary>Upstreams that keep failing or ask for it are left alone: the front and the gateway's grain together.</summary>
public sealed class LeftAloneTests(GatewayFixture fixture) : FaultTest(fixture)
{
    private readonly UpstreamScript _spare = fixture.Upstream.Script();
    private readonly string _gatewayId = "g" + Guid.CreateVersion7().ToString("N");

    [Fact]
    public async Task CircuitBreaker_FailuresInARow_OpenItAndAnAnswerClosesIt()
    {
        var configuration = GatewayConfigurations.Minimal(_gatewayId);
        configuration["circuit_breaker"] = new JsonObject { ["failures"] = 3, ["pause"] = 1 };
        await CreateAsync(configuration);
        Script.Otherwise(_ => UpstreamReply.Json("{}", 500));

        var answer = await SendAsync();
        while (answer.StatusCode == 500)
        {
            answer = await SendAsync();
        }

        AssertError(answer, 503, 2005);
        Assert.Equal("1", answer.Header("Retry-After"));
        Assert.InRange(Script.Requests.Count, 3, 10); // A call or more may be on its way while the grain is told.

        Script.Otherwise(_ => UpstreamReply.Json(Completion));
        while (answer.StatusCode == 503)
        {
            await Task.Delay(TimeSpan.FromSeconds(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture)), CancellationToken);
            answer = await SendAsync();
        }

        Assert.Equal((200, Completion), (answer.StatusCode, answer.Text));
    }

    [Fact]
    public async Task RetryAfter_StepWithAFallback_IsSkipped()
    {
        await CreateAsync(GatewayConfigurations.Minimal(_gatewayId));
        Script.Otherwise(_ => new UpstreamReply().Status(429).Header("Retry-After", "3600").Header("Content-Type", "application/json").Content("{}"u8.ToArray()));
        _spare.Otherwise(_ => UpstreamReply.Json(Completion));
        var steps = JsonSerializer.Serialize(new[] { Step(Script), Step(_spare) });
        int before;
        do
        {
            before = Script.Requests.Count;
            using var request = Client.Request("", steps, gatewayId: _gatewayId);
            var answer = await Client.SendAsync(request, CancellationToken);
            Assert.Equal((200, "1"), (answer.StatusCode, answer.Header("cf-aig-step")));
        }
        while (Script.Requests.Count > before);

        Assert.InRange(before, 1, 10);
    }

    private static object Step(UpstreamScript script) => new
    {
        provider = "openai",
        endpoint = "chat/completions",
        headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + script.Id, [UpstreamScript.HeaderName] = script.Id },
        query = new { model = "gpt-4o-mini" },
    };

    private async Task<Testing.Gateways.GatewayAnswer> SendAsync()
    {
        using var request = Client.Request("openai/chat/completions", Chat, Script, _gatewayId);
        return await Client.SendAsync(request, CancellationToken);
    }

    private async Task CreateAsync(JsonObject configuration)
    {
        var answer = await Client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", configuration, CancellationToken);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }
}
