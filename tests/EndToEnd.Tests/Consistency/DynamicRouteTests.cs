using System.Text.Json.Nodes;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Consistency;

/// <summary>Dynamic routes over SIGKILL: what was answered is there again, history included.</summary>
public sealed class DynamicRouteTests
{
    private const string Routes = "ai-gateway/gateways/routes/routes";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_AfterADeployment_RunsTheDeployedVersionAndKeepsTheOthers()
    {
        await using var gateway = await GatewayProcess.StartAsync([], _cancelled);
        using var client = new GatewayClient(gateway);
        Assert.Equal(200, (await client.AdminAsync(HttpMethod.Post, "ai-gateway/gateways", GatewayConfigurations.Minimal("routes"), _cancelled)).StatusCode);
        var created = await client.AdminAsync(HttpMethod.Post, Routes, Body("r", "first"), _cancelled);
        Assert.True(created.StatusCode == 200, created.Text);
        var id = created.Json.GetProperty("result").GetProperty("id").GetString();
        var version = await client.AdminAsync(HttpMethod.Post, $"{Routes}/{id}/versions", Body(null, "second"), _cancelled);
        var versionId = version.Json.GetProperty("result").GetProperty("version").GetProperty("version_id").GetString();
        Assert.Equal(200, (await client.AdminAsync(HttpMethod.Post, $"{Routes}/{id}/deployments", new JsonObject { ["version_id"] = versionId }, _cancelled)).StatusCode);
        Assert.Equal("second", await CallAsync(client));

        await gateway.KillAsync();
        await gateway.StartAsync(_cancelled);

        Assert.Equal("second", await CallAsync(client));
        var route = (await client.AdminAsync(HttpMethod.Get, $"{Routes}/{id}", null, _cancelled)).Json.GetProperty("result");
        Assert.Equal(versionId, route.GetProperty("deployment").GetProperty("version_id").GetString());
        var versions = (await client.AdminAsync(HttpMethod.Get, $"{Routes}/{id}/versions", null, _cancelled)).Json.GetProperty("result");
        Assert.Equal(2, versions.GetArrayLength());
        var first = versions[1].GetProperty("version_id").GetString();
        Assert.Equal(200, (await client.AdminAsync(HttpMethod.Post, $"{Routes}/{id}/deployments", new JsonObject { ["version_id"] = first }, _cancelled)).StatusCode);
        Assert.Equal("first", await CallAsync(client));
    }

    private async Task<string?> CallAsync(GatewayClient client)
    {
        var answer = await client.SendAsync(client.Request("compat/chat/completions", """{"model":"dynamic/r","messages":[{"role":"user","content":"Hello"}]}""", gatewayId: "routes"), _cancelled);
        Assert.True(answer.StatusCode == 200, answer.Text);
        return answer.Header("cf-aig-model");
    }

    private static JsonObject Body(string? name, string model)
    {
        var body = new JsonObject
        {
            ["elements"] = new JsonArray(
                new JsonObject { ["id"] = "s", ["type"] = "start", ["outputs"] = new JsonObject { ["next"] = To("m") } },
                new JsonObject
                {
                    ["id"] = "m",
                    ["type"] = "model",
                    ["properties"] = new JsonObject { ["provider"] = "simulator", ["model"] = model },
                    ["outputs"] = new JsonObject { ["success"] = To("e") },
                },
                new JsonObject { ["id"] = "e", ["type"] = "end" }),
        };
        if (name is not null)
        {
            body["name"] = name;
        }

        return body;
    }

    private static JsonObject To(string elementId) => new() { ["elementId"] = elementId };
}
