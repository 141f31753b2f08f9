using System.Text;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>What was changed, and who changed it, survives SIGKILL; so does a custom domain, which is served again at once.</summary>
public sealed class AuditTests
{
    private const int Gateways = 20;
    private const string Domain = "ai.example.com";
    private const string Chat = """{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}""";

    [Fact]
    public async Task Kill_AfterChanges_KeepsTheirEntriesAndTheDomain()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var gateway = await GatewayProcess.StartAsync([KeyValuePair.Create("Gateway:CustomDomains:Verify", "false")], cancellationToken);
        using var client = new GatewayClient(gateway);
        for (var i = 0; i < Gateways; i++)
        {
            Assert.Equal(200, (await client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", GatewayConfigurations.Minimal($"g{i}"), cancellationToken)).StatusCode);
        }

        var created = await client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways/g0/custom-domains", new System.Text.Json.Nodes.JsonObject { ["domain"] = Domain }, cancellationToken);
        Assert.True(created.StatusCode == 200, created.Text);
        await gateway.KillAsync();
        await gateway.StartAsync(cancellationToken);

        var entries = await client.AdminAsync(HttpMethod.Get, "audit_logs?action.type=create&direction=asc", null, cancellationToken);
        var resources = entries.Json.GetProperty("result").EnumerateArray().Select(entry => entry.GetProperty("resource")).ToArray();
        Assert.Equal(
            [.. Enumerable.Range(0, Gateways).Select(i => $"g{i}"), Domain],
            resources.Select(resource => resource.GetProperty("id").GetString()));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{gateway.BaseUrl}/simulator/chat/completions");
        request.Headers.Host = Domain;
        request.Headers.TryAddWithoutValidation("cf-aig-authorization", "Bearer " + gateway.Token);
        request.Content = new StringContent(Chat, Encoding.UTF8, "application/json");
        var answer = await client.SendAsync(request, cancellationToken);
        Assert.True(answer.StatusCode == 200, answer.Text);
    }
}
